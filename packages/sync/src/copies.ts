/** The copies of this device for whoever reads them beside a workspace: the search, in its worker. */
import type { DocumentName } from '@fulqrun/protocol'
import type { DeviceTransaction } from './device-store.ts'
import { foldLines } from './holdings.ts'

export { withIdb } from './device-store.ts'
export { copies } from './packs.ts'

/** Whose copies are here, as it is noted: without reading them. */
export async function namesOnDevice(transaction: DeviceTransaction): Promise<ReadonlySet<DocumentName>> {
  return new Set(foldLines(await transaction.objectStore('holdings').getAll()).keys())
}
