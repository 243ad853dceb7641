import type { Doom } from './steps.ts'

/**
 * IndexedDB as one tab sees it, on the disk that all tabs of a device share. The tab can be made to die around one of
 * its writes: before or within, so that nothing of the transaction is kept, or after, when it is on the disk and the tab
 * has not heard of it.
 *
 * Kinds of writes are named by the database and what a transaction covers: `device: outbox;`, `document: updates;`.
 * `make device`, `make document` and `erase document` are those of whole databases.
 */
export class TabStorage {
  readonly factory: IDBFactory
  /** Kinds of writes that it has begun since it was last told when to die. */
  readonly kinds = new Set<string>()
  readonly #databases = new Set<IDBDatabase>()
  readonly #writing = new Set<IDBTransaction>()
  #isDead = false
  #doom: Met | undefined
  /** Writes until the one that kills it. */
  #writesLeft = 0

  constructor(disk: IDBFactory) {
    this.factory = this.#limit(disk)
  }

  /** The tab dies around one of its next writes; it lives on with undefined. */
  doom(doom: Met | undefined): void {
    this.#doom = doom
    this.kinds.clear()
    this.#writesLeft = doom?.nth ?? 0
  }

  /** Nothing is read or written any more; what is being written is rolled back. */
  die(): void {
    this.#isDead = true
    for (const transaction of this.#writing) abort(transaction)
    for (const database of this.#databases) database.close()
  }

  #limit(disk: IDBFactory): IDBFactory {
    const open = (name: string, version?: number): IDBOpenDBRequest => {
      this.#assertAlive()
      const request = version === undefined ? disk.open(name) : disk.open(name, version)
      request.addEventListener('upgradeneeded', () => {
        if (request.transaction !== null) this.#watchWrite(request.transaction, `make ${ownerOf(name)}`)
      })
      // Before any listener of the app, so that it never sees the database as it was.
      request.addEventListener('success', () => this.#watch(request.result))
      return request
    }
    const erase = (name: string): IDBOpenDBRequest => {
      this.#assertAlive()
      const doom = this.#countWrite(`erase ${ownerOf(name)}`)
      // Of one request there is no middle.
      if (doom !== undefined && doom.when !== 'after') {
        this.#meet(doom)
        this.#assertAlive()
      }
      const request = disk.deleteDatabase(name)
      if (doom !== undefined) request.addEventListener('success', () => this.#meet(doom))
      return request
    }
    return new Proxy(disk, {
      get: (target, property) => {
        if (property === 'open') return open
        if (property === 'deleteDatabase') return erase
        const value: unknown = Reflect.get(target, property)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }

  #watch(database: IDBDatabase): void {
    if (this.#isDead) return database.close()
    this.#databases.add(database)
    const begin = database.transaction.bind(database)
    database.transaction = (stores, mode, options) => {
      this.#assertAlive()
      const transaction = begin(stores, mode, options)
      if (mode === 'readwrite') {
        const covered = [...transaction.objectStoreNames].toSorted().join(' ')
        this.#watchWrite(transaction, `${ownerOf(database.name)}: ${covered};`)
      }
      return transaction
    }
  }

  #watchWrite(transaction: IDBTransaction, kind: string): void {
    this.#writing.add(transaction)
    const doom = this.#countWrite(kind)
    if (doom?.when === 'before') queueMicrotask(() => this.#meet(doom))
    // Its first requests run in the next turn, and it cannot be complete before the one after that.
    if (doom?.when === 'within') setImmediate(() => this.#meet(doom))
    transaction.addEventListener('complete', () => {
      this.#writing.delete(transaction)
      if (doom?.when === 'after') this.#meet(doom)
    })
    transaction.addEventListener('abort', () => this.#writing.delete(transaction))
  }

  /** The doom that this write meets. */
  #countWrite(kind: string): Met | undefined {
    this.kinds.add(kind)
    if (this.#doom === undefined || !kind.includes(this.#doom.kind ?? '')) return undefined
    this.#writesLeft -= 1
    return this.#writesLeft < 0 ? this.#doom : undefined
  }

  #meet(doom: Met): void {
    if (this.#doom !== doom || this.#isDead) return
    this.#doom = undefined
    this.die()
    doom.onDeath()
  }

  #assertAlive(): void {
    if (this.#isDead) throw new DOMException('The tab is gone', 'InvalidStateError')
  }
}

/** A doom with what it brings about. */
interface Met extends Doom {
  onDeath(): void
}

/** Databases of documents have a path. */
function ownerOf(database: string): 'device' | 'document' {
  return database.includes('/') ? 'document' : 'device'
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort()
  } catch {
    // Committed in this very turn: then it is on the disk, as it may be after a crash.
  }
}
