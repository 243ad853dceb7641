/** What can go wrong on the device itself; what the server says is an `ErrorCode` of the protocol. */
export type SyncErrorCode =
  /** The platform has no IndexedDB, or denies it (private windows). */
  | 'storage/unavailable'
  /** The database did not open in time; it may be blocked by another tab or broken. */
  | 'storage/timeout'
  /** The disk or the origin's quota is full. */
  | 'storage/quota'
  /** The handle was closed by the browser or by another tab, and reopening did not help. */
  | 'storage/closed'
  /** A newer version of the app has upgraded the database: this one reads and writes it no more. */
  | 'storage/newer'
  /** The database was erased, here or in another tab: nothing may be written any more. */
  | 'storage/erased'
  /** Any other failure of IndexedDB; the cause has the details. */
  | 'storage/failed'
  | 'api/unreachable'
  | 'api/signed-out'
  | 'api/unexpected'
  | 'document/read-only'

export class SyncError extends Error {
  override readonly name = 'SyncError'
  readonly code: SyncErrorCode

  constructor(code: SyncErrorCode, options: { readonly cause?: unknown; readonly detail?: string } = {}) {
    super(
      options.detail === undefined ? code : `${code}: ${options.detail}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    )
    this.code = code
  }
}

/** Wraps whatever IndexedDB threw. The names are those of DOMException; Safari says UnknownError for a lost handle. */
export function toStorageError(error: unknown): SyncError {
  if (error instanceof SyncError) return error
  const name = nameOf(error)
  if (name === 'VersionError') return new SyncError('storage/newer', { cause: error })
  if (name === 'QuotaExceededError') return new SyncError('storage/quota', { cause: error })
  if (name === 'InvalidStateError' || name === 'AbortError' || name === 'UnknownError') {
    return new SyncError('storage/closed', { cause: error })
  }
  return new SyncError('storage/failed', { cause: error })
}

function nameOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('name' in error)) return undefined
  return typeof error.name === 'string' ? error.name : undefined
}
