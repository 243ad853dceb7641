import { createHash } from 'node:crypto'
import type { DocumentName } from '@fulqrun/protocol'
import { AttachmentError } from './attachment-error.ts'
import type {
  AttachmentQuota,
  AttachmentStore,
  NewUpload,
  StoredBytes,
  StoredFile,
  UploadKey,
  UploadPart,
  UploadProgress,
} from './attachment-store.ts'

interface Upload {
  readonly key: UploadKey
  size: number
  bytes: Uint8Array
  complete: boolean
  touchedAt: number
  readonly documents: Set<DocumentName>
}

/** Attached files in memory: for tests that are not about the disk. Passes the same contract but for durability. */
export class MemoryAttachmentStore implements AttachmentStore {
  readonly #quota: AttachmentQuota
  readonly #uploads = new Map<string, Upload>()

  constructor(quota: AttachmentQuota) {
    this.#quota = quota
  }

  async begin({ size, document, at, ...key }: NewUpload): Promise<UploadProgress> {
    await Promise.resolve()
    const known = this.#find(key)
    if (known?.complete === true && known.size !== size) throw new AttachmentError('attachment/hash-mismatch')
    const usedBy = (isCounted: (upload: Upload) => boolean) =>
      [...this.#uploads.values()]
        .filter((upload) => upload !== known && upload.key.organizationId === key.organizationId)
        .filter(isCounted)
        .reduce((sum, upload) => sum + upload.size, size)
    const isOver =
      usedBy((upload) => upload.key.userId === key.userId) > this.#quota.personBytes ||
      usedBy(() => true) > this.#quota.organizationBytes
    if (known?.size !== size && isOver) throw new AttachmentError('attachment/quota')
    const isSame = known !== undefined && known.size === size
    const upload: Upload = isSame
      ? known
      : { key, size, bytes: new Uint8Array(), complete: false, touchedAt: at, documents: new Set() }
    upload.documents.add(document)
    this.#uploads.set(idOf(key), upload)
    return progressOf(upload)
  }

  progress(key: UploadKey): Promise<UploadProgress | undefined> {
    const upload = this.#find(key)
    return Promise.resolve(upload === undefined ? undefined : progressOf(upload))
  }

  async append(key: UploadKey, { offset, bytes, at }: UploadPart): Promise<UploadProgress> {
    await Promise.resolve()
    const upload = this.#find(key)
    if (upload === undefined) throw new AttachmentError('attachment/not-found')
    if (offset + bytes.byteLength > upload.size) throw new AttachmentError('attachment/too-large')
    if (upload.complete) return progressOf(upload)
    const received = upload.bytes.byteLength
    if (offset > received) throw new AttachmentError('attachment/offset')
    upload.bytes = Buffer.concat([upload.bytes, bytes.subarray(received - offset)])
    upload.touchedAt = at
    if (upload.bytes.byteLength < upload.size) return progressOf(upload)
    if (createHash('sha256').update(upload.bytes).digest('hex') !== key.hash) {
      upload.bytes = new Uint8Array()
      throw new AttachmentError('attachment/hash-mismatch')
    }
    upload.complete = true
    return progressOf(upload)
  }

  isGranted(file: StoredFile, document: DocumentName): Promise<boolean> {
    return Promise.resolve(this.#complete(file).some(({ documents }) => documents.has(document)))
  }

  open(file: StoredFile): Promise<StoredBytes | undefined> {
    const bytes = this.#complete(file)[0]?.bytes
    if (bytes === undefined) return Promise.resolve(undefined)
    return Promise.resolve({
      size: bytes.byteLength,
      read: (start, end) => new Blob([new Uint8Array(bytes.subarray(start, end))]).stream(),
    })
  }

  removeAbandoned(before: number): Promise<number> {
    const old = [...this.#uploads].filter(([, { complete, touchedAt }]) => !complete && touchedAt < before)
    for (const [id] of old) this.#uploads.delete(id)
    return Promise.resolve(old.length)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #find(key: UploadKey): Upload | undefined {
    return this.#uploads.get(idOf(key))
  }

  #complete({ organizationId, hash }: StoredFile): readonly Upload[] {
    return [...this.#uploads.values()].filter(
      ({ key, complete }) => complete && key.organizationId === organizationId && key.hash === hash,
    )
  }
}

function idOf({ organizationId, userId, hash }: UploadKey): string {
  return JSON.stringify([organizationId, userId, hash])
}

function progressOf({ size, bytes, complete }: Upload): UploadProgress {
  return { size, complete, received: bytes.byteLength }
}
