/**
 * y-indexeddb behind a guard. The database, its layout and its loader are y-indexeddb's, so a stock
 * `IndexeddbPersistence` reads what we write and we read what it wrote; opening, writing and trimming are ours,
 * because its own never settle when the database fails, throw into the editing code, and grow with every open and tab
 * (SYNC E14; decision 0003). Whatever happens to the disk: `load` resolves, edits do not throw, and `mode` says the truth.
 */
import * as Y from 'yjs'
import { fetchUpdates, type IndexeddbPersistence } from 'y-indexeddb'
import { DatabaseHandle, resultOf } from './database-handle.ts'
import { eraseDatabase, type EraseResult } from './open-database.ts'
import type { Ports } from './ports.ts'
import { toStorageError } from './sync-error.ts'

export interface PersistenceOptions {
  readonly ports: Pick<Ports, 'indexedDB' | 'startTimer'>
  /** Name of the database. */
  readonly name: string
  readonly doc: Y.Doc
  /** Keeps bytes that cannot be read. May reject; then they stay where they are. */
  setAside(bytes: unknown, reason: string): Promise<void>
  onChange(): void
  /** What `replace` asked for is on the disk; may come long after, when the disk has recovered. */
  onReplaced(): void
}

/** Store names of y-indexeddb 9. */
const updates = 'updates'
const custom = 'custom'

/** Records after which a database is rewritten as one. A record per keystroke is cheap to write and dear to load. */
const compactAt = 64
/** The disk may recover: what is in memory only is tried again after this. */
const retryMs = 15_000

/** The fields of an IndexeddbPersistence that `fetchUpdates` works on; also the origin of what it applies. */
interface Seam {
  doc: Y.Doc
  db: { transaction(): IDBTransaction } | null
  _dbref: number
  _dbsize: number
  _destroyed: boolean
}

export class GuardedPersistence {
  readonly #options: PersistenceOptions
  readonly #handle: DatabaseHandle
  readonly #seam: Seam
  #doc: Y.Doc
  #queue: Uint8Array[] = []
  #isLoaded = false
  /** The database holds another document: it must not be read before it was rewritten. */
  #isForeign = false
  /** The browser took the database away: it may be another one now, which holds nothing. */
  #isLost = false
  #mode: 'persistent' | 'memory' = 'persistent'
  #damaged = 0
  #compactAt = compactAt
  #work: Promise<void> = Promise.resolve()
  #isScheduled = false
  #cancelRetry: (() => void) | undefined
  #isClosed = false

