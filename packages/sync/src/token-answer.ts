/** What the token endpoint's answer means: ours or a stranger's, a denial or a wish to be asked later. */
import { type ErrorCode, isErrorCode, limits, reactionTo } from '@fulqrun/protocol'
import type { FetchAnswer } from './ports.ts'
import type { TokenAnswer } from './session.ts'

/** However short a token lives, it is not renewed more often than this. */
const minRenewMs = 10_000
/** What tokens live when they do not say: DESIGN 9. */
const assumedLifeMs = 5 * 60_000
/** A 429 that does not say for how long. */
const assumedPauseMs = 5_000

export interface TokenReader {
  /** Whose work this is. */
  readonly userId: string
  /** Device time, for a `Retry-After` that is a date. */
  readonly now: number
}

/** Never rejects. */
export async function readTokenAnswer(answer: FetchAnswer, reader: TokenReader): Promise<TokenAnswer> {
  const body = await readJson(answer)
  const code = codeIn(body)
  if (answer.status === 429 || answer.status === 503) {
    const asked = retryAfterMs(answer, reader.now)
    return {
      ok: false,
      kind: 'busy',
      retryAfterMs: asked ?? (answer.status === 429 ? assumedPauseMs : undefined),
    }
  }
  if (code !== undefined && isDenial(code)) return { ok: false, kind: 'denied', code }
  // A code that is not about who we are: a server of ours in trouble, or on its way to a new version.
  if (code !== undefined || answer.status >= 500) return { ok: false, kind: 'network' }
  // A proxy or a hotel that wants a sign-in of its own says 401, too, with a page.
  if (answer.status === 401) return { ok: false, kind: isObject(body) ? 'denied' : 'not-ours' }
  return answer.ok ? readToken(body, reader) : { ok: false, kind: 'not-ours' }
}

function readToken(body: unknown, { userId }: TokenReader): TokenAnswer {
  const token = isObject(body) ? body['token'] : undefined
  // A captive portal answers 200 with a page.
  if (typeof token !== 'string' || token === '') return { ok: false, kind: 'not-ours' }
  // The cookie is the browser's, not the tab's: somebody else has signed in, and must not send this person's work.
  const subject = readClaims(token)?.sub
  if (subject !== undefined && subject !== userId) return { ok: false, kind: 'denied' }
  return { ok: true, token, renewInMs: renewIn(token) }
}

async function readJson(answer: FetchAnswer): Promise<unknown> {
  try {
    return await answer.json()
  } catch {
    // A page, or cut off.
    return undefined
  }
}

function codeIn(body: unknown): ErrorCode | undefined {
  const code = isObject(body) ? body['code'] : undefined
  return isErrorCode(code) ? code : undefined
}

function isDenial(code: ErrorCode): boolean {
  return ['sign-in', 'erase', 'update-app'].includes(reactionTo(code))
}

/** Seconds or a date, as HTTP has it; undefined when it says neither. */
function retryAfterMs(answer: FetchAnswer, now: number): number | undefined {
  const value = answer.header('retry-after')
  if (value === null || value.trim() === '') return undefined
  const ms = /^\s*\d+\s*$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined
}

/**
 * When to fetch the next token: a minute before this one ends. Its life is the difference of its own two times, so
 * a device whose clock is wrong does the same.
 */
function renewIn(token: string): number {
  const claims = readClaims(token)
  const life =
    claims?.exp === undefined || claims.iat === undefined ? assumedLifeMs : (claims.exp - claims.iat) * 1000
  return Math.max(minRenewMs, life - limits.tokenRenewBeforeMs)
}

interface Claims {
  readonly sub?: string
  readonly exp?: number
  readonly iat?: number
}

function readClaims(token: string): Claims | undefined {
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    const claims: unknown = JSON.parse(atob(payload))
    if (!isObject(claims)) return undefined
    const { sub, exp, iat } = claims
    return {
      ...(typeof sub === 'string' ? { sub } : {}),
      ...(typeof exp === 'number' ? { exp } : {}),
      ...(typeof iat === 'number' ? { iat } : {}),
    }
  } catch {
    // Not a JWT: another issuer's opaque token.
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
