import { encodeServerMessage, type FeedMessage } from '@fulqrun/protocol'
import type { Principal } from '../accounts/principal.ts'
import { catalogueEntry, cursorMark, standingOf } from '../documents/catalogue-view.ts'
import type { LogIdentity } from '../log/log-identity.ts'
import type { CatalogueQuery, CatalogueRow } from '../store/document-store.ts'
import type { FeedBatch, FeedBus } from './feed-bus.ts'
import type { FeedItem } from './feed-item.ts'

/** A socket that can be told news now. */
export interface FeedSocket {
  readonly principal: Principal | undefined
  tell(payload: string): void
}

export interface SocketFeedOptions {
  readonly bus: FeedBus
  readonly catalogue: (organizationId: string, query: CatalogueQuery) => Promise<readonly CatalogueRow[]>
  readonly sockets: () => Iterable<FeedSocket>
  readonly log?: Pick<LogIdentity, 'id'> | undefined
  readonly onError: (error: unknown) => void
  readonly onTold: (messages: number) => void
}

/** Between two rounds at least this, and so many times as long as the last one took: the feed stays a small part of the work. */
const roundMs = 250
const restPerWork = 10
/** Rows in one message; with more, devices fetch the catalogue. */
const maxRows = 200
/** Events in one message. What would be over it are changes of records, which the rows or the catalogue tell as well. */
const maxEvents = 500

/** What an organization has not been told yet. */
interface Pending {
  /** Head of what it has been told. */
  from: number
  items: FeedItem[]
}

/**
 * Tells sockets what has been committed, in rounds: all that a round brings an organization is read once and sent to
 * each of its people as far as they may see it (FEED-2, FEED-3).
 */
export class SocketFeed {
  readonly #options: SocketFeedOptions
  readonly #pending = new Map<string, Pending>()
  readonly #unsubscribe: () => void
  #timer: NodeJS.Timeout | undefined
  #isRunning = false
  #restUntil = 0

  constructor(options: SocketFeedOptions) {
    this.#options = options
    this.#unsubscribe = options.bus.subscribe((batch) => this.#take(batch))
  }

  stop(): void {
    this.#unsubscribe()
    clearTimeout(this.#timer)
  }

  #take({ items }: FeedBatch): void {
    for (const item of items) {
      const { organizationId } = item.scope
      const pending = this.#pending.get(organizationId)
      if (pending === undefined) this.#pending.set(organizationId, { from: item.seq - 1, items: [item] })
      else pending.items.push(item)
    }
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isRunning || this.#timer !== undefined) return
    const wait = Math.max(0, this.#restUntil - performance.now())
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.#run()
    }, wait)
    this.#timer.unref()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    const started = performance.now()
    for (const [organizationId, pending] of this.#pending) {
      if (pending.items.length === 0) continue
      try {
        await this.#tellOrganization(organizationId, pending)
      } catch (error) {
        this.#options.onError(error)
      }
    }
    const ended = performance.now()
    this.#restUntil = ended + Math.max(roundMs - (ended - started), restPerWork * (ended - started))
    this.#isRunning = false
    if ([...this.#pending.values()].some(({ items }) => items.length > 0)) this.#schedule()
  }

  async #tellOrganization(organizationId: string, pending: Pending): Promise<void> {
    const items = pending.items.splice(0)
    const { from } = pending
    const told = items.at(-1)?.seq ?? from
    const isHere = ({ principal }: FeedSocket) => principal?.organizationId === organizationId
    if (![...this.#options.sockets()].some(isHere)) {
      pending.from = told
      return
    }
    const rows = await this.#options.catalogue(organizationId, { after: from, limit: maxRows + 1 })
    const head = rows.length > maxRows ? told : Math.max(told, rows.at(-1)?.head ?? 0)
    pending.from = head
    // Whoever sees the same is sent the same.
    const payloads = new Map<string, string>()
    let messages = 0
    for (const socket of this.#options.sockets()) {
      const { principal } = socket
      if (principal === undefined || !isHere(socket)) continue
      const mark = cursorMark(principal, this.#options.log)
      const payload =
        payloads.get(mark) ??
        encodeServerMessage(this.#messageFor(principal, { from, cursor: `${head}.${mark}`, rows, items }))
      payloads.set(mark, payload)
      socket.tell(payload)
      messages += 1
    }
    this.#options.onTold(messages)
  }

  #messageFor(
    principal: Principal,
    news: {
      readonly from: number
      readonly cursor: string
      readonly rows: readonly CatalogueRow[]
      readonly items: readonly FeedItem[]
    },
  ): FeedMessage {
    const { from, cursor, rows, items } = news
    const heard = items.flatMap((item) =>
      item.events.filter((event) => this.#options.bus.mayHear(principal, item, event)),
    )
    const important = heard.filter(({ type }) => type !== 'record.changed')
    const events = heard.length <= maxEvents ? heard : important.slice(-maxEvents)
    if (rows.length > maxRows) return { type: 'feed', from, cursor, events }
    const standing = (wanted: 'listed' | 'removed') =>
      rows.filter((row) => standingOf(principal, row, from) === wanted)
    return {
      type: 'feed',
      from,
      cursor,
      entries: standing('listed').map(catalogueEntry),
      removed: standing('removed').map(({ document }) => document),
      events,
    }
  }
}
