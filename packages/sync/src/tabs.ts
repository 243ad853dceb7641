/**
 * The tabs of one person on this device: how many there are, which of them exchanges with the server for all, and a
 * line between them.
 *
 * Leadership is a Web Lock where there are any: the browser hands it on when the tab that holds it dies. A tab that is
 * frozen keeps its lock and answers nobody: a tab that somebody looks at asks every 5 s who leads, and after three
 * questions without an answer takes the lock (SYNC E5). Without Web Locks a lease in the device's database says who
 * leads, never "everybody" (`lease.ts`).
 */
import type { Lease } from './lease.ts'
import type { LinePort, Ports, Signal } from './ports.ts'
import { createStore, setIfChanged, type Store } from './store.ts'

export interface TabsState {
  /** This tab exchanges with the server for all tabs. */
  readonly isLeader: boolean
  /** Other tabs of this person that are alive. */
  readonly others: number
  /** Another tab runs a newer version of the app: this one is to be reloaded when nothing is being typed. */
  readonly isOutdated: boolean
}

export const alone: TabsState = { isLeader: false, others: 0, isOutdated: false }

export interface TabsOptions {
  readonly ports: Pick<Ports, 'lock' | 'openLine' | 'startTimer' | 'watchSignals' | 'isVisible' | 'now'>
  /** Of the device's database: tabs of different people have nothing to do with each other. */
  readonly name: string
  readonly tabId: string
  /** Grows with what the app knows: protocol, database, build; compared from the left. */
  readonly version: readonly number[]
  readonly lease: Lease
  /** False: there is no disk, so there is nothing that tabs share, and each looks after its own memory. */
  isShared(): boolean
  /** What another tab or the service worker said, but not what is about tabs themselves. */
  onMessage(message: unknown): void
  /** A tab said that it goes: what it had not sent is for others to send. */
  onGone(): void
}

export const tabTimings = {
  askMs: 5_000,
  /** Questions without an answer after which a leader is taken for frozen. */
  patience: 3,
  /** A tab that has not answered for so long is not counted any more. */
  forgetMs: 30_000,
  renewMs: 3_000,
} as const

type TabMessage =
  | { readonly type: 'who'; readonly from: string; readonly version: readonly number[] }
  | { readonly type: 'bye'; readonly from: string; readonly version: readonly number[] }
  | {
      readonly type: 'here'
      readonly from: string
      readonly version: readonly number[]
      readonly isLeader: boolean
    }

export class Tabs {
  readonly state: Store<TabsState>
  readonly #options: TabsOptions
  readonly #store = createStore<TabsState>(alone)
  readonly #line: LinePort | undefined
  /** Device time at which each was last heard of. */
  readonly #others = new Map<string, number>()
  readonly #stops: (() => void)[] = []
  #cancelAsk: (() => void) | undefined
  #cancelRenew: (() => void) | undefined
  #giveUpWaiting: AbortController | undefined
  #release: (() => void) | undefined
  #unanswered = 0
  /** It leads because there was nothing to share, without lock or lease. */
  #isLeadingAlone = false
  #isAway = false
  #isClosed = false

