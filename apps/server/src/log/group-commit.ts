import type { DocumentName } from '@fulqrun/protocol'
import type {
  Batch,
  Description,
  DocumentStore,
  LogEntry,
  LoggedEntry,
  QuarantinedUpdate,
  Snapshot,
} from '../store/document-store.ts'
import { DescriptionPlan } from './description-plan.ts'

/**
 * Position in the order of everything that was handed to the log. What has a ticket at or below `durable` is on disk.
 */
export type Ticket = number

export interface GroupCommitOptions {
  readonly store: Pick<DocumentStore, 'commit'>
  /** Describes a document as it is now, for the catalogue; asked just before writing, at most about once a second. */
  readonly describe: (document: DocumentName) => Description | undefined
  /** A batch is on disk: its documents, with their highest sequence if they had entries in it. */
  readonly onCommitted?: ((heads: ReadonlyMap<DocumentName, number | undefined>) => void) | undefined
  /** The entries of a batch are on disk, in their order. Called after whoever waits for them. */
  readonly onEntries?: ((entries: readonly LoggedEntry[]) => void) | undefined
  /** The store refused a batch; it will be tried again. */
  readonly onFailure?: ((error: unknown, attempt: number) => void) | undefined
  /** Something that hangs onto the log (a callback, a description) has thrown. */
  readonly onError?: ((error: unknown) => void) | undefined
  /** Between attempts, ms; grows from the first to the last. */
  readonly retryDelaysMs?: readonly number[] | undefined
  readonly now?: (() => number) | undefined
}

/** Items per commit: a batch much larger than this would hold back the acknowledgements of its first entries. */
const maxItemsPerBatch = 2000
const defaultRetryDelaysMs = [50, 100, 250, 500, 1000]

/** Something queued for the log, with its place in the order. */
interface Queued {
  readonly ticket: Ticket
  readonly entry?: LogEntry
  /** Set when the document is removed with its entry. */
  readonly removes?: DocumentName | undefined
  readonly quarantined?: QuarantinedUpdate
}

interface Waiter {
  readonly ticket: Ticket
  readonly done: () => void
}

