import { setImmediate } from 'node:timers/promises'
import type { Principal } from '../accounts/principal.ts'
import type { DocumentStore } from '../store/document-store.ts'
import type { FeedBus } from './feed-bus.ts'
import type { FeedItem } from './feed-item.ts'

export interface EventStreamOptions {
  readonly bus: FeedBus
  readonly store: Pick<DocumentStore, 'entriesAfter'>
  /** What the reader may do right now; undefined when their session is over. */
  readonly principal: () => Principal | undefined
  /** Sequence behind which the stream begins. */
  readonly after: number
  /** Server time in ms after which the stream ends. */
  readonly expiresAt: number
  /** Ends the stream when it is aborted. */
  readonly signal: AbortSignal
  readonly now: () => number
  readonly heartbeatMs?: number | undefined
}

/** Entries read from the log at a time by whoever is behind. */
const entriesPerRead = 500
const defaultHeartbeatMs = 15_000
/** Longer waits than this are cut in two: timers cannot be set for longer. */
const maxWaitMs = 24 * 3600_000

/**
 * The text of a stream of server-sent events, as it is to be written. It is made as it is taken: a slow reader falls
 * behind and goes on from the log, at no cost to the server (SSE-4).
 *
 * - SSE-2 `id` stands with the last event of a change, so that a change of which only a part has arrived comes again.
 * - SSE-3 Each event is checked against what its reader may do when it is written.
 */
export async function* eventStream(options: EventStreamOptions): AsyncGenerator<string> {
  const { bus, signal } = options
  let position = options.after
  let beatAt = options.now() + (options.heartbeatMs ?? defaultHeartbeatMs)
  let wake = (): void => undefined
  const unsubscribe = bus.subscribe(() => wake())
  signal.addEventListener('abort', () => wake())
  try {
    yield `retry: 2000\n${heartbeat(position)}`
    while (!signal.aborted && options.now() < options.expiresAt) {
      const principal = options.principal()
      if (principal === undefined) return
      // Made before looking: what is told between looking and waiting wakes as well.
      const woken = new Promise<void>((resolve) => (wake = resolve))
      const items = bus.after(position) ?? (await readLog(options, position))
      if (items.length > 0) {
        const text = items.map((item) => textOf(bus, principal, item)).join('')
        position = items.at(-1)?.seq ?? position
        if (text !== '') yield text
      } else if (options.now() >= beatAt) {
        beatAt = options.now() + (options.heartbeatMs ?? defaultHeartbeatMs)
        yield heartbeat(position)
      } else {
        await waitFor(woken, Math.min(beatAt, options.expiresAt) - options.now())
      }
    }
  } finally {
    unsubscribe()
  }
}

async function readLog({ bus, store }: EventStreamOptions, after: number): Promise<readonly FeedItem[]> {
  // Everybody else's work goes first: of a long log, most may be nothing to this reader, who would be read for in one go.
  await setImmediate()
  const entries = await store.entriesAfter(after, entriesPerRead)
  return entries.map((entry) => bus.itemOf(entry))
}

function textOf(bus: FeedBus, principal: Principal, item: FeedItem): string {
  const events = item.events.filter((event) => bus.mayHear(principal, item, event))
  return events
    .map((event, index) => {
      const id = index === events.length - 1 ? `id: ${item.seq}\n` : ''
      return `${id}event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
    })
    .join('')
}

/** Also says how far the stream has come, so that nobody reads on from where their last event was, long ago. */
function heartbeat(position: number): string {
  return `: here\nid: ${position}\n\n`
}

async function waitFor(woken: Promise<void>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(Math.max(milliseconds, 0) + 1, maxWaitMs))
  })
  try {
    await Promise.race([woken, late])
  } finally {
    clearTimeout(timer)
  }
}
