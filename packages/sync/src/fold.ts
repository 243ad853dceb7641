/**
 * Puts what a closed document's own database holds into its snapshot and erases the database, so that a device that has
 * opened a thousand records does not keep a thousand databases (SYNC 21). Nothing is lost by it: the database is read by
 * its own loader, together with what other tabs wrote to it; the snapshot is on the disk before the database goes; and
 * none of it is done while something is unsent, damaged, in memory only, of another lineage or open anywhere.
 */
import * as Y from 'yjs'
import { crc32, type DocumentName } from '@fulqrun/protocol'
import type { HoldingLine, SnapshotRecord } from './device-store.ts'
import { erasePersistence, GuardedPersistence } from './guarded-persistence.ts'
import { holdingStores, note } from './holdings.ts'
import { isForeign } from './lineage.ts'
import { copies } from './packs.ts'
import type { ReplicaHost } from './replica-shell.ts'
import type { Snapshots } from './snapshots.ts'

/** Whether the database is gone. Rejects when the disk fails; then it is where it was. Call it through `registry.fold`. */
export async function foldIntoSnapshot(
  name: DocumentName,
  { ports, registry, store, outbox, catalogue, now }: ReplicaHost,
  snapshots: Snapshots,
): Promise<boolean> {
  if (snapshots.mode !== 'persistent' || outbox.entriesOf(name).length > 0) return false
  if (registry.mustReset(name)) return false
  const database = registry.databaseName(name)
  // Out of reach, with nothing unsent: it does not stay readable here.
  if (catalogue.isKnown && catalogue.get(name) === undefined) {
    const unsent = await store.readAll('outbox')
    return !unsent.some((entry) => entry.document === name) && (await erase(ports, database))
  }
  const update = await readDatabase(ports, database)
  if (update === undefined) return false
  if (update !== 'empty') {
    const record = await merge(name, update, snapshots, now())
    if (record === undefined) return false
    const isStored = await store.write(['outbox', ...holdingStores], async (transaction) => {
      // Another tab or the service worker may know of something unsent that this one has not read yet.
      const unsent = await transaction.objectStore('outbox').getAll()
      if (unsent.some((entry) => entry.document === name)) return false
      await copies.put(transaction, [record], () => true)
      await note(transaction, [lineOf(record)])
      return true
    })
    if (!isStored) return false
    snapshots.holdings.set(lineOf(record))
  }
  return await erase(ports, database)
}

async function erase(ports: ReplicaHost['ports'], database: string): Promise<boolean> {
  return (await erasePersistence(ports, database)).erased
}

/** The database as one update; undefined when not all of it could be read. */
async function readDatabase(
  ports: ReplicaHost['ports'],
  database: string,
): Promise<Uint8Array | 'empty' | undefined> {
  const doc = new Y.Doc()
  let isWhole = true
  const persistence = new GuardedPersistence({
    ports,
    name: database,
    doc,
    // Left where it is: opening the document sets it aside and says so.
    setAside: () => Promise.reject(new Error('not while folding')),
    onChange: () => {
      isWhole = false
    },
    onReplaced: () => undefined,
  })
  try {
    await persistence.load()
    if (!isWhole || persistence.mode === 'memory' || doc.store.pendingStructs !== null) return undefined
    return doc.store.clients.size === 0 ? 'empty' : Y.encodeStateAsUpdate(doc)
  } finally {
    await persistence.close()
    doc.destroy()
  }
}

/** The snapshot with the database's content in it; undefined when they are two records under one name. */
async function merge(
  name: DocumentName,
  update: Uint8Array,
  snapshots: Snapshots,
  at: number,
): Promise<SnapshotRecord | undefined> {
  const held = await snapshots.read(name)
  const doc = new Y.Doc()
  try {
    Y.applyUpdate(doc, update)
    if (held !== undefined) {
      if (isForeign(doc, held.update)) return undefined
      Y.applyUpdate(doc, held.update)
    }
    if (doc.store.pendingStructs !== null) return undefined
    const whole = Y.encodeStateAsUpdate(doc)
    // Of which head the database is nobody noted: that of the snapshot before is never too new.
    const { head, log } = held ?? { head: 0, log: undefined }
    return { name, head, log, update: whole, checksum: crc32(whole), at, usedAt: at }
  } finally {
    doc.destroy()
  }
}

function lineOf({ name, head, log, update, at, usedAt }: SnapshotRecord): HoldingLine {
  return { name, head, log, bytes: update.byteLength, at, usedAt }
}
