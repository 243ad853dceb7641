import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DeviceStore } from './device-store.ts'
import { makeDevice, type TestDevice, untilLater } from './test-device.ts'
import { seedTerritory } from './test-territory.ts'
import type { Workspace } from './workspace-types.ts'

let device: TestDevice

beforeEach(() => {
  device = makeDevice()
})

afterEach(() => device.closeAll())

async function caughtUp(count: number): Promise<Workspace> {
  const tab = await device.openTab()
  await untilLater(device, () => tab.replica.get().onDevice === count && tab.catchUp.get().phase === 'done')
  return tab
}

describe('damaged packs', () => {
  it('[REP-16] what is damaged in a pack of the list takes nothing with it, and is listed again', async () => {
    seedTerritory(device, 5)
    await (await caughtUp(5)).close()
    const store = new DeviceStore({ ports: device.ports, userId: 'user-1', onErased: () => undefined })
    await store.write(['lists'], async (transaction) => {
      const lists = transaction.objectStore('lists')
      for (const key of await lists.getAllKeys()) {
        const pack = await lists.get(key)
        if (pack !== undefined)
          await lists.put(
            { ...pack, items: pack.items.map((item, at) => (at === 1 ? null : item)) as never },
            key,
          )
      }
      await lists.put('no pack' as never)
    })
    await store.close()
    device.api.isReachable = false
    const offline = await device.openTab()
    expect(offline.sync.get().storage).toBe('persistent')
    expect(offline.catalogue.get()).toHaveLength(4)
    await offline.close()
    device.api.isReachable = true
    const tab = await device.openTab()
    await untilLater(device, () => tab.catalogue.get().length === 5)
    await tab.close()
    device.api.isReachable = false
    expect((await device.openTab()).catalogue.get()).toHaveLength(5)
  })
})
