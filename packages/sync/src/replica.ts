/**
 * The whole territory on this device: fills the stores of `replica-shell.ts`. Loaded behind the first screen, so it and
 * what it imports may be large.
 */
import type { DocumentName } from '@fulqrun/protocol'
import { CatchUp } from './catch-up.ts'
import { foldIntoSnapshot } from './fold.ts'
import { checkedWith, describeAreas } from './replica-areas.ts'
import type { ReplicaHost, ReplicaStores } from './replica-shell.ts'
import type { CatchUpProgress, SnapshotContent } from './replica-types.ts'
import { isConnected } from './session-state.ts'
import { Snapshots } from './snapshots.ts'
import { setIfChanged } from './store.ts'
import { Timers } from './timers.ts'
import { isSameWaiting, listWaiting } from './waiting-list.ts'

const keys = { pinned: 'pinned', budget: 'budget', caughtUpAt: 'caught-up-at' } as const

/** Numbers on a screen need not move more often than this. */
const describeMs = 500
/** A closed document's database is folded this long after; its last holder has let go of it by then. */
const foldMs = 500
/** Databases that were left are folded one by one, this long after each other. */
const tidyMs = 2_000
/** When none is left, they are looked for again after this. */
const tidyAgainMs = 60_000
/** What other tabs have brought is looked for this often by those that do not exchange themselves. */
const followMs = 15_000
/** And this long after the tab that exchanges said how far it is: a list of what is here costs little, but not nothing. */
const followSoonMs = 1_000
/** How often the time of the last round is written. */
const rememberMs = 60_000

/** Rejects when there is no memory for it; a disk that fails only makes everything stay in memory. */
export async function openReplica(host: ReplicaHost, stores: ReplicaStores): Promise<Replica> {
  const replica = new Replica(host, stores)
  await replica.load()
  return replica
}

export class Replica {
  readonly #host: ReplicaHost
  readonly #stores: ReplicaStores
  readonly #snapshots: Snapshots
  readonly #catchUp: CatchUp
  readonly #timers: Timers
  readonly #stops: (() => void)[] = []
  #lastCaughtUpAt: number | undefined
  /** Server time at which the server last answered, with or without news. */
  #heardAt: number | undefined
  #isPersisted: boolean | undefined
  #chosenBudget: number | undefined
  #wasConnected = false
  #isListing = false
  #isClosed = false

