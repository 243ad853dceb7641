import type { DocumentName } from '@fulqrun/protocol'

/**
 * The port to the bytes of attached files. Its promises, which the contract suite in `attachment-store.contract.ts`
 * checks for each adapter:
 *
 * - BLOB-1 A file counts as complete only when all its bytes are on disk and have the hash that was announced.
 * - BLOB-2 An upload belongs to one person of one organization. Nothing that it answers tells whether anybody else has
 *   sent the same file: everybody sends all bytes themselves.
 * - BLOB-3 Repeated and parallel uploads of one file harm nothing: bytes that are there already are left out.
 * - BLOB-4 A file is granted to a record once somebody who had its bytes sent them for that record.
 * - BLOB-5 What is complete is never removed: the history of a record may name it for ever. Uploads that were begun and
 *   left alone are.
 */
export interface AttachmentStore {
  /**
   * Begins an upload, or finds the one that was begun, and notes the record that it is for. Rejects with an
   * {@link AttachmentError}: `attachment/quota` over the quota, `attachment/hash-mismatch` when the file is complete
   * and has another size.
   */
  begin(upload: NewUpload): Promise<UploadProgress>
  /** How far this person's upload is; undefined when there is none. */
  progress(key: UploadKey): Promise<UploadProgress | undefined>
  /**
   * Takes the bytes of a file from `offset` on. Rejects with an {@link AttachmentError}: `attachment/not-found` when
   * no upload was begun, `attachment/offset` when bytes before it are missing, `attachment/too-large` beyond its size,
   * `attachment/hash-mismatch` when the last byte has come and the hash is another one; the upload begins anew then.
   */
  append(key: UploadKey, part: UploadPart): Promise<UploadProgress>
  /** Whether a complete file was sent for a record, by whomever. */
  isGranted(file: StoredFile, document: DocumentName): Promise<boolean>
  /** The bytes of a complete file; undefined when there is none. Who may read it is the caller's to check. */
  open(file: StoredFile): Promise<StoredBytes | undefined>
  /** Removes uploads that nobody has gone on with since `before` (ms); answers how many. */
  removeAbandoned(before: number): Promise<number>
  close(): Promise<void>
}

export interface StoredFile {
  readonly organizationId: string
  readonly hash: string
}

export interface UploadKey extends StoredFile {
  readonly userId: string
}

export interface NewUpload extends UploadKey {
  readonly size: number
  readonly document: DocumentName
  /** Server clock, ms. */
  readonly at: number
}

export interface UploadPart {
  readonly offset: number
  readonly bytes: Uint8Array
  /** Server clock, ms. */
  readonly at: number
}

export interface UploadProgress {
  readonly size: number
  readonly received: number
  readonly complete: boolean
}

export interface StoredBytes {
  readonly size: number
  /** Bytes from `start` to before `end`. */
  read(start: number, end: number): ReadableStream<Uint8Array>
}

/** How much people may keep here; counted by what each has sent, whoever else has sent the same. */
export interface AttachmentQuota {
  readonly personBytes: number
  readonly organizationBytes: number
}
