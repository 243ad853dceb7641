/** Photos and documents on this device, as screens see them. */
import type { DocumentName, ErrorCode } from '@fulqrun/protocol'
import type { OpenDocument } from '../document-registry.ts'
import type { Store } from '../store.ts'
import type { SyncErrorCode } from '../sync-error.ts'

/** Why a file is not sent, or cannot be shown. */
export type AttachmentProblem =
  | ErrorCode
  | SyncErrorCode
  /** The page was not opened by HTTPS, where browsers give no hash function. */
  | 'attachment/insecure'
  /** The bytes that came are not the ones that were attached. */
  | 'attachment/damaged'

export class AttachmentFailure extends Error {
  override readonly name = 'AttachmentFailure'
  readonly code: AttachmentProblem

  constructor(code: AttachmentProblem, options: ErrorOptions = {}) {
    super(code, options)
    this.code = code
  }
}

/** One file on its way to the server. */
export interface UploadStatus {
  readonly id: string
  readonly document: DocumentName
  readonly name: string
  readonly size: number
  /** Bytes that the server has. */
  readonly sent: number
  /** `failed`: the server will not take it as things are; it is offered again from time to time all the same. */
  readonly state: 'waiting' | 'sending' | 'failed'
  readonly problem?: AttachmentProblem | undefined
  /** Device time at which it was attached. */
  readonly since: number
}

export interface NewAttachment {
  readonly open: OpenDocument
  readonly activityId: string
  readonly name: string
  /** MIME type that may be attached (`typeOfFile` of the schema). */
  readonly type: string
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Pixels, of pictures whose size is known. */
  readonly width?: number | undefined
  readonly height?: number | undefined
}

export interface FileReference {
  readonly document: DocumentName
  readonly hash: string
  readonly type: string
}

/** A file that the server has not got, as it goes into the export of unsent work. */
export interface UnsentFile {
  readonly document: DocumentName
  readonly activityId: string
  readonly name: string
  readonly type: string
  readonly hash: string
  /** The bytes, Base64. */
  readonly content: string
}

export interface Attachments {
  /** Files on their way, by the id of their entry. */
  readonly uploads: Store<ReadonlyMap<string, UploadStatus>>
  /**
   * Attaches a file: stores its bytes, and only then writes the entry into the record. Answers the entry's id. Rejects
   * with an {@link AttachmentFailure}, and has changed nothing, when this device cannot keep the bytes.
   */
  add(attachment: NewAttachment): Promise<string>
  /**
   * The bytes of a file, from this device or the server; what came from the server is kept here for a while. Rejects
   * with an {@link AttachmentFailure}: `api/unreachable` not on this device and no server; `attachment/not-found` the
   * server has not got them either.
   */
  read(file: FileReference): Promise<Uint8Array<ArrayBuffer>>
  /** Sends what waits now. */
  retry(): void
  /** Everything that the server has not got, with its bytes. */
  collectUnsent(): Promise<readonly UnsentFile[]>
  /**
   * Gives up the files whose entries were given up: `paths` are those of the unsent edits of a record, which are saved
   * elsewhere, as its files are. A file whose entry the server has goes on waiting. Rejects when the disk does.
   */
  discard(name: DocumentName, paths: ReadonlySet<string>): Promise<void>
  /** Stops sending; what waits stays on the device. */
  close(): Promise<void>
}
