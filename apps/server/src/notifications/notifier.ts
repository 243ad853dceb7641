import {
  type DocumentName,
  type NotificationKind,
  type NotificationSettings,
  parseDocumentName,
  type PushMessage,
} from '@fulqrun/protocol'
import type { PolicyTable } from '@fulqrun/rules'
import type { Proposal } from '@fulqrun/schema'
import type { Grant } from '../accounts/grants.ts'
import type { DocumentScope, Principal } from '../accounts/principal.ts'
import type { Logger } from '../logger.ts'
import { noticeFor } from './audience.ts'
import { Gathering, type Heard, type HeardBatch, type HeardRecord } from './gathering.ts'
import type { Notice } from './notice.ts'
import { digestMessage, recordMessage } from './notice-words.ts'
import type { NotificationStore, Subscription } from './notification-store.ts'
import type { PushQueue } from './push-queue.ts'
import type { PushOptions } from './push-request.ts'
import { isQuiet, quietUntil } from './quiet-hours.ts'

/** What a record is called and what of it waits, now. */
export interface RecordFacts {
  readonly title: string
  readonly proposals: readonly Pick<Proposal, 'id' | 'path' | 'value' | 'author' | 'status'>[]
}

export interface NotifierOptions {
  readonly store: NotificationStore
  readonly queue: PushQueue
  /** Of those sessions that are not over. */
  readonly grantsOf: (sessionIds: readonly string[]) => Promise<ReadonlyMap<string, Grant>>
  readonly scopeOf: (document: DocumentName) => DocumentScope
  /** Undefined when the record cannot be read. */
  readonly factsOf: (document: DocumentName) => Promise<RecordFacts | undefined>
  readonly policyOf: (organizationId: string) => PolicyTable
  /** Something could not be told: it is tried again, or given up. */
  readonly onFailed: (what: 'later' | 'lost') => void
  readonly logger: Logger
  readonly now: () => number
  readonly startTimer: (ms: number, fire: () => void) => () => void
}

interface ReadRecord extends HeardRecord {
  readonly facts: RecordFacts | undefined
}

/** Somebody who is told things, with the devices that may hear it. */
interface Listener {
  readonly principal: Principal
  readonly settings: NotificationSettings
  readonly devices: readonly Subscription[]
}

/** More records than this at once, by an import say, are one notice about all of them. */
const maxRecordsAtOnce = 3
/** Digests are looked for at least this often, whatever the timers say: the clock may have been set. */
const digestCheckMs = 10 * 60_000

const pushOptions: Readonly<Record<NotificationKind, PushOptions>> = {
  conflicts: { ttl: 24 * 3600, urgency: 'normal' },
  approvals: { ttl: 24 * 3600, urgency: 'normal' },
  replaced: { ttl: 24 * 3600, urgency: 'low' },
  kpis: { ttl: 4 * 3600, urgency: 'low' },
}

/**
 * Tells people on their devices what waits for them (NOT). Listens to what has been committed, so nothing here can delay
 * or fail a commit: {@link hear} only remembers, the rest happens later and never throws.
 */
