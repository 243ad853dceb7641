import type { DocumentName, FeedEvent } from '@fulqrun/protocol'
import type { DocumentScope, Principal } from '../accounts/principal.ts'
import type { LoggedEntry } from '../store/document-store.ts'
import { type FeedItem, feedItem, mayHear } from './feed-item.ts'

/** What one commit of the log has brought; everything in it is on disk. */
export interface FeedBatch {
  /** The head of the log before it, over all organizations. */
  readonly from: number
  readonly head: number
  readonly items: readonly FeedItem[]
}

export type FeedListener = (batch: FeedBatch) => void

export interface FeedBusOptions {
  /** Head of the log at the start. */
  readonly head: number
  readonly scopeOf: (document: DocumentName) => DocumentScope
  /** A listener has thrown; the others still hear. */
  readonly onError: (error: unknown) => void
}

/** Items that are kept for whoever is a moment behind; anything older is read from the log. */
const maxRecent = 2000

/** Tells what has been committed, in order and once, to whoever listens in this process. */
export class FeedBus {
  readonly #options: FeedBusOptions
  readonly #listeners = new Set<FeedListener>()
  #recent: FeedItem[] = []
  /** Everything after this, up to the head, is among the recent ones. */
  #recentFrom: number
  #head: number

  constructor(options: FeedBusOptions) {
    this.#options = options
    this.#head = options.head
    this.#recentFrom = options.head
  }

  /** Highest sequence that has been told. */
  get head(): number {
    return this.#head
  }

  /** Answers the way to stop. */
  subscribe(listener: FeedListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Takes entries of the log that are on disk now. Never throws. */
  publish(entries: readonly LoggedEntry[]): void {
    const last = entries.at(-1)
    if (last === undefined) return
    const items = entries.map((entry) => this.itemOf(entry))
    const batch = { from: this.#head, head: last.seq, items }
    this.#head = last.seq
    this.#recent.push(...items)
    if (this.#recent.length > 2 * maxRecent) {
      const forgotten = this.#recent.splice(0, this.#recent.length - maxRecent)
      this.#recentFrom = forgotten.at(-1)?.seq ?? this.#recentFrom
    }
    for (const listener of this.#listeners) {
      try {
        listener(batch)
      } catch (error) {
        this.#options.onError(error)
      }
    }
  }

  /** An entry as the feed tells of it, by where its document belongs now. */
  itemOf(entry: LoggedEntry): FeedItem {
    return feedItem(entry, this.#options.scopeOf(entry.document))
  }

  /** Whether somebody may hear of an event now, which may be later than when the item was told. */
  mayHear(principal: Principal, item: FeedItem, event: FeedEvent): boolean {
    return mayHear(principal, { ...item, scope: this.#options.scopeOf(item.document) }, event)
  }

  /** What has been told after a sequence; undefined when that is too long ago to be remembered. */
  after(seq: number): readonly FeedItem[] | undefined {
    if (seq < this.#recentFrom) return undefined
    const start = this.#recent.findIndex((item) => item.seq > seq)
    return start < 0 ? [] : this.#recent.slice(start)
  }
}