  constructor(host: ReplicaHost, stores: ReplicaStores) {
    this.#host = host
    this.#stores = stores
    this.#timers = new Timers(host.ports)
    this.#snapshots = new Snapshots({
      host,
      isKept: (name) =>
        stores.pinned.get().has(name) ||
        host.registry.get(name) !== undefined ||
        host.outbox.entriesOf(name).length > 0,
      onChange: () => this.#describeSoon(),
    })
    this.#catchUp = new CatchUp({
      host,
      snapshots: this.#snapshots,
      isPinned: (name) => stores.pinned.get().has(name),
      onProgress: (progress) => this.#progressed(progress),
      onCaughtUp: () => this.#caughtUp(),
      onSending: () => this.#listWaiting(),
    })
  }

  async load(): Promise<void> {
    const host = this.#host
    await this.#readDevice()
    this.#stops.push(
      host.session.subscribe(() => this.#sessionChanged()),
      host.catalogue.entries.subscribe(() => this.#describeSoon()),
    )
    this.#describe()
    this.#listWaiting()
    this.#catchUp.wake()
    this.#tidyLater(tidyMs)
    this.#followLater()
    void this.#askToPersist()
  }

  /** Never rejects. */
  async #readDevice(): Promise<void> {
    const host = this.#host
    try {
      if (host.isDiskUsable()) {
        const metadata = await host.store.readMetadata()
        const pinned: unknown = metadata.get(keys.pinned)
        const now = this.#stores.pinned.get()
        if (Array.isArray(pinned)) this.#stores.pinned.set(new Set([...now, ...(pinned as DocumentName[])]))
        const at = metadata.get(keys.caughtUpAt)
        if (typeof at === 'number')
          this.#lastCaughtUpAt = Math.max(this.#lastCaughtUpAt ?? 0, Math.min(at, host.now()))
        const chosen = metadata.get(keys.budget)
        if (typeof chosen === 'number') this.#chosenBudget ??= chosen
        await this.#snapshots.load()
      }
    } catch {
      // What is on the disk is not to be had now; everything is fetched again into what takes it.
    }
    await this.#snapshots.setBudget(this.#chosenBudget).catch(() => undefined)
  }

  /** The disk answers, which it did not at the start: what it has is here, too. Never rejects. */
  async returned(): Promise<void> {
    await this.#readDevice()
    if (this.#isClosed) return
    this.#describe()
    this.#catchUp.wake()
  }

  /** The list or the outbox has news. */
  wake(): void {
    this.#catchUp.wake()
    this.#describeSoon()
  }

  /** The server answered. Where nothing is left to get, everything is known to be here as of now. */
  heard(): void {
    this.#heardAt = this.#host.now()
    this.#describeSoon()
  }

  /** How far the tab is that exchanges for this one; what it has brought is on the disk. */
  follow(progress: CatchUpProgress): void {
    if (this.#catchUp.isRunning) return
    setIfChanged(this.#stores.catchUp, progress)
    if (progress.phase === 'done' && progress.finishedAt !== undefined) {
      const { ports, now } = this.#host
      const ago = Math.max(0, ports.now() - progress.finishedAt)
      this.#lastCaughtUpAt = Math.max(this.#lastCaughtUpAt ?? 0, now() - ago)
    }
    this.#timers.startOnce('follow-soon', followSoonMs, () => {
      if (!this.#host.isLeader() && this.#host.isDiskUsable()) void this.#follow().catch(() => undefined)
    })
  }

  outboxChanged(): void {
    // Many changes of one turn make one list.
    if (!this.#isListing) {
      this.#isListing = true
      queueMicrotask(() => {
        this.#isListing = false
        if (!this.#isClosed) this.#listWaiting()
      })
    }
    if (this.#host.outbox.memoryOnly > 0) void this.#snapshots.full()
  }

  async catchUpNow(): Promise<void> {
    await this.#catchUp.now()
    this.#describe()
  }

  retry(name: DocumentName | undefined): void {
    // What was refused is asked again the way that tells why.
    if (name !== undefined) this.#host.registry.ensure(name)
    void this.#catchUp.now()
  }

  /** The disk holds nothing any more: everything is fetched again. Rejects when there is no disk. */
  async cleared(): Promise<void> {
    this.#host.registry.remember(keys.pinned, [...this.#stores.pinned.get()])
    if (this.#chosenBudget !== undefined) this.#host.registry.remember(keys.budget, this.#chosenBudget)
    await this.#snapshots.load()
    this.#describe()
    this.#catchUp.wake()
  }

  inMemory(name: DocumentName): SnapshotContent | undefined {
    return this.#snapshots.inMemory(name)
  }

  /** A stored copy was found damaged and set aside. */
  lost(name: DocumentName): void {
    this.#snapshots.lost(name)
    this.#catchUp.wake()
  }

  /** Somebody opened it. */
  used(name: DocumentName): void {
    this.#snapshots.used(name)
  }

  /** Its last screen went some time ago, and everything was sent. */
  closed(name: DocumentName): void {
    this.#timers.startOnce(`fold:${name}`, foldMs, () => this.#fold(name))
  }

  #fold(name: DocumentName): void {
    const { registry } = this.#host
    void registry
      .fold(name, () => foldIntoSnapshot(name, this.#host, this.#snapshots))
      .then(() => {
        this.#describeSoon()
        this.#catchUp.wake()
      })
  }

  async pin(name: DocumentName, isPinned: boolean): Promise<void> {
    const pinned = new Set(this.#stores.pinned.get())
    if (isPinned) pinned.add(name)
    else pinned.delete(name)
    this.#stores.pinned.set(pinned)
    this.#host.registry.remember(keys.pinned, [...pinned])
    this.#catchUp.wake()
    return Promise.resolve()
  }

  async setBudget(bytes: number | undefined): Promise<void> {
    this.#chosenBudget = bytes
    this.#host.registry.remember(keys.budget, bytes)
    await this.#snapshots.setBudget(bytes)
    this.#describe()
    this.#catchUp.wake()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#lastCaughtUpAt !== undefined) this.#rememberRound()
    for (const stop of this.#stops) stop()
    this.#timers.close()
    this.#snapshots.close()
    await this.#catchUp.close()
  }

  #progressed(progress: Partial<CatchUpProgress>): void {
    const before = this.#stores.catchUp.get()
    // Who waits for the end hears with it what is here.
    if (progress.phase === 'done' && before.phase === 'fetching') this.#describe()
    setIfChanged(this.#stores.catchUp, { ...before, ...progress })
    this.#describeSoon()
  }

  #confirm(): void {
    this.#lastCaughtUpAt = Math.max(this.#lastCaughtUpAt ?? 0, this.#heardAt ?? 0)
    this.#timers.startOnce('remember', rememberMs, () => this.#rememberRound())
  }

  #caughtUp(): void {
    this.#lastCaughtUpAt = this.#host.now()
    this.#timers.startOnce('remember', rememberMs, () => this.#rememberRound())
    this.#describeSoon()
  }

  #rememberRound(): void {
    this.#host.registry.remember(keys.caughtUpAt, this.#lastCaughtUpAt)
  }

  #sessionChanged(): void {
    const isNowConnected = isConnected(this.#host.session.get())
    if (isNowConnected && !this.#wasConnected) this.#catchUp.wake()
    this.#wasConnected = isNowConnected
  }

  #listWaiting(): void {
    const waiting = listWaiting(this.#host, this.#catchUp)
    if (!isSameWaiting(waiting, this.#stores.waiting.get())) this.#stores.waiting.set(waiting)
  }

  #describeSoon(): void {
    this.#timers.startOnce('describe', describeMs, () => this.#describe())
  }

  #describe(): void {
    const { catalogue, registry } = this.#host
    const { holdings, mode, budget, setAside } = this.#snapshots
    const onDevice = new Set(holdings.names())
    for (const name of registry.onDevice()) if (registry.hasOwn(name)) onDevice.add(name)
    if (!isSameSet(onDevice, this.#stores.onDevice.get())) this.#stores.onDevice.set(onDevice)
    const areas = describeAreas(catalogue.all(), holdings, onDevice)
    const isWhole = areas.areas.every(({ pending }) => pending === 0)
    if (isWhole && this.#stores.catchUp.get().phase === 'done' && this.#heardAt !== undefined) this.#confirm()
    this.#stores.replica.set({
      ...areas,
      areas: areas.areas.map((area) => checkedWith(area, this.#lastCaughtUpAt)),
      bytes: holdings.bytes,
      budgetBytes: budget,
      mode,
      setAside,
      lastCaughtUpAt: this.#lastCaughtUpAt,
      isPersisted: this.#isPersisted,
      wasCleared: this.#host.wasCleared(),
    })
  }

  async #askToPersist(): Promise<void> {
    this.#isPersisted = await this.#host.ports.persist?.()
    if (!this.#isClosed) this.#describe()
  }

  /** Databases of documents that were open when the app went away, or that another tab had open when they were closed. */
  #tidyLater(ms: number): void {
    this.#timers.startOnce('tidy', ms, () => {
      const { registry, outbox, isLeader, isDiskUsable } = this.#host
      const isLeft = (each: DocumentName): boolean =>
        registry.get(each) === undefined && outbox.entriesOf(each).length === 0 && !this.#tidied.has(each)
      const name = isLeader() ? registry.onDevice().find(isLeft) : undefined
      if (name === undefined) {
        this.#tidied.clear()
        this.#tidyLater(tidyAgainMs)
        // What cannot be read now is read the next time.
        if (isLeader() && isDiskUsable()) void this.#lookForLeft().catch(() => undefined)
        return
      }
      this.#tidied.add(name)
      this.#fold(name)
      this.#tidyLater(tidyMs)
    })
  }

  /** Tried since they were last looked for. */
  readonly #tidied = new Set<DocumentName>()

  /** Databases of tabs that have died, which this one has never heard of: known to the next look. */
  async #lookForLeft(): Promise<void> {
    const { store, registry, ports } = this.#host
    const databases = (await ports.indexedDB?.databases()) ?? []
    registry.follow(
      await store.readMetadata(),
      databases.flatMap(({ name }) => name ?? []),
    )
  }

  /** Another tab has documents open that only their own databases hold, beside the copies that it fetches. */
  async #follow(): Promise<void> {
    const { store, registry } = this.#host
    registry.follow(await store.readMetadata())
    await this.#snapshots.load()
    this.#describe()
  }

  #followLater(): void {
    this.#timers.startOnce('follow', followMs, () => {
      this.#followLater()
      const { isLeader, isDiskUsable, ports } = this.#host
      if (isLeader() || !isDiskUsable() || !ports.isVisible()) return
      // Without the disk, what was known stays; the next look may tell more.
      void this.#follow().catch(() => undefined)
    })
  }
}

function isSameSet(one: ReadonlySet<DocumentName>, other: ReadonlySet<DocumentName>): boolean {
  return one.size === other.size && [...one].every((name) => other.has(name))
}