/**
 * Group commit: while one batch is on its way to disk, everything that arrives gathers for the next.
 *
 * - LOG-1 `whenDurable` calls back after the store has said that everything up to the ticket is on disk, never before.
 * - LOG-2 Callbacks run in ticket order.
 * - LOG-3 A failing store stops callbacks and nothing else; the same batch is tried again until it succeeds.
 * - LOG-4 A document is dirty from `append` until its last entry is on disk.
 * - LOG-5 Whatever a description, a snapshot or a callback throws, entries are written and callbacks run.
 * - LOG-6 A snapshot is written with the last of what is queued, never ahead of it.
 * - LOG-8 A description that was put off is marked in the store until it is written, and pending until then.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions
  #queue: Queued[] = []
  #snapshots = new Map<DocumentName, () => Snapshot | undefined>()
  readonly #descriptions = new DescriptionPlan(() => this.#schedule())
  readonly #dirty = new Map<DocumentName, Ticket>()
  #waiters: Waiter[] = []
  #last: Ticket = 0
  #durable: Ticket = 0
  #running = false
  #stopped = false
  #scheduled = false
  #failures = 0
  #failingSince: number | undefined
  #queuedBytes = 0

  constructor(options: GroupCommitOptions) {
    this.#options = options
  }

  /** Highest ticket handed out. */
  get last(): Ticket {
    return this.#last
  }

  get queuedBytes(): number {
    return this.#queuedBytes
  }

  /** Since when the store has been refusing batches, or undefined when it works. */
  get failingSince(): number | undefined {
    return this.#failingSince
  }

  isDirty(document: DocumentName): boolean {
    return (this.#dirty.get(document) ?? 0) > this.#durable
  }

  /**
   * Queues an entry. `describe` asks for the catalogue's row to be renewed with it or soon after, which text edits do
   * not need. `removes` marks the document as removed with it.
   */
  append(
    entry: LogEntry,
    options: { readonly describe: boolean; readonly removes?: boolean | undefined },
  ): Ticket {
    const removes = options.removes === true ? entry.document : undefined
    const ticket = this.#enqueue({ entry, removes }, entry.update.byteLength)
    if (options.describe) this.#descriptions.want(entry.document, ticket)
    this.#dirty.set(entry.document, ticket)
    return ticket
  }

  /** Queues an update that was not admitted. Durable like everything else before its author is told. */
  quarantine(update: QuarantinedUpdate): Ticket {
    return this.#enqueue({ quarantined: update }, update.update.byteLength)
  }

  /** Asks for a snapshot with the next batch; taken just before writing, so that it holds all that is queued. */
  snapshot(document: DocumentName, take: () => Snapshot | undefined): void {
    this.#snapshots.set(document, take)
    this.#schedule()
  }

  /** Documents whose row in the catalogue may be older than what they hold. */
  get undescribed(): ReadonlySet<DocumentName> {
    return this.#descriptions.pending
  }

  isUndescribed(document: DocumentName): boolean {
    return this.#descriptions.isPending(document)
  }

  /** Has a row that was put off renewed with the next batch. */
  describeNow(document: DocumentName): void {
    this.#descriptions.hasten(document)
    if (this.#descriptions.hasDue) this.#schedule()
  }

  /** Calls back once everything up to `ticket` is on disk; at once when it already is. */
  whenDurable(ticket: Ticket, done: () => void): void {
    if (ticket <= this.#durable) done()
    else this.#waiters.push({ ticket, done })
  }

  /** Resolves when everything queued so far is on disk, descriptions included. Waits as long as the store fails. */
  flush(): Promise<void> {
    this.#descriptions.hasten()
    // A description has no ticket of its own: this one comes with it.
    if (this.#descriptions.pending.size > 0) this.#enqueue({}, 0)
    return new Promise((resolve) => this.whenDurable(this.#last, resolve))
  }

  /** Gives up on what the store still refuses, on the way down: nobody was told that it is on disk. */
  stop(): void {
    this.#stopped = true
    this.#descriptions.stop()
  }

  #enqueue(item: Omit<Queued, 'ticket'>, bytes: number): Ticket {
    const ticket = ++this.#last
    this.#queue.push({ ticket, ...item })
    this.#queuedBytes += bytes
    this.#schedule()
    return ticket
  }

  #schedule(): void {
    if (this.#running || this.#scheduled) return
    this.#scheduled = true
    // Everything that this turn of the event loop still brings joins the batch.
    setImmediate(() => {
      this.#scheduled = false
      void this.#run()
    })
  }

  /** Never rejects: failures are retried inside. */
  async #run(): Promise<void> {
    if (this.#running) return
    this.#running = true
    while (this.#queue.length > 0 || this.#snapshots.size > 0 || this.#descriptions.hasDue) {
      const { batch, upTo, bytes } = this.#nextBatch()
      const seqs = await this.#commit(batch)
      if (seqs === undefined) return
      const heads = new Map<DocumentName, number | undefined>(
        batch.entries.map(({ document }, index) => [document, seqs[index] ?? 0]),
      )
      this.#durable = upTo
      this.#queuedBytes -= bytes
      for (const document of this.#descriptions.written())
        if (!heads.has(document)) heads.set(document, undefined)
      for (const document of heads.keys()) if (!this.isDirty(document)) this.#dirty.delete(document)
      this.#release()
      this.#guarded(() => this.#options.onCommitted?.(heads))
      const logged = () => batch.entries.map((entry, index) => ({ ...entry, seq: seqs[index] ?? 0 }))
      if (batch.entries.length > 0) this.#guarded(() => this.#options.onEntries?.(logged()))
    }
    this.#running = false
  }

  /** What others hang onto the log must not stop it: an error of theirs is reported and the next batch goes on. */
  #guarded<T>(call: () => T): T | undefined {
    try {
      return call()
    } catch (error) {
      this.#options.onError?.(error)
      return undefined
    }
  }

  #nextBatch(): { batch: Batch; upTo: Ticket; bytes: number } {
    const taken = this.#queue.splice(0, maxItemsPerBatch)
    const entries = taken.flatMap(({ entry }) => entry ?? [])
    const quarantine = taken.flatMap(({ quarantined }) => quarantined ?? [])
    const upTo = taken.at(-1)?.ticket ?? this.#durable
    const descriptions = this.#descriptions
      .take(upTo)
      .flatMap((document) => this.#guarded(() => this.#options.describe(document)) ?? [])
    const removed = taken.flatMap(({ removes }) => removes ?? [])
    const undescribed = [...new Set(entries.map(({ document }) => document))].filter((document) =>
      this.#descriptions.isWaiting(document),
    )
    // A snapshot holds what the document holds now, so it may only be written with the last of what is queued.
    const snapshots = this.#queue.length > 0 ? [] : this.#takeSnapshots()
    const bytes = [...entries, ...quarantine].reduce((sum, { update }) => sum + update.byteLength, 0)
    return {
      batch: { entries, descriptions, undescribed, removed, snapshots, quarantine },
      upTo,
      bytes,
    }
  }

  #takeSnapshots(): Snapshot[] {
    const snapshots = [...this.#snapshots.values()].flatMap((take) => this.#guarded(take) ?? [])
    this.#snapshots.clear()
    return snapshots
  }

  /** Sequences of the entries; undefined when the log was stopped before the store took the batch. */
  async #commit(batch: Batch): Promise<readonly number[] | undefined> {
    while (!this.#stopped) {
      try {
        const { seqs } = await this.#options.store.commit(batch)
        this.#failures = 0
        this.#failingSince = undefined
        return seqs
      } catch (error) {
        this.#failures++
        this.#failingSince ??= (this.#options.now ?? Date.now)()
        this.#options.onFailure?.(error, this.#failures)
        const delays = this.#options.retryDelaysMs ?? defaultRetryDelaysMs
        const delay = delays[Math.min(this.#failures, delays.length) - 1] ?? 1000
        await new Promise((resolve) => setTimeout(resolve, delay))
      }
    }
    return undefined
  }

  #release(): void {
    const released = this.#waiters.filter((waiter) => waiter.ticket <= this.#durable)
    if (released.length === 0) return
    this.#waiters = this.#waiters.filter((waiter) => waiter.ticket > this.#durable)
    // Whoever waits for a lower ticket came first, even when it asked later (LOG-2).
    released.sort((one, other) => one.ticket - other.ticket)
    for (const { done } of released) this.#guarded(done)
  }
}
