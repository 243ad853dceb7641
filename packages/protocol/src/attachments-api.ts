import type { DocumentName } from './document-name.ts'
import { endpoints } from './endpoints.ts'

/** Body of `POST /api/attachments`: a file is about to be sent. May be repeated: it answers how far the file is. */
export interface AttachmentUpload {
  /** Hexadecimal SHA-256 of the bytes. */
  readonly hash: string
  readonly size: number
  /** MIME type, as the device knows it. */
  readonly type: string
  /** The record that the file is attached to, which may not be at the server yet. */
  readonly document: DocumentName
}

/** How far the upload of a file is; answer to `POST /api/attachments` and to each part. */
export interface AttachmentProgress {
  readonly size: number
  /** Bytes that are at the server; the next part begins here. */
  readonly received: number
  /** All of it is on disk and has the hash that was announced. */
  readonly complete: boolean
}

/** Header of a part: the offset of its first byte. Of the answer to HEAD: how far the file is. */
export const uploadOffsetHeader = 'upload-offset'
/** Header of the answer to HEAD: size of the whole file. */
export const uploadLengthHeader = 'upload-length'

/** `PUT` a part of the caller's own upload here; `HEAD` says how far it is. */
export function attachmentUploadEndpoint(hash: string): string {
  return `${endpoints.attachments}/${hash}/upload`
}

/** `GET` the bytes of a file that a record refers to. */
export function attachmentEndpoint(hash: string, document: DocumentName): string {
  return `${endpoints.attachments}/${hash}?document=${encodeURIComponent(document)}`
}
