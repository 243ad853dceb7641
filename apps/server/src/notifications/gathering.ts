import type { DocumentName, FeedEvent } from '@fulqrun/protocol'

/** The part of the feed that is heard. */
export interface HeardBatch {
  readonly items: readonly HeardItem[]
}
interface HeardItem {
  readonly document: DocumentName
  readonly author: { readonly id: string; readonly name: string }
  readonly events: readonly FeedEvent[]
}

export interface Heard {
  readonly event: FeedEvent
  readonly author: HeardItem['author']
}

/** What was heard of one record and is not told yet. */
export interface HeardRecord {
  readonly name: DocumentName
  readonly events: readonly Heard[]
  /** How often it could not be told. */
  readonly failures: number
}

interface GatheringOptions {
  readonly startTimer: (ms: number, fire: () => void) => () => void
  readonly onGathered: (records: readonly HeardRecord[]) => void
}

/** What happens to one record within this time is one notice. */
const gatherMs = 3_000
/** What could not be told is tried again after this, four times longer each time. */
const firstRetryMs = 10_000
const maxRetries = 3

const heardTypes: ReadonlySet<FeedEvent['type']> = new Set([
  'conflict.opened',
  'conflict.closed',
  'proposal.made',
  'proposal.decided',
  'kpi.moved',
])

/** Collects what is to be told of each record for a moment, so that a burst is one notice (NOT-9). */
export class Gathering {
  readonly #options: GatheringOptions
  #records = new Map<DocumentName, HeardRecord>()
  #cancel: (() => void) | undefined
  readonly #retries = new Set<() => void>()

  constructor(options: GatheringOptions) {
    this.#options = options
  }

  /** Cheap, never throws. */
  hear({ items }: HeardBatch): void {
    for (const { document, author, events } of items) {
      const heard = events.flatMap((event) => (heardTypes.has(event.type) ? [{ event, author }] : []))
      if (heard.length === 0) continue
      const known = this.#records.get(document)
      const all = [...(known?.events ?? []), ...heard]
      this.#records.set(document, { name: document, events: all, failures: known?.failures ?? 0 })
    }
    this.#gather()
  }

  /** Whether it will be told later; false when it has failed so often that waiting is no help. */
  again(record: HeardRecord): boolean {
    if (record.failures >= maxRetries) return false
    const ms = firstRetryMs * 4 ** record.failures
    const cancel = this.#options.startTimer(ms, () => {
      this.#retries.delete(cancel)
      const later = this.#records.get(record.name)
      const events = [...record.events, ...(later?.events ?? [])]
      this.#records.set(record.name, { name: record.name, events, failures: record.failures + 1 })
      this.#gather()
    })
    this.#retries.add(cancel)
    return true
  }

  close(): void {
    this.#cancel?.()
    for (const cancel of this.#retries) cancel()
    this.#retries.clear()
  }

  #gather(): void {
    if (this.#records.size === 0) return
    this.#cancel ??= this.#options.startTimer(gatherMs, () => {
      this.#cancel = undefined
      const records = [...this.#records.values()]
      this.#records = new Map()
      this.#options.onGathered(records)
    })
  }
}
