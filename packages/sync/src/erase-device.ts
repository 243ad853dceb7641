import { eraseDatabase } from './open-database.ts'
import type { Ports } from './ports.ts'
import type { EraseReport } from './workspace-types.ts'

/** Erases the device's database, those named, and those of documents that nobody remembers. Never rejects. */
export async function eraseDevice(
  ports: Ports,
  device: string,
  named: readonly string[],
): Promise<EraseReport> {
  const databases = new Set([...named, ...(await listDatabases(ports, `${device}/`)), device])
  const results = await Promise.all(
    [...databases].map(async (name) => ({ name, ...(await eraseDatabase(ports, name)) })),
  )
  return { blocked: results.flatMap(({ name, erased }) => (erased ? [] : [name])) }
}

/** Databases that nobody remembers, for example because the device's own was lost. */
async function listDatabases(ports: Ports, prefix: string): Promise<readonly string[]> {
  try {
    const databases = (await ports.indexedDB?.databases()) ?? []
    return databases.flatMap(({ name }) => (name?.startsWith(prefix) === true ? [name] : []))
  } catch {
    // Old browsers have no list; those we remember are erased either way.
    return []
  }
}
