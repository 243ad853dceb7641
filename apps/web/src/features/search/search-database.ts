/**
 * The worker's own door to the device's database. It never makes that database: one that is not there, or is older than
 * this app, is the workspace's to make, and search works from what it is told.
 */
import type { DocumentName } from '@fulqrun/protocol'
import { copies, namesOnDevice, withIdb } from '@fulqrun/sync/copies'

/** A stored copy, as far as search reads it. */
export interface StoredCopy {
  readonly name: DocumentName
  readonly head: number
  readonly update: Uint8Array
}

export interface SearchStorage {
  /** Names of the records whose copies are on this device. */
  copies(): Promise<ReadonlySet<DocumentName>>
  read(names: readonly DocumentName[]): Promise<readonly StoredCopy[]>
  load(key: string): Promise<unknown>
  save(key: string, value: unknown): Promise<void>
  remove(key: string): Promise<void>
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('the device database did not answer'))
  })
}

function whenDone(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = () => reject(transaction.error ?? new Error('the device database did not store it'))
    transaction.oncomplete = () => resolve()
    transaction.onabort = failed
  })
}

function open(name: string, onClosed: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name)
    request.onupgradeneeded = () => {
      // Not there (yet, or any more): it is not ours to make.
      request.transaction?.abort()
    }
    request.onerror = () => reject(request.error ?? new Error('there is no device database'))
    request.onsuccess = () => {
      const database = request.result
      // Erasing and upgrading it must never wait for a search.
      database.onversionchange = () => {
        database.close()
        onClosed()
      }
      database.onclose = onClosed
      resolve(database)
    }
  })
}

/** Rejects, like each of its calls, when there is no such database: callers go on without. */
export class SearchDatabase implements SearchStorage {
  readonly #name: string
  #database: Promise<IDBDatabase> | undefined

  constructor(name: string) {
    this.#name = name
  }

  async copies(): Promise<ReadonlySet<DocumentName>> {
    return await namesOnDevice(withIdb(await this.#begin(['holdings'], 'readonly')))
  }

  async read(names: readonly DocumentName[]): Promise<readonly StoredCopy[]> {
    return await copies.read(withIdb(await this.#begin(copies.stores, 'readonly')), names)
  }

  async load(key: string): Promise<unknown> {
    const store = await this.#store('search', 'readonly')
    return answerOf<unknown>(store.get(key))
  }

  async save(key: string, value: unknown): Promise<void> {
    const store = await this.#store('search', 'readwrite')
    store.put(value, key)
    await whenDone(store.transaction)
  }

  async remove(key: string): Promise<void> {
    const store = await this.#store('search', 'readwrite')
    store.delete(key)
    await whenDone(store.transaction)
  }

  async #store(name: string, mode: IDBTransactionMode): Promise<IDBObjectStore> {
    return (await this.#begin([name], mode)).objectStore(name)
  }

  async #begin(names: readonly string[], mode: IDBTransactionMode): Promise<IDBTransaction> {
    this.#database ??= open(this.#name, () => {
      this.#database = undefined
    })
    try {
      return (await this.#database).transaction(names, mode)
    } catch (error) {
      // Opened anew the next time: the store may be there by then.
      this.#database?.then(
        (database) => database.close(),
        () => undefined,
      )
      this.#database = undefined
      throw error
    }
  }
}