export class Notifier {
  readonly #options: NotifierOptions
  readonly #gathering: Gathering
  #cancelDigest: (() => void) | undefined
  #working: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(options: NotifierOptions) {
    this.#options = options
    this.#gathering = new Gathering({
      startTimer: options.startTimer,
      onGathered: (records) => this.#work(() => this.#tell(records)),
    })
  }

  /** Looks for digests that fell due while no server ran. */
  start(): void {
    this.#work(() => this.#tellDigests())
  }

  /** Takes in what has been committed. Cheap, never throws. */
  hear(batch: HeardBatch): void {
    if (!this.#isClosed) this.#gathering.hear(batch)
  }

  /** Somebody has changed their quiet hours: what waits for their end waits for the new one. */
  async settingsChanged(userId: string, settings: NotificationSettings): Promise<void> {
    const { store, now } = this.#options
    const at = now()
    await store.reschedule(userId, settings.quiet === undefined ? at : quietUntil(settings.quiet, at))
    this.#work(() => this.#tellDigests())
  }

  /** Resolves when everything that is due has been handed to the queue. */
  settled(): Promise<void> {
    return this.#working
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#gathering.close()
    this.#cancelDigest?.()
    await this.#working
  }

  /** One thing after the other; what fails is logged, and the inbox has it. */
  #work(act: () => Promise<void>): void {
    if (this.#isClosed) return
    this.#working = this.#working.then(act).catch((error: unknown) => {
      this.#options.logger.error({ err: error }, 'notices could not be sent; people see them in their inbox')
    })
  }

  async #tell(heard: readonly HeardRecord[]): Promise<void> {
    const organizationIds = [
      ...new Set(heard.flatMap(({ name }) => parseDocumentName(name)?.organizationId ?? [])),
    ]
    let listeners: readonly Listener[]
    try {
      listeners = await this.#listenersAmong({ organizationIds })
    } catch (error) {
      for (const record of heard) this.#failed(record, error)
      return
    }
    if (listeners.length === 0) return
    const records: ReadRecord[] = []
    for (const record of heard) {
      const facts = await this.#factsOf(record)
      if (facts !== 'later') records.push({ ...record, facts })
    }
    for (const listener of listeners) {
      try {
        await this.#tellOne(listener, records)
      } catch (error) {
        const { logger, onFailed } = this.#options
        onFailed('lost')
        logger.error({ err: error }, 'somebody could not be told; they see it in their inbox')
      }
    }
    await this.#scheduleDigests()
  }

  /** One record that cannot be read keeps nobody from hearing of the others; the last time it is told without its title. */
  async #factsOf(record: HeardRecord): Promise<RecordFacts | undefined | 'later'> {
    try {
      return await this.#options.factsOf(record.name)
    } catch (error) {
      return this.#failed(record, error) ? 'later' : undefined
    }
  }

  /** Whether it is tried again. */
  #failed(record: HeardRecord, error: unknown): boolean {
    const { logger, onFailed } = this.#options
    const isRetried = this.#gathering.again(record)
    onFailed(isRetried ? 'later' : 'lost')
    const { name: document, failures } = record
    if (isRetried) logger.warn({ err: error, document, failures }, 'a record cannot be told of; tried again')
    else logger.error({ err: error, document }, 'notices could not be sent; people see them in their inbox')
    return isRetried
  }

  async #tellOne(listener: Listener, heard: readonly ReadRecord[]): Promise<void> {
    const { settings, principal } = listener
    const records = heard.flatMap(({ events, facts }) => {
      const notices = this.#noticesOf(listener, events, facts)
      return notices.length === 0 ? [] : [{ notices, title: facts?.title ?? 'A record' }]
    })
    const all = records.flatMap(({ notices }) => notices)
    const { quiet, preview: isPreviewed } = settings
    const at = this.#options.now()
    if (quiet !== undefined && isQuiet(quiet, at)) {
      const kinds = all.map(({ kind }) => kind)
      await this.#options.store.defer(principal.user.id, kinds, quietUntil(quiet, at))
      return
    }
    if (records.length > maxRecordsAtOnce) {
      this.#send(listener, digestMessage(countKinds(all), { isAfterQuiet: false }), all)
      return
    }
    for (const { title, notices } of records)
      this.#send(listener, recordMessage(notices, { title, isPreviewed }), notices)
  }

  #noticesOf(
    { principal, settings }: Listener,
    events: readonly Heard[],
    facts: RecordFacts | undefined,
  ): readonly Notice[] {
    const byKey = new Map<string, Notice>()
    for (const { event, author } of events) {
      const scope = this.#options.scopeOf(event.name)
      const proposal =
        'proposalId' in event ? facts?.proposals.find(({ id }) => id === event.proposalId) : undefined
      const policy = this.#options.policyOf(scope.organizationId)
      const notice = noticeFor(principal, { event, author, scope, proposal, policy })
      if (notice === undefined || !settings.kinds[notice.kind]) continue
      // Of one conflict or field, what was said last counts: opened and closed at once is closed.
      byKey.set(notice.id ?? notice.path, notice)
    }
    return [...byKey.values()]
  }

  #send(listener: Listener, message: PushMessage | undefined, notices: readonly Notice[]): void {
    if (message === undefined) return
    // As urgent as the most urgent that it tells of.
    const options = notices
      .map(({ kind }) => pushOptions[kind])
      .reduce(
        (one, other) => (other.ttl > one.ttl || other.urgency === 'normal' ? other : one),
        pushOptions.kpis,
      )
    const about = [...new Set(notices.map(({ document }) => document))]
    for (const device of listener.devices) this.#options.queue.add(device, message, { ...options, about })
  }

  async #tellDigests(): Promise<void> {
    const { store, now } = this.#options
    const digests = await store.takeDigests(now())
    if (digests.length > 0) {
      const listeners = await this.#listenersAmong({ userIds: digests.map(({ userId }) => userId) })
      for (const { userId, counts } of digests) {
        const listener = listeners.find(({ principal }) => principal.user.id === userId)
        if (listener === undefined) continue
        const wanted = new Map([...counts].filter(([kind]) => listener.settings.kinds[kind]))
        const message = digestMessage(wanted, { isAfterQuiet: true })
        if (message !== undefined)
          for (const device of listener.devices)
            this.#options.queue.add(device, message, { ...pushOptions.conflicts, about: [] })
      }
    }
    await this.#scheduleDigests()
  }

  async #scheduleDigests(): Promise<void> {
    const { store, now, startTimer } = this.#options
    const next = await store.nextDigestAt()
    this.#cancelDigest?.()
    this.#cancelDigest = undefined
    if (next === undefined || this.#isClosed) return
    const ms = Math.min(digestCheckMs, Math.max(0, next - now()))
    this.#cancelDigest = startTimer(ms, () => this.#work(() => this.#tellDigests()))
  }

  /** People with devices whose sessions still hold; devices of sessions that are over are forgotten (NOT-6). */
  async #listenersAmong(
    who: Parameters<NotificationStore['subscriptionsOf']>[0],
  ): Promise<readonly Listener[]> {
    const { store, grantsOf } = this.#options
    const subscriptions = await store.subscriptionsOf(who)
    if (subscriptions.length === 0) return []
    const grants = await grantsOf([...new Set(subscriptions.map(({ sessionId }) => sessionId))])
    const devices = new Map<string, { principal: Principal; devices: Subscription[] }>()
    for (const subscription of subscriptions) {
      const principal = grants.get(subscription.sessionId)?.principal
      if (principal?.user.id !== subscription.userId) {
        await store.unsubscribe(subscription.endpoint)
        continue
      }
      const own = devices.get(principal.user.id) ?? { principal, devices: [] }
      own.devices.push(subscription)
      devices.set(principal.user.id, own)
    }
    return await Promise.all(
      [...devices.values()].map(async (own) => ({
        ...own,
        settings: await store.settingsOf(own.principal.user.id),
      })),
    )
  }
}

function countKinds(notices: readonly Notice[]): ReadonlyMap<NotificationKind, number> {
  const counts = new Map<NotificationKind, number>()
  for (const { kind } of notices) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return counts
}
