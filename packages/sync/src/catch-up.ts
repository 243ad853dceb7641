/**
 * One exchange with the server after another: the list, what waits of documents that nobody has open, and then every
 * copy that is behind. What has come stays when a round is cut; the next one asks for the rest, and rounds are tried for
 * as long as there is something to do.
 */
import * as Y from 'yjs'
import {
  type DocumentName,
  type ErrorCode,
  goneCode,
  isDocumentName,
  type PullRecord,
  reactionTo,
} from '@fulqrun/protocol'
import { breathe } from './breathe.ts'
import type { HoldingLine, OutboxEntry } from './device-store.ts'
import { Exchange } from './exchange.ts'
import { batchesOf, judge, type PushOutcome } from './push-batches.ts'
import type { ReplicaHost } from './replica-shell.ts'
import type { CatchUpProgress, SnapshotContent } from './replica-types.ts'
import { isConnected } from './session-state.ts'
import { type Snapshots, stateVectorOf } from './snapshots.ts'
import { reconcile } from './surplus.ts'
import { SyncError, type SyncErrorCode } from './sync-error.ts'

export interface CatchUpOptions {
  readonly host: ReplicaHost
  readonly snapshots: Snapshots
  readonly isPinned: (name: DocumentName) => boolean
  /** Called with what is new about the round; fields that are left out stay. */
  readonly onProgress: (progress: Partial<CatchUpProgress>) => void
  /** A round came to its end. */
  readonly onCaughtUp: () => void
  /** What waits, or why, may be another now. */
  readonly onSending: () => void
}

/** News often come in bursts. */
const settleMs = 250
/** State vectors are read from this many copies before the page gets a breath. */
const vectorsPerTurn = 50

export class CatchUp {
  readonly #options: CatchUpOptions
  readonly #exchange: Exchange
  /** Why documents that waited were not taken when they were last sent. */
  readonly problems = new Map<DocumentName, ErrorCode | SyncErrorCode>()
  /** Documents that are being sent by this exchange. */
  readonly sending = new Set<DocumentName>()
  /** Documents that the server says are not to be had, with what the list said of them then. */
  readonly #gone = new Map<DocumentName, Standing>()
  #round: Promise<void> | undefined
  #isWanted = false
  #failures = 0
  /** Device time at which the last round was over. */
  #endedAt = -Infinity
  #cancelTimer: (() => void) | undefined
  #isClosed = false