  constructor(options: PersistenceOptions) {
    this.#options = options
    this.#doc = options.doc
    this.#seam = { doc: options.doc, db: null, _dbref: 0, _dbsize: 0, _destroyed: false }
    this.#handle = new DatabaseHandle({
      ports: options.ports,
      name: options.name,
      upgrade: (database) => {
        database.createObjectStore(updates, { autoIncrement: true })
        database.createObjectStore(custom)
      },
      onErased: () => this.#setMode('memory'),
      onReturned: () => this.retryNow(),
      onLost: () => {
        this.#isLost = true
        // Numbers of records begin again in a new database.
        this.#seam._dbref = 0
        this.#setMode('memory')
        this.#schedule()
      },
    })
    this.#doc.on('update', this.#onUpdate)
  }

  /** `memory`: the latest edits are not in this database and will be gone with the page unless the outbox has them. */
  get mode(): 'persistent' | 'memory' {
    return this.#mode
  }

  /** Records that could not be read and were set aside. */
  get damaged(): number {
    return this.#damaged
  }

  /** True for updates that came out of the database. */
  isOrigin(origin: unknown): boolean {
    return origin === this.#seam
  }

  /** Applies what the database holds to the document. Always resolves, within seconds; `mode` tells how it went. */
  load(): Promise<void> {
    return this.#enqueue(() => this.#loadOnce())
  }

  /** The disk takes writes, as another database has seen: what is in memory only does not wait for its timer. */
  retryNow(): void {
    if (this.#cancelRetry === undefined) return
    this.#cancelRetry()
    this.#cancelRetry = undefined
    void this.load() // Never rejects.
  }

  /** Makes the database hold this document's state and nothing else, and follows it from now on. */
  replace(doc: Y.Doc): Promise<void> {
    this.#doc.off('update', this.#onUpdate)
    this.#doc = doc
    this.#seam.doc = doc
    this.#queue = []
    this.#isForeign = true
    doc.on('update', this.#onUpdate)
    return this.#enqueue(() => this.#guard(() => this.#expel()))
  }

  /** Resolves when everything so far is stored, or is known not to be. */
  async settled(): Promise<void> {
    while (this.#isScheduled) await this.#work
    await this.#work
  }

  /** Stores what is left and lets go of the database. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#doc.off('update', this.#onUpdate)
    await this.settled()
    this.#isClosed = true
    this.#cancelRetry?.()
    await this.#handle.close()
  }

  readonly #onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (this.isOrigin(origin)) return
    this.#queue.push(update)
    this.#schedule()
  }

  /** One write per turn of the loop, behind whatever is going on. */
  #schedule(): void {
    // While the disk refuses, the retry timer takes everything along; trying per keystroke would only heat the phone.
    if (this.#isScheduled || this.#isClosed || !this.#isLoaded || this.#cancelRetry !== undefined) return
    this.#isScheduled = true
    void this.#enqueue(async () => {
      this.#isScheduled = false
      await this.#guard(() => this.#write())
    })
  }

  /** Runs one after the other; `task` never rejects. */
  #enqueue(task: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(task)
    return this.#work
  }

  /** Failures of the disk end here: the edit is in memory, the mode says so, and a timer tries again. */
  async #guard(task: () => Promise<void>): Promise<void> {
    if (this.#isClosed) return
    try {
      await task()
      // With something left to write, what is on the disk is not yet what is shown.
      if (this.#queue.length === 0 && !this.#isLost) this.#setMode('persistent')
    } catch (error) {
      this.#setMode('memory')
      if (toStorageError(error).code !== 'storage/erased') this.#retryLater()
    }
  }

  #retryLater(): void {
    this.#cancelRetry ??= this.#options.ports.startTimer(retryMs, () => {
      this.#cancelRetry = undefined
      if (!this.#isLoaded || this.#mode === 'memory') void this.load()
    })
  }

  #setMode(mode: 'persistent' | 'memory'): void {
    const next = this.#handle.isErased ? 'memory' : mode
    if (this.#mode === next) return
    this.#mode = next
    this.#options.onChange()
  }

  async #loadOnce(): Promise<void> {
    await this.#guard(async () => {
      await this.#expel()
      await this.#setDamagedAside()
      const count = await this.#handle.run([updates], { mode: 'readwrite' }, async (transaction) => {
        await this.#fetch(transaction)
        return this.#seam._dbsize
      })
      if (count >= this.#compactAt / 2) await this.#rewrite({ keepOthers: true })
    })
    // Also after a failure: from here on edits are queued and tried.
    this.#isLoaded = true
    if (this.#queue.length > 0 || this.#isLost) this.#schedule()
  }

  /** y-indexeddb applies all records in one go, so one that cannot be read would take the others with it (E14g). */
  async #setDamagedAside(): Promise<void> {
    const damaged = await this.#handle.run([updates], { mode: 'readonly' }, async (transaction) => {
      const store = transaction.objectStore(updates)
      const [keys, values] = await Promise.all([
        resultOf(store.getAllKeys()),
        resultOf<unknown[]>(store.getAll()),
      ])
      return keys.flatMap((key, index) => (isUpdate(values[index]) ? [] : [{ key, bytes: values[index] }]))
    })
    if (damaged.length === 0) return
    for (const { bytes } of damaged) await this.#options.setAside(bytes, 'damaged record')
    await this.#handle.run([updates], { mode: 'readwrite' }, async (transaction) => {
      for (const { key } of damaged) await resultOf(transaction.objectStore(updates).delete(key))
    })
    this.#damaged += damaged.length
    this.#options.onChange()
  }

  /** Applies the records that this tab has not seen, with y-indexeddb's own loader, in our transaction. */
  async #fetch(transaction: IDBTransaction): Promise<void> {
    this.#seam.db = { transaction: () => transaction }
    try {
      await fetchUpdates(this.#seam as unknown as IndexeddbPersistence)
    } finally {
      this.#seam.db = null
    }
  }

  async #write(): Promise<void> {
    await this.#expel()
    if (this.#isLost) {
      await this.#rewrite({ keepOthers: true })
      this.#isLost = false
    }
    if (this.#queue.length === 0) return
    const batch = this.#queue
    this.#queue = []
    try {
      const count = await this.#handle.run([updates], { mode: 'readwrite' }, async (transaction) => {
        const store = transaction.objectStore(updates)
        await resultOf(store.add(batch.length === 1 ? batch[0] : Y.mergeUpdates(batch)))
        return await resultOf(store.count())
      })
      if (count >= this.#compactAt) await this.#compact()
    } catch (error) {
      this.#queue = this.#handle.isErased ? [] : [Y.mergeUpdates([...batch, ...this.#queue])]
      throw error
    }
  }

  /** Finishes a replacement, if one is due. */
  async #expel(): Promise<void> {
    if (!this.#isForeign) return
    await this.#rewrite({ keepOthers: false })
    this.#isForeign = false
    this.#options.onReplaced()
  }

  /** A failure to compact costs space, not data: it is tried again when twice as much has piled up. */
  async #compact(): Promise<void> {
    try {
      await this.#rewrite({ keepOthers: true })
      this.#compactAt = compactAt
    } catch {
      this.#compactAt *= 2
    }
  }

  /**
   * Rewrites the database as one record, in one transaction, so that tabs cannot undo each other: first what other
   * tabs wrote is applied here, then the whole state takes the place of all records.
   */
  async #rewrite(options: { readonly keepOthers: boolean }): Promise<void> {
    await this.#handle.run([updates], { mode: 'readwrite' }, async (transaction) => {
      if (options.keepOthers) await this.#fetch(transaction)
      const store = transaction.objectStore(updates)
      await resultOf(store.clear())
      const key = await resultOf(store.add(Y.encodeStateAsUpdate(this.#doc)))
      this.#seam._dbref = Number(key) + 1
      this.#seam._dbsize = 1
    })
  }
}

function isUpdate(value: unknown): boolean {
  if (!(value instanceof Uint8Array)) return false
  try {
    Y.decodeUpdate(value)
    return true
  } catch {
    return false
  }
}

/** Deletes a document's database; resolves when it is gone, or says that another tab holds it. */
export function erasePersistence(
  ports: Pick<Ports, 'indexedDB' | 'startTimer'>,
  name: string,
): Promise<EraseResult> {
  return eraseDatabase(ports, name)
}
