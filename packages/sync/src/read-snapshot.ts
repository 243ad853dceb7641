import { crc32, type DocumentName } from '@fulqrun/protocol'
import type { DeviceStore } from './device-store.ts'
import { forgetCopies, holdingStores } from './holdings.ts'
import { copies } from './packs.ts'
import type { SnapshotContent } from './replica-types.ts'

export interface StoredSnapshot {
  readonly content?: SnapshotContent | undefined
  /** It could not be read, and is now kept among what was set aside. */
  readonly isDamaged: boolean
}

/**
 * Reads a stored copy and verifies it. One that is damaged is set aside, so that it is fetched again. Rejects when the
 * disk does.
 */
export async function readStoredSnapshot(
  store: DeviceStore,
  name: DocumentName,
  now: number,
): Promise<StoredSnapshot> {
  const { record, isLost } = await store.read([...copies.stores], async (transaction) => {
    const found = await copies.readOne(transaction, name)
    return { record: found, isLost: found === undefined && (await copies.isLost(transaction, name)) }
  })
  if (record === undefined) {
    if (isLost) await store.write([...holdingStores], (transaction) => forgetCopies(transaction, [name]))
    return { isDamaged: isLost }
  }
  const { update, head, log, checksum } = record
  if (update instanceof Uint8Array && crc32(update) === checksum)
    return { content: { name, head, log, update }, isDamaged: false }
  await store.write([...holdingStores, 'setAside'], async (transaction) => {
    const aside = { document: name, bytes: update, reason: 'damaged snapshot', at: now }
    await transaction.objectStore('setAside').add(aside)
    await forgetCopies(transaction, [name])
  })
  return { isDamaged: true }
}
