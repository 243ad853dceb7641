import { endpoints, limits } from '@fulqrun/protocol'
import { Hono } from 'hono'
import { apiKeySessionId } from '../accounts/grants.ts'
import type { Principal } from '../accounts/principal.ts'
import { eventStream } from '../feed/event-stream.ts'
import type { FeedBus } from '../feed/feed-bus.ts'
import type { DocumentStore } from '../store/document-store.ts'
import type { SyncCounters } from '../sync-counters.ts'
import { type HttpEnv, requirePrincipal } from './environment.ts'
import { HttpProblem } from './problem.ts'

interface Services {
  readonly bus: FeedBus
  readonly store: Pick<DocumentStore, 'entriesAfter'>
  readonly counters: Pick<SyncCounters, 'eventStreams'>
  readonly now: () => number
  /** A reader that takes nothing for this long is dropped. */
  readonly stallMs?: number | undefined
}

const defaultStallMs = 60_000

const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  // Proxies that gather an answer before they pass it on are asked not to.
  'x-accel-buffering': 'no',
}

/**
 * What happens to records, live: `GET /api/events` (SSE-1 to SSE-6). For people and for keys of integrations.
 */
export function eventRoutes(services: Services): Hono<HttpEnv> {
  const { bus, counters, now } = services
  const app = new Hono<HttpEnv>()
  const streams = new StreamCount((open) => counters.eventStreams(open))
  app.get(endpoints.events, async (c) => {
    const principal = await requirePrincipal(c)
    // Hono answers HEAD by GET and drops the body: nobody would ever end a stream that was opened for it.
    if (c.req.method === 'HEAD') return c.body(null, 200, streamHeaders)
    const accounts = c.get('accounts')
    const { expiresAt } = await accounts.authenticate(c.req.raw.headers)
    const after = Math.min(sequenceIn(c.req.header('last-event-id')) ?? bus.head, bus.head)
    const close = streams.open(principal)
    const { directory } = accounts
    const ending = new AbortController()
    directory.watch(principal)
    const unsubscribe = directory.subscribe(({ sessionId }) => {
      if (sessionId === principal.sessionId && directory.current(sessionId) === undefined) ending.abort()
    })
    const events = eventStream({
      ...services,
      // A key is good until it is revoked, which the directory tells.
      expiresAt: principal.sessionId.startsWith(apiKeySessionId('')) ? Number.MAX_SAFE_INTEGER : expiresAt,
      principal: () => directory.current(principal.sessionId),
      after,
      signal: ending.signal,
      now,
    })
    const body = textStream(events, {
      end() {
        ending.abort()
        unsubscribe()
        directory.unwatch(principal.sessionId)
        close()
      },
      // The writer of the answer waits for the reader, who is not there: only the socket can be ended.
      drop: () => c.env?.outgoing?.destroy(),
      stallMs: services.stallMs ?? defaultStallMs,
    })
    return c.body(body, 200, streamHeaders)
  })
  return app
}

/** A stream that asks for the next text when the one before has been taken. `end` is called once, whatever happens. */
function textStream(
  texts: AsyncGenerator<string>,
  { end, drop, stallMs }: { readonly end: () => void; readonly drop: () => void; readonly stallMs: number },
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let stalled: NodeJS.Timeout | undefined
  let isEnded = false
  const finish = async (): Promise<void> => {
    clearTimeout(stalled)
    if (isEnded) return
    isEnded = true
    end()
    await texts.return(undefined)
  }
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        clearTimeout(stalled)
        const text = await nextOf(texts)
        if (text === undefined) {
          await finish()
          controller.close()
          return
        }
        controller.enqueue(encoder.encode(text))
        stalled = setTimeout(() => {
          drop()
          void finish()
        }, stallMs)
      },
      cancel: finish,
    },
    { highWaterMark: 0 },
  )
}

/** Undefined at the end, and when the log cannot be read: the reader comes back and goes on. */
async function nextOf(texts: AsyncGenerator<string>): Promise<string | undefined> {
  try {
    const { done, value } = await texts.next()
    return done === true ? undefined : value
  } catch {
    return undefined
  }
}

/** Undefined without a header. */
function sequenceIn(header: string | undefined): number | undefined {
  if (header === undefined || header === '') return undefined
  if (!/^\d{1,15}$/.test(header))
    throw new HttpProblem('input/invalid', { detail: 'Last-Event-ID: not an id of this stream' })
  return Number(header)
}

/** How many streams each person, or key, has open. */
class StreamCount {
  readonly #onChange: (open: number) => void
  readonly #open = new Map<string, number>()
  #total = 0

  constructor(onChange: (open: number) => void) {
    this.#onChange = onChange
  }

  /** Answers the way to close it, to be called once. Throws `events/too-many-streams`. */
  open({ user }: Principal): () => void {
    const before = this.#open.get(user.id) ?? 0
    if (before >= limits.maxEventStreams) throw new HttpProblem('events/too-many-streams')
    this.#add(user.id, 1)
    return () => this.#add(user.id, -1)
  }

  #add(userId: string, change: number): void {
    const open = (this.#open.get(userId) ?? 0) + change
    if (open > 0) this.#open.set(userId, open)
    else this.#open.delete(userId)
    this.#total += change
    this.#onChange(this.#total)
  }
}
