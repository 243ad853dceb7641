import { type ErrorCode, errors } from '@fulqrun/protocol'

/** Who is asking cannot be established, or may not do that. The code says what the client does about it. */
export class AccountError extends Error {
  override readonly name = 'AccountError'
  readonly code: ErrorCode
  /** Words for the person or developer who sees the answer; never holds a token or an address. */
  readonly detail: string | undefined

  constructor(code: ErrorCode, options: { readonly detail?: string; readonly cause?: unknown } = {}) {
    super(options.detail ?? errors[code].title, { cause: options.cause })
    this.code = code
    this.detail = options.detail
  }
}
