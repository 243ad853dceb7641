/**
 * IndexedDB as one tab sees it, on the disk that all tabs of a device share. The tab can be made to die around one of
 * its writes: before, so that nothing of the transaction is kept, or after, when it is on the disk and the tab has not
 * heard of it.
 */
export class TabStorage {
  readonly factory: IDBFactory
  readonly #databases = new Set<IDBDatabase>()
  readonly #writing = new Set<IDBTransaction>()
  #isDead = false
  #doom: Doom | undefined

  constructor(disk: IDBFactory) {
    this.factory = this.#limit(disk)
  }

  /** The tab dies around its next write; it lives on with undefined. */
  doom(doom: Doom | undefined): void {
    this.#doom = doom
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
      // Before any listener of the app, so that it never sees the database as it was.
      request.addEventListener('success', () => this.#watch(request.result))
      return request
    }
    return new Proxy(disk, {
      get: (target, property) => {
        if (property === 'open') return open
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
      if (mode === 'readwrite') this.#watchWrite(transaction)
      return transaction
    }
  }

  #watchWrite(transaction: IDBTransaction): void {
    this.#writing.add(transaction)
    const doom = this.#doom
    if (doom?.when === 'before') {
      this.#doom = undefined
      queueMicrotask(() => {
        this.die()
        doom.onDeath()
      })
    }
    transaction.addEventListener('complete', () => {
      this.#writing.delete(transaction)
      if (doom?.when !== 'after' || this.#doom !== doom) return
      this.#doom = undefined
      this.die()
      doom.onDeath()
    })
    transaction.addEventListener('abort', () => this.#writing.delete(transaction))
  }

  #assertAlive(): void {
    if (this.#isDead) throw new DOMException('The tab is gone', 'InvalidStateError')
  }
}

interface Doom {
  readonly when: 'before' | 'after'
  onDeath(): void
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort()
  } catch {
    // Committed in this very turn: then it is on the disk, as it may be after a crash.
  }
}
