import {
  type DocumentName,
  type FeedEvent,
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
import type { Notice } from './notice.ts'
import { digestMessage, recordMessage } from './notice-words.ts'
import type { NotificationStore, Subscription } from './notification-store.ts'
import type { PushQueue } from './push-queue.ts'
import type { PushOptions } from './push-request.ts'
import { isQuiet, quietUntil } from './quiet-hours.ts'

/** The part of the feed that is heard. */
export interface HeardBatch {
  readonly items: readonly HeardItem[]
}
interface HeardItem {
  readonly document: DocumentName
  readonly author: { readonly id: string; readonly name: string }
  readonly events: readonly FeedEvent[]
}

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
  readonly logger: Logger
  readonly now: () => number
  readonly startTimer: (ms: number, fire: () => void) => () => void
}

interface Heard {
  readonly event: FeedEvent
  readonly author: HeardItem['author']
}

/** Somebody who is told things, with the devices that may hear it. */
interface Listener {
  readonly principal: Principal
  readonly settings: NotificationSettings
  readonly devices: readonly Subscription[]
}

/** What happens to one record within this time is one notice. */
const gatherMs = 3_000
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

const heardTypes: ReadonlySet<FeedEvent['type']> = new Set([
  'conflict.opened',
  'conflict.closed',
  'proposal.made',
  'proposal.decided',
  'kpi.moved',
])

/**
 * Tells people on their devices what waits for them (NOT). Listens to what has been committed, so nothing here can delay
 * or fail a commit: {@link hear} only remembers, the rest happens later and never throws.
 */
export class Notifier {
  readonly #options: NotifierOptions
  #heard = new Map<DocumentName, Heard[]>()
  #cancelGathering: (() => void) | undefined
  #cancelDigest: (() => void) | undefined
  #working: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(options: NotifierOptions) {
    this.#options = options
  }

  /** Looks for digests that fell due while no server ran. */
  start(): void {
    this.#work(() => this.#tellDigests())
  }

  /** Takes in what has been committed. Cheap, never throws. */
  hear({ items }: HeardBatch): void {
    for (const { document, author, events } of items) {
      for (const event of events) {
        if (!heardTypes.has(event.type)) continue
        const known = this.#heard.get(document)
        if (known === undefined) this.#heard.set(document, [{ event, author }])
        else known.push({ event, author })
      }
    }
    if (this.#heard.size === 0 || this.#isClosed) return
    this.#cancelGathering ??= this.#options.startTimer(gatherMs, () => {
      this.#cancelGathering = undefined
      this.#work(() => this.#tell())
    })
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
    this.#cancelGathering?.()
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

  async #tell(): Promise<void> {
    const heard = this.#heard
    this.#heard = new Map()
    const organizationIds = [
      ...new Set([...heard.keys()].flatMap((name) => parseDocumentName(name)?.organizationId ?? [])),
    ]
    const listeners = await this.#listenersAmong({ organizationIds })
    if (listeners.length === 0) return
    const facts = new Map<DocumentName, RecordFacts | undefined>()
    for (const name of heard.keys()) facts.set(name, await this.#options.factsOf(name))
    for (const listener of listeners) await this.#tellOne(listener, heard, facts)
    await this.#scheduleDigests()
  }

  async #tellOne(
    listener: Listener,
    heard: ReadonlyMap<DocumentName, readonly Heard[]>,
    facts: ReadonlyMap<DocumentName, RecordFacts | undefined>,
  ): Promise<void> {
    const { settings, principal } = listener
    const records = [...heard].flatMap(([name, events]) => {
      const notices = this.#noticesOf(listener, events, facts.get(name))
      return notices.length === 0 ? [] : [{ name, notices }]
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
    for (const { name, notices } of records) {
      const title = facts.get(name)?.title ?? 'A record'
      this.#send(listener, recordMessage(notices, { title, isPreviewed }), notices)
    }
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
    for (const device of listener.devices) this.#options.queue.add(device, message, options)
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
            this.#options.queue.add(device, message, pushOptions.conflicts)
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