  constructor(options: TabsOptions) {
    this.#options = options
    this.state = this.#store
    this.#line = options.ports.openLine?.(options.name)
    if (this.#line !== undefined) this.#line.onmessage = (message) => this.#heard(message)
  }

  start(): void {
    this.#stops.push(this.#options.ports.watchSignals((signal) => this.#signalled(signal)))
    this.#compete()
    this.#say('who')
    this.#askAgain()
  }

  /** True when this tab leads now: a lease may have run out since the state was told. */
  isLeading(): boolean {
    const { ports, lease } = this.#options
    if (this.#isClosed || this.#isAway) return false
    if (!this.#options.isShared()) return true
    return this.#store.get().isLeader && (ports.lock !== undefined || lease.isHeld())
  }

  /** To all other tabs and the service worker; what cannot be said is not worth an error. */
  post(message: { readonly type: string }): void {
    try {
      this.#line?.post(message)
    } catch {
      // Closed meanwhile, or not to be cloned: others find it in the database when they look.
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#leave()
    this.#isClosed = true
    for (const stop of this.#stops) stop()
    this.#cancelAsk?.()
    this.#cancelRenew?.()
    this.#line?.close()
    if (this.#options.ports.lock === undefined) await this.#options.lease.release()
  }

  #compete(options: { readonly steal: boolean } = { steal: false }): void {
    if (this.#isClosed || this.#isAway) return
    this.#isLeadingAlone = !this.#options.isShared()
    if (this.#isLeadingAlone) return this.#lead(true)
    const { lock } = this.#options.ports
    if (lock === undefined) return this.#renewAgain()
    this.#giveUpWaiting?.abort()
    const waiting = new AbortController()
    this.#giveUpWaiting = waiting
    const held = lock(
      `${this.#options.name}:leader`,
      options.steal ? { mode: 'exclusive', steal: true } : { mode: 'exclusive', signal: waiting.signal },
      () => this.#holdLock(waiting.signal),
    )
    // Rejects when the lock was stolen or the waiting was given up; both were meant.
    void held.catch(() => undefined).then(() => this.#lost(waiting))
  }

  /** Lasts as long as this tab leads. */
  #holdLock(signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#isClosed || this.#isAway) return Promise.resolve()
    return new Promise((resolve) => {
      this.#release = resolve
      this.#lead(true)
    })
  }

  /** The lock is another tab's now, or was given back. */
  #lost(waiting: AbortController): void {
    if (this.#giveUpWaiting !== waiting) return
    this.#giveUpWaiting = undefined
    this.#release = undefined
    this.#lead(false)
    this.#compete()
  }

  #renewAgain(): void {
    this.#cancelRenew?.()
    const { lease, ports } = this.#options
    // This tab slept or was throttled: meanwhile another may have led.
    if (!lease.isHeld()) this.#lead(false)
    // Never rejects; without a database nobody leads for others.
    void lease.renew(this.#isOutdated() && this.#others.size > 0).then((isHeld) => {
      if (this.#isClosed || this.#isAway) return
      this.#lead(isHeld || !this.#options.isShared())
      this.#cancelRenew = ports.startTimer(tabTimings.renewMs, () => this.#renewAgain())
    })
  }

  #lead(isLeader: boolean): void {
    const before = this.#store.get().isLeader
    this.#patch({ isLeader })
    if (before !== isLeader) this.#say('here')
  }

  /** Only a tab that somebody looks at asks: it is the one that needs a leader, and its timers are on time. */
  #askAgain(): void {
    const { ports } = this.#options
    this.#cancelAsk = ports.startTimer(tabTimings.askMs, () => {
      this.#shareLead()
      if (ports.isVisible() && !this.#isAway) this.#ask()
      this.#askAgain()
    })
  }

  /** The disk was late: what each tab looked after alone is one tab's from now on. */
  #shareLead(): void {
    if (!this.#isLeadingAlone || !this.#options.isShared()) return
    this.#lead(false)
    this.#compete()
  }

  #ask(): void {
    const now = this.#options.ports.now()
    for (const [tab, at] of this.#others) {
      if (Math.abs(now - at) > tabTimings.forgetMs) this.#others.delete(tab)
    }
    this.#patch({})
    this.#say('who')
    const canSteal = this.#line !== undefined && this.#options.ports.lock !== undefined
    if (this.#store.get().isLeader || !canSteal) return
    this.#unanswered += 1
    if (this.#unanswered <= tabTimings.patience) return
    this.#unanswered = 0
    this.#compete({ steal: true })
  }

  #heard(message: unknown): void {
    if (this.#isClosed) return
    if (!isTabMessage(message)) return this.#options.onMessage(message)
    if (message.from === this.#options.tabId) return
    if (message.type === 'bye') {
      this.#others.delete(message.from)
      this.#patch({})
      this.#options.onGone()
      return
    }
    this.#others.set(message.from, this.#options.ports.now())
    const isOutdated = this.#isOutdated() || compareVersions(message.version, this.#options.version) > 0
    this.#patch({ isOutdated })
    if (message.type === 'who') this.#say('here')
    else if (message.isLeader) this.#unanswered = 0
    // The newest version leads: it knows what it finds in the database.
    if (isOutdated) this.#release?.()
  }

  #isOutdated(): boolean {
    return this.#store.get().isOutdated
  }

  #signalled(signal: Signal): void {
    if (signal === 'pagehide') this.#leave()
    if (signal !== 'visible' || !this.#isAway) return
    this.#isAway = false
    this.#compete()
    this.#say('who')
  }

  /** Into the back-forward cache, which takes no page that holds a lock, or for good. */
  #leave(): void {
    this.#say('bye')
    this.#isAway = true
    this.#cancelRenew?.()
    this.#giveUpWaiting?.abort()
    this.#release?.()
    this.#patch({ isLeader: false })
  }

  #say(type: TabMessage['type']): void {
    if (this.#isAway && type !== 'bye') return
    const { tabId: from, version } = this.#options
    const message: TabMessage =
      type === 'here'
        ? { type, from, version, isLeader: this.#store.get().isLeader }
        : { type, from, version }
    this.post(message)
  }

  #patch(patch: Partial<TabsState>): void {
    setIfChanged(this.#store, { ...this.#store.get(), ...patch, others: this.#others.size })
  }
}

function isTabMessage(message: unknown): message is TabMessage {
  if (typeof message !== 'object' || message === null || !('type' in message) || !('from' in message))
    return false
  return (
    (message.type === 'who' || message.type === 'here' || message.type === 'bye') &&
    typeof message.from === 'string' &&
    'version' in message &&
    Array.isArray(message.version)
  )
}

/** Positive when `one` is newer. */
function compareVersions(one: readonly number[], other: readonly number[]): number {
  for (let index = 0; index < Math.max(one.length, other.length); index++) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
