import type { DeviceStore } from './device-store.ts'

const deviceIdKey = 'device-id'

/** The id of this device for this person; `wanted` becomes it where there is none. Two tabs that start at once agree. */
export function ensureDeviceId(store: DeviceStore, wanted: string): Promise<string> {
  return store.write(['metadata'], async (transaction) => {
    const metadata = transaction.objectStore('metadata')
    const known = await metadata.get(deviceIdKey)
    if (typeof known === 'string') return known
    await metadata.put(wanted, deviceIdKey)
    return wanted
  })
}
