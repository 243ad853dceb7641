import { createHash } from 'node:crypto'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { PushMessage, PushTarget } from '@fulqrun/protocol'
import webPush from 'web-push'
import { type AddressRules, endpointProblem, guardedLookup } from './push-address.ts'
import type { VapidKeys } from './vapid-keys.ts'

export interface PushOptions {
  /** Seconds that the push service keeps it for a device that is off. */
  readonly ttl: number
  readonly urgency: 'low' | 'normal' | 'high'
}

export type PushOutcome =
  | { readonly type: 'sent' }
  /** The subscription is over: it must not be used again. */
  | { readonly type: 'gone' }
  /** Another time; `afterMs` when the push service says when. */
  | { readonly type: 'later'; readonly afterMs?: number | undefined; readonly reason: string }
  /** Never: something about this push or our keys is wrong. */
  | { readonly type: 'failed'; readonly reason: string }

/** For all of it: a push service that sends its answer letter by letter must not hold up those to others. */
const defaultTimeoutMs = 10_000

/** Encrypts and sends one push. Never rejects. */
export type SendPush = (
  target: PushTarget,
  message: PushMessage,
  options: PushOptions,
) => Promise<PushOutcome>

export function createSendPush(keys: VapidKeys, rules: AddressRules, timeoutMs = defaultTimeoutMs): SendPush {
  const lookup = guardedLookup(rules)
  return async (target, message, options) => {
    const problem = endpointProblem(target.endpoint, rules)
    if (problem !== undefined) return { type: 'failed', reason: problem }
    let details: ReturnType<typeof webPush.generateRequestDetails>
    try {
      details = webPush.generateRequestDetails(target, JSON.stringify(message), {
        TTL: options.ttl,
        urgency: options.urgency,
        // Of several that wait for a device that is off, the push service keeps the last one per record.
        topic: createHash('sha256').update(message.tag).digest('base64url').slice(0, 32),
        vapidDetails: keys,
      })
    } catch (error) {
      // The keys that the browser sent are none.
      return { type: 'failed', reason: error instanceof Error ? error.message : 'cannot be encrypted' }
    }
    return await post(details, { lookup, timeoutMs })
  }
}

type Details = ReturnType<typeof webPush.generateRequestDetails>

function post(
  details: Details,
  { lookup, timeoutMs }: { readonly lookup: ReturnType<typeof guardedLookup>; readonly timeoutMs: number },
): Promise<PushOutcome> {
  const url = new URL(details.endpoint)
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((resolve) => {
    // Redirects are not followed: the address that was checked is the one that is asked.
    const sending = request(url, { method: details.method, headers: details.headers, lookup }, (answer) => {
      // Push services explain themselves in a few words; nobody reads more than that.
      answer.destroy()
      clearTimeout(deadline)
      resolve(outcomeOf(answer.statusCode ?? 0, answer.headers['retry-after']))
    })
    const deadline = setTimeout(() => sending.destroy(new Error('timeout')), timeoutMs)
    sending.on('error', (error) => {
      clearTimeout(deadline)
      resolve({ type: 'later', reason: error.message })
    })
    sending.end(details.body)
  })
}

function outcomeOf(status: number, retryAfter: string | undefined): PushOutcome {
  if (status >= 200 && status < 300) return { type: 'sent' }
  if (status === 404 || status === 410) return { type: 'gone' }
  const reason = `the push service answered ${status}`
  if (status === 429 || status >= 500) return { type: 'later', reason, afterMs: waitOf(retryAfter) }
  return { type: 'failed', reason }
}

/** `Retry-After` in ms: seconds or a date. */
function waitOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const seconds = Number(value)
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now()
  return Number.isFinite(ms) && ms > 0 ? ms : undefined
}
