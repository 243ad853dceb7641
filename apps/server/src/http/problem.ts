import { type ErrorCode, isErrorCode, type Problem, problem } from '@fulqrun/protocol'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { ZodError } from 'zod'
import type { HttpEnv } from './environment.ts'

interface HttpProblemOptions {
  /** What to do about it; never holds field values, tokens or paths of this machine. */
  readonly detail?: string | undefined
  /** Seconds, for the `Retry-After` header. */
  readonly retryAfter?: number | undefined
  /** For `version/mismatch`. */
  readonly version?: number | undefined
  readonly cause?: unknown
}

/** Thrown by a handler to answer with a problem. Any other error with a protocol `code` is answered likewise. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  readonly code: ErrorCode
  readonly detail: string | undefined
  readonly retryAfter: number | undefined
  readonly version: number | undefined

  constructor(code: ErrorCode, { detail, retryAfter, version, cause }: HttpProblemOptions = {}) {
    super(detail ?? code, { cause })
    this.code = code
    this.detail = detail
    this.retryAfter = retryAfter
    this.version = version
  }
}

interface Known extends HttpProblemOptions {
  readonly code: ErrorCode
}

const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'input/invalid',
  401: 'auth/required',
  403: 'access/role',
  404: 'not-found',
  413: 'input/too-large',
  429: 'auth/too-many-attempts',
}

/** What the client is told about an error; undefined for one that is nobody's business but ours. */
function knownProblem(error: unknown): Known | undefined {
  if (error instanceof HTTPException) {
    const code = codeOfStatus[error.status]
    return code === undefined ? undefined : { code }
  }
  if (error instanceof ZodError) {
    const [issue] = error.issues
    return { code: 'input/invalid', detail: `${issue?.path.join('.') || 'body'}: ${issue?.message}` }
  }
  if (error instanceof Error && 'code' in error && isErrorCode(error.code)) return error as Error & Known
  return undefined
}

/** The code with which {@link answerError} answers. */
export function codeOfError(error: unknown): ErrorCode {
  return knownProblem(error)?.code ?? 'server/internal'
}

/** Answer to any error that a handler throws. Unknown ones are logged and answered without a word about them. */
export function answerError(error: unknown, c: Context<HttpEnv>): Response {
  const known = knownProblem(error)
  if (known === undefined) {
    c.get('logger').error({ err: error, requestId: c.get('requestId') }, 'a request failed')
    return problemAnswer({ code: 'server/internal', detail: `Request ${c.get('requestId')}` })
  }
  return problemAnswer(known)
}

export function problemAnswer({ code, detail, retryAfter, version }: Known): Response {
  const body: Problem = { ...problem(code, detail), ...(version === undefined ? {} : { version }) }
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
  // The rest of the request is not read, so the connection cannot carry another.
  if (body.status === 413) headers.set('connection', 'close')
  if (retryAfter !== undefined) headers.set('retry-after', String(Math.max(1, Math.ceil(retryAfter))))
  return new Response(JSON.stringify(body), { status: body.status, headers })
}

/** The problem for a plain status, for answers made by libraries. */
export function codeForStatus(status: number): ErrorCode {
  return codeOfStatus[status] ?? (status < 500 ? 'input/invalid' : 'server/internal')
}