  constructor(options: CatchUpOptions) {
    this.#options = options
    const { ports, baseUrl, userId, settings, api } = options.host
    this.#exchange = new Exchange({
      ports,
      baseUrl,
      userId,
      silenceMs: settings.silenceMs,
      headers: () => api.headers(),
    })
  }

  /** There may be something to do. */
  wake(): void {
    if (this.#isClosed || !this.#mayRun()) return
    if (this.#round !== undefined) {
      this.#isWanted = true
      return
    }
    // After a failure the wait that is due then is kept.
    if (this.#cancelTimer !== undefined) return
    const waitedMs = this.#options.host.ports.now() - this.#endedAt
    if (waitedMs >= 0 && waitedMs < settleMs) this.#cancelTimer = this.#startTimer(settleMs)
    else void this.#run({ isListing: false })
  }

  /** Does it now, and asks for the list before; resolves when the round is over. Never rejects. */
  async now(): Promise<void> {
    // Another may have begun while that one came to its end.
    while (this.#round !== undefined) await this.#round
    this.#failures = 0
    await this.#run({ isListing: true })
  }

  get isRunning(): boolean {
    return this.#round !== undefined
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancelTimer?.()
    this.#exchange.close()
    await this.#round
  }

  #mayRun(): boolean {
    const { session, isLeader } = this.#options.host
    return isLeader() && isConnected(session.get())
  }

  #startTimer(ms: number): () => void {
    return this.#options.host.ports.startTimer(ms, () => {
      this.#cancelTimer = undefined
      if (this.#mayRun()) void this.#run({ isListing: false })
    })
  }

  #run(options: { readonly isListing: boolean }): Promise<void> {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    if (this.#isClosed) return Promise.resolve()
    this.#round ??= this.#runOnce(options).finally(() => {
      this.#round = undefined
      this.#endedAt = this.#options.host.ports.now()
      if (this.#isWanted) this.wake()
      this.#isWanted = false
    })
    return this.#round
  }

  /** Never rejects. */
  async #runOnce({ isListing }: { readonly isListing: boolean }): Promise<void> {
    const { host, onProgress, onCaughtUp } = this.#options
    this.#isWanted = false
    const startedAt = host.ports.now()
    try {
      if (isListing || !host.catalogue.isKnown) {
        onProgress({ phase: 'listing', done: 0, total: 0, bytes: 0, startedAt, problem: undefined })
        if (!(await host.refreshCatalogue(isListing)))
          throw new SyncError('api/unreachable', { detail: 'catalogue' })
      }
      await this.#sendAll(startedAt)
      await this.#dropUnlisted()
      await this.#fetchAll(startedAt, { isAsked: isListing })
      if (this.problems.size > 0) throw new SyncError('api/unreachable', { detail: 'some was not taken' })
      this.#failures = 0
      onCaughtUp()
      onProgress({ phase: 'done', finishedAt: host.ports.now(), problem: undefined })
    } catch (error) {
      this.#failed(error)
    }
  }

  #failed(error: unknown): void {
    const { host, onProgress } = this.#options
    const problem = error instanceof SyncError ? error.code : 'api/unexpected'
    onProgress({ phase: 'failed', finishedAt: host.ports.now(), problem })
    const { retryBaseMs, retryCapMs } = host.settings
    const full = Math.min(retryCapMs, retryBaseMs * 2 ** Math.min(this.#failures, 20))
    this.#failures += 1
    if (!this.#isClosed) this.#cancelTimer = this.#startTimer(full * (0.5 + 0.5 * host.ports.random()))
  }

  async #sendAll(startedAt: number): Promise<void> {
    const { host, onProgress, onSending } = this.#options
    const { outbox, registry, settings } = host
    await outbox.settled()
    const names = outbox.documents().filter((name) => registry.get(name) === undefined)
    const entries = names.flatMap((name) => outbox.entriesOf(name))
    this.problems.clear()
    if (entries.length === 0) return
    const { batches, tooLarge } = batchesOf(entries, {
      updates: settings.pushUpdates,
      bytes: settings.pushBytes,
    })
    for (const name of tooLarge) this.#open(name)
    onProgress({ phase: 'sending', done: 0, total: names.length, bytes: 0, startedAt, problem: undefined })
    for (const name of names) this.sending.add(name)
    onSending()
    try {
      for (const batch of batches) {
        // Removed meanwhile, by another tab's acknowledgement or by the person: not sent.
        const rest = batch.filter(({ id, document }) =>
          outbox.entriesOf(document).some((each) => each.id === id),
        )
        if (rest.length === 0) continue
        await this.#conclude(judge(rest, await this.#exchange.push(rest.map(pushed))))
        onProgress({ done: names.filter((name) => outbox.entriesOf(name).length === 0).length })
      }
    } catch (error) {
      this.#sendingFailed(names, error)
      throw error
    } finally {
      this.sending.clear()
      onSending()
    }
  }

  async #conclude({ accepted, refused, later, putBack }: PushOutcome): Promise<void> {
    const { outbox, registry } = this.#options.host
    // The notice first: without it nobody would hear what became of the edit.
    for (const { name, putBack: paths } of putBack)
      if (isDocumentName(name)) registry.keepPutBack(name, paths)
    if (accepted.length > 0) await outbox.remove(accepted)
    // What the server will not take goes the way that keeps the draft and takes the server's copy.
    for (const name of refused.keys()) this.#open(name)
    for (const [name, code] of later) if (isDocumentName(name)) this.problems.set(name, code)
  }

  #sendingFailed(names: readonly DocumentName[], error: unknown): void {
    const problem = error instanceof SyncError ? error.code : 'api/unexpected'
    for (const name of names)
      if (this.#options.host.outbox.entriesOf(name).length > 0) this.problems.set(name, problem)
    // A server without this exchange: everything goes over the socket.
    if (problem === 'api/unexpected') for (const name of names) this.#open(name)
  }

  #open(name: string): void {
    if (isDocumentName(name)) this.#options.host.registry.ensure(name)
  }

  /** What this person cannot reach any more does not stay readable here. */
  async #dropUnlisted(): Promise<void> {
    const { host, snapshots } = this.#options
    const { catalogue, outbox, registry } = host
    if (!catalogue.isKnown) return
    const names = [...snapshots.holdings.names()].filter(
      (name) =>
        catalogue.get(name) === undefined &&
        registry.get(name) === undefined &&
        outbox.entriesOf(name).length === 0,
    )
    await snapshots.remove(names)
  }

  /** `isAsked`: somebody wants all of it now, whatever it costs. */
  async #fetchAll(startedAt: number, { isAsked }: { readonly isAsked: boolean }): Promise<void> {
    const { host, onProgress } = this.#options
    let wants = this.#wanted({ isSaving: host.isSaving() && !isAsked })
    const total = wants.length
    if (total === 0) return
    const progress = { done: 0, bytes: 0 }
    onProgress({ phase: 'fetching', ...progress, total, startedAt, problem: undefined })
    while (wants.length > 0 && !this.#isClosed) {
      // A line that is slow is also one that breaks: little is lost with a small question.
      const size = host.isSaving() ? host.settings.savedPullDocuments : host.settings.pullDocuments
      const some = wants.slice(0, size)
      const before = progress.done
      await this.#fetch(some, (records, bytes) => {
        progress.done += records
        progress.bytes += bytes
        onProgress(progress)
      })
      if (progress.done === before)
        throw new SyncError('api/unexpected', { detail: 'an answer with nothing in it' })
      wants = this.#fitting(wants.slice(some.length))
    }
  }

  /**
   * Names of the copies that are missing or behind the list: open and pinned ones first, then one's own, then, unless
   * bytes are to be saved, the rest of the territory.
   */
  #wanted({ isSaving }: { readonly isSaving: boolean }): readonly DocumentName[] {
    const { host, snapshots } = this.#options
    if (snapshots.mode === 'full') return []
    const { log } = host.catalogue
    const wants: { readonly name: DocumentName; readonly rank: number; readonly at: number }[] = []
    for (const { name, head, updatedAt, summary, isLocal } of host.catalogue.all()) {
      const held = snapshots.holdings.get(name)
      if (isLocal === true || isKnownUpTo(held, { head, log })) continue
      if (isKnownUpTo(this.#gone.get(name), { head, log })) continue
      // The socket brings it.
      if (host.registry.get(name)?.state.get().remote === 'synced') continue
      const isFirst = this.#isFirst(name)
      const isOwn =
        (held?.usedAt ?? 0) > 0 || summary['ownerId'] === host.userId || host.registry.hasOwn(name)
      if (isSaving && !isFirst && !isOwn) continue
      wants.push({ name, rank: isFirst ? 0 : isOwn ? 1 : 2, at: updatedAt })
    }
    return this.#fitting(wants.toSorted((a, b) => a.rank - b.rank || b.at - a.at).map(({ name }) => name))
  }

  /** Leaves out what would only push out others: a copy that is here is renewed, a new one needs room. */
  #fitting(names: readonly DocumentName[]): readonly DocumentName[] {
    let { room } = this.#options.snapshots
    return names.filter((name) => {
      if (this.#options.snapshots.holdings.get(name) !== undefined || this.#isFirst(name)) return true
      room -= 1
      return room >= 0
    })
  }

  #isFirst(name: DocumentName): boolean {
    return this.#options.isPinned(name) || this.#options.host.registry.get(name) !== undefined
  }

  async #fetch(
    names: readonly DocumentName[],
    arrived: (records: number, bytes: number) => void,
  ): Promise<void> {
    const { snapshots } = this.#options
    const { log } = this.#options.host.catalogue
    const lines = new Map(names.map((name) => [name, snapshots.holdings.get(name)]))
    const known = await snapshots.readMany(names)
    const wants: { readonly name: string; readonly stateVector: Uint8Array }[] = []
    for (const name of names) {
      const update = known.get(name)
      wants.push({ name, stateVector: stateVectorOf(update) })
      if (update !== undefined && wants.length % vectorsPerTurn === 0) await breathe()
    }
    await this.#exchange.pull(wants, async (records) => {
      await this.#store(records, { known, lines, log })
      arrived(
        records.length,
        records.reduce((sum, { update }) => sum + update.byteLength, 0),
      )
      await breathe()
    })
  }

  async #store(records: readonly PullRecord[], { known, lines, log }: Asked): Promise<void> {
    const { snapshots, host } = this.#options
    const contents: SnapshotContent[] = []
    const unchanged = new Map<DocumentName, number>()
    const gone: DocumentName[] = []
    const surplus: DocumentName[] = []
    for (const record of records) {
      const { name, status, head, update } = record
      if (!isDocumentName(name)) continue
      const before = known.get(name)
      if (
        (status === 'full' || status === 'diff') &&
        !isSame(lines.get(name), snapshots.holdings.get(name))
      ) {
        // A database was folded into it since: the answer may be older than that, and is asked for again.
        this.#isWanted = true
      } else if (status === 'full') {
        const { update: whole, hasSurplus } =
          before === undefined ? { update: update.slice(), hasSurplus: false } : reconcile(before, update)
        contents.push({ name, head, log, update: whole })
        if (hasSurplus) surplus.push(name)
      } else if (status === 'diff' && before !== undefined)
        contents.push({ name, head, log, update: Y.mergeUpdates([before, update]) })
      else if (status === 'unchanged') unchanged.set(name, head)
      else if (status === 'gone' && reactionTo(goneCode(record)) !== 'retry') gone.push(name)
    }
    for (const name of gone) this.#gone.set(name, { head: host.catalogue.get(name)?.head ?? 0, log })
    await snapshots.remove(gone)
    await snapshots.confirm(unchanged, log)
    if (contents.length > 0 && !(await snapshots.put(contents)))
      throw new SyncError('storage/quota', { detail: 'snapshots' })
    // Opened from the copy that was just stored; the socket asks for what the server lacks.
    for (const name of surplus) host.registry.ensure(name)
  }
}

/** How far something is known, in one of the logs that a server may have had. */
type Standing = Pick<HoldingLine, 'head' | 'log'>

/** Heads of another log say nothing: the server was restored from a backup since (decision 0019). */
function isKnownUpTo(known: Standing | undefined, { head, log }: Standing): boolean {
  return known !== undefined && known.log === log && known.head >= head
}

/** What was here of the copies when they were asked for, and what log the list was about then. */
interface Asked {
  readonly log: string | undefined
  readonly known: ReadonlyMap<DocumentName, Uint8Array>
  readonly lines: ReadonlyMap<DocumentName, HoldingLine | undefined>
}

/** Whether it is the same copy; when it was last used is no matter. */
function isSame(one: HoldingLine | undefined, other: HoldingLine | undefined): boolean {
  return one?.at === other?.at && one?.bytes === other?.bytes && one?.head === other?.head
}

function pushed({ document, update }: OutboxEntry): { readonly name: string; readonly update: Uint8Array } {
  return { name: document, update }
}
