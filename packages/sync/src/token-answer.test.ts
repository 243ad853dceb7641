import { describe, expect, it } from 'vitest'
import { readTokenAnswer } from './token-answer.ts'
import type { FetchAnswer } from './ports.ts'

const now = Date.parse('2026-11-22T05:00:00Z')

interface Answer {
  readonly status: number
  /** A string is a page; anything else is JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

function answerOf({ status, body, headers = {} }: Answer): FetchAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? {})
  return {
    ok: status >= 200 && status < 300,
    status,
    header: (name) => headers[name] ?? null,
    json: () => Promise.resolve().then((): unknown => JSON.parse(text)),
    bytes: () => Promise.resolve(new TextEncoder().encode(text)),
    chunks: async function* () {
      yield await Promise.resolve(new TextEncoder().encode(text))
    },
  }
}

const read = (answer: Answer) => readTokenAnswer(answerOf(answer), { userId: 'ana', now })
const page = '<html><title>Hotel WiFi</title></html>'

describe('answers of the token endpoint', () => {
  it.each([
    ['a page with status 200', { status: 200, body: page }],
    [
      'a redirect that ended at a page',
      { status: 200, body: page, headers: { 'content-type': 'text/html' } },
    ],
    ['a page that wants a sign-in of its own', { status: 401, body: page }],
    ['network authentication required', { status: 511, body: page }],
    ['JSON of somebody else', { status: 200, body: { login: 'https://portal.example' } }],
    ['an empty token', { status: 200, body: { token: '' } }],
    ['not found', { status: 404, body: page }],
  ])('[SES-16] %s is not ours, and signs nobody out', async (_name, answer) => {
    const told = await read(answer)
    expect(told).toEqual({ ok: false, kind: answer.status === 511 ? 'network' : 'not-ours' })
  })

  it.each([
    ['seconds', { status: 503, headers: { 'retry-after': '7' } }, 7_000],
    ['a date', { status: 503, headers: { 'retry-after': 'Sun, 22 Nov 2026 05:00:09 GMT' } }, 9_000],
    [
      'a date that has passed',
      { status: 503, headers: { 'retry-after': 'Sun, 22 Nov 2026 04:00:00 GMT' } },
      0,
    ],
    ['nothing, with 429', { status: 429 }, 5_000],
    ['nothing, with 503', { status: 503 }, undefined],
    ['nonsense', { status: 503, headers: { 'retry-after': 'soon' } }, undefined],
  ])('[SES-17] Retry-After says %s', async (_name, answer, retryAfterMs) => {
    expect(await read(answer)).toEqual({ ok: false, kind: 'busy', retryAfterMs })
  })

  it('[SES-6] only a denial in our own form is one (SYNC 10)', async () => {
    const denied = await read({ status: 401, body: { code: 'auth/required' } })
    expect(denied).toEqual({ ok: false, kind: 'denied', code: 'auth/required' })
    expect(await read({ status: 500, body: { code: 'server/internal' } })).toMatchObject({ kind: 'network' })
    expect(await read({ status: 502, body: page })).toMatchObject({ kind: 'network' })
    expect(await read({ status: 401, body: { code: 'auth/token-expired' } })).toMatchObject({
      kind: 'network',
    })
    expect(await read({ status: 401, body: { message: 'Unauthorized' } })).toMatchObject({ kind: 'denied' })
  })

  it('[SES-22] a wiped device and a version that is too old are told by their codes', async () => {
    expect(await read({ status: 401, body: { code: 'auth/device-wiped' } })).toMatchObject({
      kind: 'denied',
      code: 'auth/device-wiped',
    })
    expect(await read({ status: 409, body: { code: 'document/too-new' } })).toMatchObject({
      kind: 'denied',
      code: 'document/too-new',
    })
  })
})
