import { openDatabase, whenComplete } from './open-database.ts'
import type { Ports } from './ports.ts'
import { SyncError, toStorageError } from './sync-error.ts'

export interface DatabaseHandleOptions {
  readonly ports: Pick<Ports, 'indexedDB' | 'startTimer'>
  readonly name: string
  readonly version?: number | undefined
  upgrade(database: IDBDatabase): void
  readonly mustExist?: boolean | undefined
  /** The database was erased by somebody else; nothing will be stored any more. */
  onErased(): void
  /** The browser took the handle away, and perhaps everything that was stored. */
  onLost?(): void
  /** It answers after all, having been given up. */
  onReturned?(): void
  /** A newer version of the app has upgraded it: nothing will be read or stored here any more. Called once. */
  onNewer?(): void
}

/** A database that hung is not asked again for this long. */
const restMs = 10_000

/**
 * A database that may lose its handle at any time: browsers close them when storage runs short, when a phone sleeps
 * and when another tab upgrades (SYNC B2, E14d). Each transaction opens the handle if needed and is retried once on a
 * fresh one.
 */
export class DatabaseHandle {
  readonly #options: DatabaseHandleOptions
  #database: Promise<IDBDatabase> | undefined
  #isErased = false
  /** Asking again would give the same answer, after waiting for the other version's upgrade each time. */
  #newer: SyncError | undefined
  #isClosed = false
  /** The database hung a moment ago: saying so at once keeps every edit from waiting for it again. */
  #hung: SyncError | undefined

  constructor(options: DatabaseHandleOptions) {
    this.#options = options
  }

  get isErased(): boolean {
    return this.#isErased
  }

  /** Runs `body` in one transaction and resolves with its result once everything is stored. */
  async run<T>(
    stores: string[],
    options: { readonly mode: IDBTransactionMode; readonly strict?: boolean },
    body: (transaction: IDBTransaction) => Promise<T> | T,
  ): Promise<T> {
    try {
      return await this.#attempt(stores, options, body)
    } catch (error) {
      const failure = toStorageError(error)
      if (failure.code !== 'storage/closed' || this.#isErased || this.#isClosed) throw failure
      this.#forget()
      return await this.#attempt(stores, options, body).catch((again: unknown) => {
        throw toStorageError(again)
      })
    }
  }

  /** Waits for the handle to open; for callers that must know whether there is a database at all. */
  async open(): Promise<void> {
    await this.#get()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const database = this.#database
    this.#database = undefined
    // A database that never opened has nothing to close.
    await database?.then(
      (opened) => opened.close(),
      () => undefined,
    )
  }

  async #attempt<T>(
    stores: string[],
    options: { readonly mode: IDBTransactionMode; readonly strict?: boolean },
    body: (transaction: IDBTransaction) => Promise<T> | T,
  ): Promise<T> {
    const database = await this.#get()
    const transaction = database.transaction(stores, options.mode, {
      durability: options.strict === true ? 'strict' : 'default',
    })
    const stored = whenComplete(transaction)
    try {
      const result = await body(transaction)
      await stored
      return result
    } catch (error) {
      // The body's failure is the one to tell; the roll-back that it causes is awaited so that nothing stays unheard.
      abort(transaction)
      const rolledBack = await stored.catch((reason: unknown) => reason)
      throw rolledBack instanceof SyncError && rolledBack.code === 'storage/quota' ? rolledBack : error
    }
  }

  #get(): Promise<IDBDatabase> {
    if (this.#isErased) return Promise.reject(new SyncError('storage/erased'))
    if (this.#isClosed) return Promise.reject(new SyncError('storage/closed'))
    if (this.#newer !== undefined) return Promise.reject(this.#newer)
    if (this.#hung !== undefined) return Promise.reject(this.#hung)
    if (this.#database !== undefined) return this.#database
    let held: Promise<IDBDatabase> | undefined
    const opening = openDatabase({
      ports: this.#options.ports,
      name: this.#options.name,
      version: this.#options.version,
      upgrade: (database) => this.#options.upgrade(database),
      mustExist: this.#options.mustExist,
      onLost: (reason) => {
        if (this.#database === held) this.#database = undefined
        if (reason === 'erased' && !this.#isErased) {
          this.#isErased = true
          this.#options.onErased()
        }
        if (reason === 'taken' && !this.#isClosed) this.#options.onLost?.()
      },
      onLate: (database) => {
        held = this.#takeLate(database)
      },
    })
    held = opening
    this.#database = opening
    // The next transaction tries anew; this one's caller gets the rejection from the promise itself.
    opening.catch((error: unknown) => {
      if (this.#database === opening) this.#database = undefined
      if (!(error instanceof SyncError)) return
      if (error.code === 'storage/timeout') this.#restAfter(error)
      if (error.code === 'storage/newer' && this.#newer === undefined) {
        this.#newer = error
        this.#options.onNewer?.()
      }
    })
    return opening
  }

  /** Undefined when it is not needed any more. */
  #takeLate(database: IDBDatabase): Promise<IDBDatabase> | undefined {
    if (this.#isClosed || this.#isErased || this.#database !== undefined) {
      database.close()
      return undefined
    }
    const held = Promise.resolve(database)
    this.#database = held
    this.#hung = undefined
    this.#options.onReturned?.()
    return held
  }

  #restAfter(error: SyncError): void {
    this.#hung = error
    this.#options.ports.startTimer(restMs, () => {
      this.#hung = undefined
    })
  }

  #forget(): void {
    this.#database?.then(
      (database) => database.close(),
      () => undefined,
    )
    this.#database = undefined
  }
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort()
  } catch {
    // Already finished or rolled back.
  }
}

/** The result of one request; rejects with what IndexedDB said. */
export function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(toStorageError(request.error))
  })
}
