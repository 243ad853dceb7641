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
  /** Writes until the one that kills it. */
  #writesLeft = 0

  constructor(disk: IDBFactory) {
    this.factory = this.#limit(disk)
  }

  /** The tab dies around one of its next writes; it lives on with undefined. */
  doom(doom: Doom | undefined): void {
    this.#doom = doom
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
      // Before any listener of the app, so that it never sees the database as it was.
      request.addEventListener('success', () => this.#watch(request.result))
      return request
    }
    const erase = (name: string): IDBOpenDBRequest => {
      this.#assertAlive()
      const doom = this.#countWrite()
      if (doom?.when === 'before') {
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
      if (mode === 'readwrite') this.#watchWrite(transaction)
      return transaction
    }
  }

  #watchWrite(transaction: IDBTransaction): void {
    this.#writing.add(transaction)
    const doom = this.#countWrite()
    if (doom?.when === 'before') queueMicrotask(() => this.#meet(doom))
    transaction.addEventListener('complete', () => {
      this.#writing.delete(transaction)
      if (doom?.when === 'after') this.#meet(doom)
    })
    transaction.addEventListener('abort', () => this.#writing.delete(transaction))
  }

  /** The doom that this write meets. */
  #countWrite(): Doom | undefined {
    if (this.#doom === undefined) return undefined
    this.#writesLeft -= 1
    return this.#writesLeft < 0 ? this.#doom : undefined
  }

  #meet(doom: Doom): void {
    if (this.#doom !== doom || this.#isDead) return
    this.#doom = undefined
    this.die()
    doom.onDeath()
  }

  #assertAlive(): void {
    if (this.#isDead) throw new DOMException('The tab is gone', 'InvalidStateError')
  }
}

interface Doom {
  /** How many writes it survives before. */
  readonly nth: number
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
