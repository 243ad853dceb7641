import { type ErrorCode, errors } from '@fulqrun/protocol'

/** A change of the rules that is not made. The code says what the client does about it. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError'
  readonly code: ErrorCode
  /** Words for the admin. */
  readonly detail: string | undefined
  /** For `version/mismatch`: the version in force. */
  readonly version: number | undefined

  constructor(
    code: ErrorCode,
    options: { readonly detail?: string; readonly version?: number; readonly cause?: unknown } = {},
  ) {
    super(options.detail ?? errors[code].title, { cause: options.cause })
    this.code = code
    this.detail = options.detail
    this.version = options.version
  }
}
