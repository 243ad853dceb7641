import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeDevice, type TestDevice, untilLater } from './test-device.ts'
import { seedTerritory } from './test-territory.ts'

let device: TestDevice
beforeEach(() => {
  device = makeDevice()
})
afterEach(() => device.closeAll())

it('[REP-15] a document that was opened past a tab that is frozen while it folds is not folded by others', async () => {
  const [name] = seedTerritory(device, 1)
  const { lock } = device.ports
  if (name === undefined || lock === undefined) throw new Error('a device with locks and a record')
  const tab = await device.openTab()
  await untilLater(device, () => tab.replica.get().onDevice === 1)
  const database = `fulqrun-user-1/${name}`
  const frozen = Promise.withResolvers<undefined>()
  const folding = lock(database, { mode: 'exclusive' }, () => frozen.promise)
  const open = tab.open(name)
  await untilLater(device, () => open.state.get().loaded)
  frozen.resolve(undefined)
  await folding
  const fold = () => lock(database, { mode: 'exclusive', ifAvailable: true }, () => Promise.resolve('folded'))
  expect(await fold()).toBeUndefined()
  await tab.close()
  expect(await fold()).toBe('folded')
})
