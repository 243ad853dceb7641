import { crc32, type DocumentName } from '@fulqrun/protocol'
import { defineRoots } from '@fulqrun/schema'
import * as Y from 'yjs'
import { contentOf, differenceOf } from './contents.ts'

/** What a device's disk holds of a person, read past the app. */
export interface DeviceDisk {
  readonly snapshots: ReadonlyMap<DocumentName, StoredCopy>
  /** Ids. */
  readonly outbox: readonly string[]
  /** Documents with something in the outbox. */
  readonly unsent: ReadonlySet<string>
  readonly setAside: readonly string[]
  /** Of the drafts of refused edits, all text. */
  readonly drafts: string
  /** Names of documents with a database of their own. */
  readonly documents: readonly string[]
}

interface Pack {
  readonly items: readonly (StoredCopy & { readonly name: DocumentName })[]
}

export interface StoredCopy {
  readonly head: number
  readonly update: Uint8Array
  readonly checksum: number
}

const stores = ['packs', 'outbox', 'setAside', 'refused'] as const

export async function readDisk(disk: IDBFactory, userId: string): Promise<DeviceDisk> {
  const databases = await disk.databases()
  const database = await result(disk.open(`fulqrun-${userId}`))
  const [packs, outbox, setAside, refused] = await (async () => {
    try {
      const transaction = database.transaction([...stores], 'readonly')
      return await Promise.all(
        stores.map((name) => result<unknown[]>(transaction.objectStore(name).getAll())),
      )
    } finally {
      database.close()
    }
  })()
  const copies = ((packs ?? []) as Pack[]).flatMap(({ items }) => items)
  const entries = (outbox ?? []) as { readonly id: string; readonly document: string }[]
  return {
    // One that is stored twice is the later one.
    snapshots: new Map(copies.map((copy) => [copy.name, copy])),
    outbox: entries.map(({ id }) => id),
    unsent: new Set(entries.map(({ document }) => document)),
    setAside: ((setAside ?? []) as { readonly reason: string }[]).map(({ reason }) => reason),
    drafts: JSON.stringify(refused),
    documents: databases.flatMap(({ name = '' }) => (name.includes('/') ? [name] : [])),
  }
}

/** How a stored copy differs from what the server has, in words. */
export function wrongWith(
  { update, checksum }: StoredCopy,
  wanted: ReadonlyMap<string, string>,
): string | undefined {
  if (crc32(update) !== checksum) return 'its checksum is another'
  const doc = new Y.Doc()
  defineRoots(doc, 'opportunity')
  Y.applyUpdate(doc, update)
  return differenceOf(contentOf(doc), wanted)
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error))
  })
}
