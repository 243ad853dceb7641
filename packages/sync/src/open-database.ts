import type { Ports } from './ports.ts'
import { SyncError, toStorageError } from './sync-error.ts'

export interface OpenDatabaseOptions {
  readonly ports: Pick<Ports, 'indexedDB' | 'startTimer'>
  readonly name: string
  /** Left out for y-indexeddb's databases, which are opened at whatever version they have. */
  readonly version?: number | undefined
  upgrade(database: IDBDatabase): void
  /** One that is not there is not made; opening it is rejected. */
  readonly mustExist?: boolean | undefined
  /** Somebody else erases the database or raises its version, or the browser took the handle; it is closed by then. */
  onLost(reason: 'erased' | 'upgraded' | 'taken'): void
  /** It has opened after it was given up. Left out: it is closed again. */
  onLate?(database: IDBDatabase): void
}

/** A database that has not opened by then may never: the app, which must be up in 3 s, goes on in memory (SYNC 19). */
const openTimeoutMs = 1_500
/** Waited for in parts: a page that was held up itself heard no answer meanwhile, and loses one part for it. */
const openParts = 6
/** Other tabs let go of an erased database at once, or not at all. */
const eraseTimeoutMs = 3_000

/** Opens a database, or rejects with a SyncError: `storage/unavailable`, `storage/timeout` or what IndexedDB said. */
export function openDatabase(options: OpenDatabaseOptions): Promise<IDBDatabase> {
  const { indexedDB } = options.ports
  if (indexedDB === undefined) return Promise.reject(new SyncError('storage/unavailable'))
  return new Promise((resolve, reject) => {
    let isLate = false
    let cancel: () => void
    const wait = (parts: number): void => {
      cancel = options.ports.startTimer(openTimeoutMs / openParts, () => {
        if (parts > 1) {
          wait(parts - 1)
          return
        }
        isLate = true
        reject(new SyncError('storage/timeout', { detail: options.name }))
      })
    }
    wait(openParts)
    const fail = (error: unknown): void => {
      cancel()
      reject(toStorageError(error))
    }
    let request: IDBOpenDBRequest
    try {
      request = indexedDB.open(options.name, options.version)
    } catch (error) {
      // Firefox throws here in private windows, Safari when storage is blocked.
      fail(error)
      return
    }
    request.onupgradeneeded = ({ oldVersion }) => {
      if (options.mustExist === true && oldVersion === 0) request.transaction?.abort()
      else options.upgrade(request.result)
    }
    request.onerror = () => fail(request.error)
    request.onsuccess = () => {
      const database = request.result
      if (isLate && options.onLate === undefined) {
        database.close()
        return
      }
      cancel()
      watch(database, options)
      if (isLate) options.onLate?.(database)
      else resolve(database)
    }
  })
}

function watch(database: IDBDatabase, options: OpenDatabaseOptions): void {
  database.onversionchange = (event) => {
    // Holding on would block the other tab's sign-out or upgrade.
    database.close()
    options.onLost(event.newVersion === null ? 'erased' : 'upgraded')
  }
  // Storage pressure, a suspended phone, somebody who clears the site.
  database.onclose = () => options.onLost('taken')
}

export interface EraseResult {
  readonly erased: boolean
  /** Another tab holds the database open and did not let go in time. */
  readonly blocked: boolean
}

/** Deletes a database and resolves when it is really gone, or says what stands in the way (SYNC E14h). Never rejects. */
export function eraseDatabase(
  ports: Pick<Ports, 'indexedDB' | 'startTimer'>,
  name: string,
): Promise<EraseResult> {
  const { indexedDB } = ports
  if (indexedDB === undefined) return Promise.resolve({ erased: true, blocked: false })
  return new Promise((resolve) => {
    let blocked = false
    const cancel = ports.startTimer(eraseTimeoutMs, () => resolve({ erased: false, blocked }))
    try {
      const request = indexedDB.deleteDatabase(name)
      request.onblocked = () => {
        blocked = true
      }
      request.onsuccess = () => {
        cancel()
        resolve({ erased: true, blocked: false })
      }
      request.onerror = () => {
        cancel()
        resolve({ erased: false, blocked })
      }
    } catch {
      cancel()
      resolve({ erased: false, blocked })
    }
  })
}

/** Resolves when everything in the transaction is stored; rejects with a SyncError when it was rolled back. */
export function whenComplete(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    // A full disk shows only here, not on the request (SYNC B6).
    transaction.onabort = () => reject(toStorageError(transaction.error))
    transaction.onerror = () => reject(toStorageError(transaction.error))
  })
}
