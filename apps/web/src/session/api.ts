import { type DemoAnswer, endpoints, type ErrorCode, isErrorCode, isRole, type Me } from '@fulqrun/protocol'

/** How a request ended, as far as a screen cares: with an answer, with the server's no, or without reaching it. */
export type Answer<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'refused'; readonly status: number; readonly code?: ErrorCode | undefined }
  | { readonly kind: 'unreachable' }

export type Fetch = typeof globalThis.fetch

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch {
    // No body, or not JSON: a proxy's page. The status says enough.
    return undefined
  }
}

function codeOf(body: unknown): ErrorCode | undefined {
  if (typeof body !== 'object' || body === null || !('code' in body)) return undefined
  return isErrorCode(body.code) ? body.code : undefined
}

/** Sends a request to our own server; never throws. */
export async function request(fetch: Fetch, path: string, init: RequestInit = {}): Promise<Answer<unknown>> {
  let response: Response
  try {
    response = await fetch(path, { credentials: 'same-origin', cache: 'no-store', ...init })
  } catch {
    return { kind: 'unreachable' }
  }
  const body = await readJson(response)
  if (response.ok) return { kind: 'ok', value: body }
  // A gateway in between answers these when our server is away.
  if ([502, 503, 504].includes(response.status)) return { kind: 'unreachable' }
  return { kind: 'refused', status: response.status, code: codeOf(body) }
}

function post(body: unknown): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

/** True for an answer of `GET /api/me`, also when it comes from this device's memory. */
export function isMe(value: unknown): value is Me {
  if (typeof value !== 'object' || value === null) return false
  const { user, organization, role, territories, canWrite } = value as Partial<Record<keyof Me, unknown>>
  const named = (part: unknown): boolean =>
    typeof part === 'object' && part !== null && 'id' in part && 'name' in part
  return (
    named(user) &&
    named(organization) &&
    isRole(role) &&
    Array.isArray(territories) &&
    typeof canWrite === 'boolean'
  )
}

export async function fetchMe(fetch: Fetch): Promise<Answer<Me>> {
  const answer = await request(fetch, endpoints.me)
  if (answer.kind !== 'ok') return answer
  // Something answered that is not our server: a captive portal, for example.
  return isMe(answer.value) ? { kind: 'ok', value: answer.value } : { kind: 'unreachable' }
}

export async function postSignIn(fetch: Fetch, email: string, password: string): Promise<Answer<unknown>> {
  return request(fetch, `${endpoints.auth}/sign-in/email`, post({ email, password }))
}

export async function postSignOut(fetch: Fetch): Promise<Answer<unknown>> {
  return request(fetch, `${endpoints.auth}/sign-out`, post({}))
}

/** Who one click can sign in as; undefined outside demo mode. */
export async function fetchDemo(fetch: Fetch): Promise<DemoAnswer | undefined> {
  const answer = await request(fetch, endpoints.demo)
  if (answer.kind !== 'ok' || typeof answer.value !== 'object' || answer.value === null) return undefined
  const demo = answer.value as Partial<DemoAnswer>
  return typeof demo.password === 'string' && Array.isArray(demo.people) ? (demo as DemoAnswer) : undefined
}
