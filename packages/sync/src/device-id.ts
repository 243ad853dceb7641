import type { DeviceStore } from './device-store.ts'

export interface DeviceIds {
  /** Of this device for this person. */
  readonly device: string
  /** Of the database: one that was cleared and made anew has another. */
  readonly database: string
}

/** The ids that the database has; those `wanted` become it where there is none. Two tabs that start at once agree. */
export function ensureIds(store: DeviceStore, wanted: DeviceIds): Promise<DeviceIds> {
  return store.write(['metadata'], async (transaction) => {
    const metadata = transaction.objectStore('metadata')
    const ensure = async (key: string, id: string): Promise<string> => {
      const known = await metadata.get(key)
      if (typeof known === 'string') return known
      await metadata.put(id, key)
      return id
    }
    const [device, database] = await Promise.all([
      ensure('device-id', wanted.device),
      ensure('database-id', wanted.database),
    ])
    return { device, database }
  })
}
