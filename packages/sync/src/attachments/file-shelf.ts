/**
 * The bytes of files on this device, and which of them wait to be sent.
 *
 * - FILE-1 The bytes and the note that they wait are written in one strict transaction, before the record names them.
 * - FILE-2 What waits is never removed for room. What the server has goes least recently used first, beyond the budget.
 */
import type { DocumentName } from '@fulqrun/protocol'
import type { BlobRecord, DeviceStore, DeviceTransaction } from '../device-store.ts'

/** A file that the server has not got, or whose entry is not written yet. */
export interface UploadRecord {
  /** Of the entry in the record. */
  readonly id: string
  readonly hash: string
  readonly document: DocumentName
  readonly activityId: string
  readonly name: string
  readonly type: string
  readonly size: number
  readonly width?: number | undefined
  readonly height?: number | undefined
  /** Device time, corrected. */
  readonly at: number
  /** The entry is in the record on this device's disk. */
  readonly isEntered: boolean
  /** The server has the bytes. */
  readonly isSent: boolean
}

/** Sizes and last uses of what may be removed, in the metadata: reading the bytes to know them would cost too much. */
type Evictable = Readonly<Record<string, { readonly size: number; readonly at: number }>>

const evictableKey = 'files'

export class FileShelf {
  readonly #store: DeviceStore
  readonly #budgetBytes: () => number
  readonly #now: () => number

  constructor(options: {
    readonly store: DeviceStore
    /** Room for files that the server has, too. */
    budgetBytes(): number
    now(): number
  }) {
    this.#store = options.store
    this.#budgetBytes = () => options.budgetBytes()
    this.#now = () => options.now()
  }

  /** Rejects with a SyncError, and has stored nothing, when the disk does not take it. */
  async put(upload: UploadRecord, bytes: Uint8Array): Promise<void> {
    const { hash, type, size, at } = upload
    await this.#store.write(['blobs', 'uploads', 'metadata'], async (transaction) => {
      await transaction.objectStore('blobs').put({ hash, type, size, bytes, at, state: 'unsent' })
      await transaction.objectStore('uploads').put(upload)
      await writeEvictable(transaction, ({ [hash]: _waits, ...rest }) => rest)
    })
  }

  async uploads(): Promise<readonly UploadRecord[]> {
    return (await this.#store.readAll('uploads')).filter(isUpload).toSorted((a, b) => a.at - b.at)
  }

  async bytesOf(hash: string): Promise<BlobRecord | undefined> {
    return this.#store.read(['blobs'], (transaction) => transaction.objectStore('blobs').get(hash))
  }

  /** Bytes that were just shown stay longer. */
  async used(hash: string): Promise<void> {
    await this.#store.writeRelaxed(['metadata'], (transaction) =>
      writeEvictable(transaction, (files) => {
        const known = files[hash]
        return known === undefined ? files : { ...files, [hash]: { ...known, at: this.#now() } }
      }),
    )
  }

  /** The entry is in the record; the note goes once the bytes are at the server, too. */
  entered(id: string): Promise<void> {
    return this.#settle(id, { isEntered: true })
  }

  /** The server has the bytes; they may now go for room. */
  sent(id: string): Promise<void> {
    return this.#settle(id, { isSent: true })
  }

  /** Given up: neither its bytes nor the note stay, unless another upload is of the same bytes. */
  async drop(id: string): Promise<void> {
    await this.#store.write(['uploads', 'blobs'], async (transaction) => {
      const uploads = transaction.objectStore('uploads')
      const given = await uploads.get(id)
      if (given === undefined || !isUpload(given)) return
      await uploads.delete(id)
      const others = (await uploads.getAll()).filter(isUpload)
      if (!others.some(({ hash }) => hash === given.hash))
        await transaction.objectStore('blobs').delete(given.hash)
    })
  }

  /** Keeps what came from the server, and makes room. */
  async cache(file: Omit<BlobRecord, 'state'>): Promise<void> {
    if (file.size > this.#budgetBytes()) return
    await this.#store.writeRelaxed(['blobs', 'metadata'], async (transaction) => {
      const blobs = transaction.objectStore('blobs')
      // Attached here meanwhile: those bytes wait to be sent.
      if ((await blobs.getKey(file.hash)) !== undefined) return
      await blobs.put({ ...file, state: 'cached' })
      await this.#makeRoom(transaction, { hash: file.hash, size: file.size })
    })
  }

  async #settle(id: string, change: Partial<UploadRecord>): Promise<void> {
    await this.#store.write(['uploads', 'blobs', 'metadata'], async (transaction) => {
      const uploads = transaction.objectStore('uploads')
      const stored = await uploads.get(id)
      if (stored === undefined || !isUpload(stored)) return
      const upload = { ...stored, ...change }
      if (!upload.isEntered || !upload.isSent) {
        await uploads.put(upload)
        return
      }
      await uploads.delete(id)
      const others = (await uploads.getAll()).filter(isUpload)
      if (others.some(({ hash }) => hash === upload.hash)) return
      const blob = await transaction.objectStore('blobs').get(upload.hash)
      if (blob === undefined) return
      await transaction.objectStore('blobs').put({ ...blob, state: 'sent' })
      await this.#makeRoom(transaction, upload)
    })
  }

  /** Notes a file that may go, and removes the least recently used ones beyond the budget. */
  async #makeRoom(
    transaction: DeviceTransaction,
    { hash, size }: { readonly hash: string; readonly size: number },
  ): Promise<void> {
    const gone: string[] = []
    await writeEvictable(transaction, (files) => {
      const kept = { ...files, [hash]: { size, at: this.#now() } }
      let total = Object.values(kept).reduce((sum, file) => sum + file.size, 0)
      for (const [old, file] of Object.entries(kept).toSorted(([, a], [, b]) => a.at - b.at)) {
        if (total <= this.#budgetBytes() || old === hash) break
        total -= file.size
        gone.push(old)
        Reflect.deleteProperty(kept, old)
      }
      return kept
    })
    for (const old of gone) await transaction.objectStore('blobs').delete(old)
  }
}

async function writeEvictable(
  transaction: DeviceTransaction,
  change: (files: Evictable) => Evictable,
): Promise<void> {
  const metadata = transaction.objectStore('metadata')
  const stored = await metadata.get(evictableKey)
  const files = typeof stored === 'object' && stored !== null ? (stored as Evictable) : {}
  const next = change(files)
  if (next !== files) await metadata.put(next, evictableKey)
}

/** Guards against records of another version or of a damaged database. */
function isUpload(value: { readonly id: string }): value is UploadRecord {
  return 'hash' in value && 'document' in value && 'size' in value && 'isSent' in value
}
