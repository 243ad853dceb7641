import type { ErrorCode } from '@fulqrun/protocol'

type AttachmentErrorCode = Extract<ErrorCode, `attachment/${string}`>

/** An upload that cannot go on, with the code by which it is answered. */
export class AttachmentError extends Error {
  override readonly name = 'AttachmentError'
  readonly code: AttachmentErrorCode
  /** What to do about it; read by `http/problem.ts`. */
  readonly detail: string | undefined

  constructor(code: AttachmentErrorCode, detail?: string) {
    super(detail ?? code)
    this.code = code
    this.detail = detail
  }
}
