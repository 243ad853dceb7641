/**
 * The one database of a person on this device, `fulqrun-<userId>`: what is not sent, the catalogue, what was refused,
 * what was found damaged, and what the app must remember to start without a network. Contents of documents live in
 * y-indexeddb's databases (`guarded-persistence.ts`).
 */
import { wrap, type DBSchema, type IDBPTransaction } from 'idb'
import type { CatalogueEntry, DocumentName, ErrorCode } from '@fulqrun/protocol'
import { DatabaseHandle } from './database-handle.ts'
import type { Ports } from './ports.ts'

/** A local update that the server has not acknowledged. */
export interface OutboxEntry {
  /** Unique over all tabs and restarts. */
  readonly id: string
  readonly document: DocumentName
  readonly update: Uint8Array
  /** Device time of the edit. */
  readonly at: number
  /** Fields that the edit touched, for counting what waits in words that people use. */
  readonly paths: readonly string[]
}

/** An edit that the server did not take, kept readable until the person dismisses it. */
export interface RefusedEdit {
  readonly id: string
  readonly document: DocumentName
  /** Title of the document when it happened. */
  readonly title: string
  readonly code: ErrorCode
  /** Device time of the refusal. */
  readonly at: number
  readonly values: readonly RefusedValue[]
}

export interface RefusedValue {
  readonly path: string
  /** What this device held; absent where it had deleted the value. */
  readonly draft?: unknown
  /** What the server has; absent where it has nothing. */
  readonly server?: unknown
}

/** Bytes that could not be read, kept for a person who wants to rescue them. */
export interface SetAsideRecord {
  readonly document: string
  readonly bytes: unknown
  readonly reason: string
  readonly at: number
}

export type CachedEntry = CatalogueEntry & {
  /** Created here and not yet known to the server's catalogue. */
  readonly isLocal?: boolean | undefined
}

/** A compact copy of a document, as the server had it. */
export interface SnapshotRecord {
  readonly name: DocumentName
  /** Sequence of the server's log that the copy holds. */
  readonly head: number
  /** In which log; absent for a server of before. */
  readonly log?: string | undefined
  /** A Yjs update that stands for the whole document. */
  readonly update: Uint8Array
  /** CRC-32 of `update`, looked at before it is used. */
  readonly checksum: number
  /** Server time when it was stored. */
  readonly at: number
  /** Server time when it was last opened before it was stored; later uses are in `holdings`. */
  readonly usedAt: number
}

/** What was stored together. See `packs.ts`. */
export interface PackRecord<Item = { readonly name: DocumentName }> {
  readonly names: readonly DocumentName[]
  readonly items: readonly Item[]
}

/**
 * Lines of the log of what snapshots are here: reading this at a start instead of the snapshots themselves saves
 * reading megabytes. See `holdings.ts`.
 */
export type HoldingRecord = readonly (HoldingLine | RemovedLine)[]

/** Its copy is not here any more. */
export interface RemovedLine {
  readonly name: DocumentName
  readonly isRemoved: true
}

export interface HoldingLine {
  readonly name: DocumentName
  readonly head: number
  readonly log?: string | undefined
  readonly bytes: number
  readonly at: number
  readonly usedAt: number
}

/** Contents of a photo or document by their hash; `attachments` looks after them. */
export interface BlobRecord {
  readonly hash: string
  readonly type: string
  readonly size: number
  readonly bytes: Uint8Array
  readonly at: number
  readonly state: string
}

export interface DeviceSchema extends DBSchema {
  outbox: { key: string; value: OutboxEntry }
  /** Of the first versions, as is `snapshots`: read, and written no more. */
  catalogue: { key: string; value: CachedEntry }
  lists: { key: number; value: PackRecord; indexes: { name: string } }
  refused: { key: string; value: RefusedEdit }
  setAside: { key: number; value: SetAsideRecord }
  metadata: { key: string; value: unknown }
  snapshots: { key: string; value: SnapshotRecord }
  packs: { key: number; value: PackRecord; indexes: { name: string } }
  holdings: { key: number; value: HoldingRecord }
  /** The serialized search index and what belongs to it. */
  search: { key: string; value: unknown }
  blobs: { key: string; value: BlobRecord }
  /** What of attachments is on its way, by id. */
  uploads: { key: string; value: { readonly id: string } }
  /** Measures of the connection by minute. */
  traffic: { key: number; value: { readonly at: number } }
}

export type DeviceStoreName =
  | 'outbox'
  | 'catalogue'
  | 'lists'
  | 'refused'
  | 'setAside'
  | 'metadata'
  | 'snapshots'
  | 'packs'
  | 'holdings'
  | 'search'
  | 'blobs'
  | 'uploads'
  | 'traffic'

