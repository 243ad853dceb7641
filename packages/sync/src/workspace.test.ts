import { setField } from '@fulqrun/schema'
import { afterEach, describe, expect, it } from 'vitest'
import { makeDevice, opportunity, type TestDevice, until } from './test-device.ts'

let device: TestDevice

afterEach(async () => {
  await device.closeAll()
})

describe('workspace', () => {
  it('sends an edit and is up to date when the server says it is durable', async () => {
    device = makeDevice()
    const tab = await device.openTab()
    const name = tab.create('opportunity', { territoryId: 'north', fields: { name: 'Aster' } })
    const open = tab.open(name)
    await open.ready
    await until(() => tab.sync.get().state === 'up-to-date')
    setField(open.doc, 'fields.name', 'Aster 2', { now: 1 })
    expect(open.state.get().pending).toBe(1)
    await until(() => open.state.get().remote === 'synced')
    expect(device.server.doc(name).getMap('fields').get('name')).toBe('Aster 2')
    expect(opportunity).toBeDefined()
  })
})