export type DeviceTransaction = IDBPTransaction<DeviceSchema, DeviceStoreName[], 'readwrite'>

/** Raised with every new store; `createStores` brings any older database here and keeps what it holds. */
export const deviceDatabaseVersion = 3

export function deviceDatabaseName(userId: string): string {
  return `fulqrun-${userId}`
}

export class DeviceStore {
  readonly #handle: DatabaseHandle

  constructor(options: {
    readonly ports: Pick<Ports, 'indexedDB' | 'startTimer'>
    readonly userId: string
    onErased(): void
    /** The browser took the database away, and perhaps everything that was stored. */
    onLost?(): void
    /** It answers after all, having been given up. */
    onReturned?(): void
    /** A newer version of the app, in another tab, has upgraded the database. */
    onNewer?(): void
    /** Its person may have signed out a moment ago: a database that is gone stays gone. */
    readonly mustExist?: boolean
  }) {
    this.#handle = new DatabaseHandle({
      ports: options.ports,
      name: deviceDatabaseName(options.userId),
      version: deviceDatabaseVersion,
      upgrade: createStores,
      mustExist: options.mustExist,
      onErased: () => options.onErased(),
      onLost: () => options.onLost?.(),
      onReturned: () => options.onReturned?.(),
      onNewer: () => options.onNewer?.(),
    })
  }

  /** Rejects with a SyncError when there is no database to be had. */
  open(): Promise<void> {
    return this.#handle.open()
  }

  /**
   * Runs `body` in one transaction over `stores` whose loss at a power cut costs no more than fetching again: copies of
   * what the server has.
   */
  writeRelaxed<T>(
    stores: DeviceStoreName[],
    body: (transaction: DeviceTransaction) => Promise<T> | T,
  ): Promise<T> {
    return this.#handle.run(stores, { mode: 'readwrite' }, (transaction) => body(withIdb(transaction)))
  }

  /** Runs `body` in one transaction that only reads. */
  read<T>(stores: DeviceStoreName[], body: (transaction: DeviceTransaction) => Promise<T> | T): Promise<T> {
    return this.#handle.run(stores, { mode: 'readonly' }, (transaction) => body(withIdb(transaction)))
  }

  /**
   * Runs `body` in one transaction over `stores`. Writes are strict: when the promise resolves they are on the disk
   * and not only in a buffer of the browser, which is what "saved on this device" claims (SYNC B4).
   */
  write<T>(stores: DeviceStoreName[], body: (transaction: DeviceTransaction) => Promise<T> | T): Promise<T> {
    return this.#handle.run(stores, { mode: 'readwrite', strict: true }, (transaction) =>
      body(withIdb(transaction)),
    )
  }

  async readAll<Name extends DeviceStoreName>(name: Name): Promise<DeviceSchema[Name]['value'][]> {
    return await this.#handle.run([name], { mode: 'readonly' }, (transaction) =>
      withIdb(transaction).objectStore(name).getAll(),
    )
  }

  async readMetadata(): Promise<Map<string, unknown>> {
    return await this.#handle.run(['metadata'], { mode: 'readonly' }, async (transaction) => {
      const store = withIdb(transaction).objectStore('metadata')
      const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()])
      return new Map(keys.map((key, index) => [key, values[index]]))
    })
  }

  async writeMetadata(key: string, value: unknown): Promise<void> {
    await this.write(['metadata'], (transaction) => transaction.objectStore('metadata').put(value, key))
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}

/** idb's promises over a transaction that is ours. */
export function withIdb(transaction: IDBTransaction): DeviceTransaction {
  const wrapped = wrap(transaction) as unknown as DeviceTransaction
  // The handle hears of a roll-back itself; unheard, idb's own promise would be an unhandled rejection.
  wrapped.done.catch(() => undefined)
  return wrapped
}

/** Creates what is missing: a new device gets everything, one of an earlier version what came since. */
export function createStores(database: Pick<IDBDatabase, 'objectStoreNames' | 'createObjectStore'>): void {
  for (const [name, options] of Object.entries(stores)) {
    if (database.objectStoreNames.contains(name)) continue
    const store = database.createObjectStore(name, options)
    if (name === 'packs' || name === 'lists') store.createIndex('name', 'names', { multiEntry: true })
  }
}

const stores: Readonly<Record<DeviceStoreName, IDBObjectStoreParameters>> = {
  outbox: { keyPath: 'id' },
  catalogue: { keyPath: 'name' },
  lists: { autoIncrement: true },
  refused: { keyPath: 'id' },
  setAside: { autoIncrement: true },
  metadata: {},
  snapshots: { keyPath: 'name' },
  packs: { autoIncrement: true },
  holdings: { autoIncrement: true },
  search: {},
  blobs: { keyPath: 'hash' },
  uploads: { keyPath: 'id' },
  traffic: {},
}
