/**
 * What tabs know of each other and of the connection: the stores that screens follow, there from the first moment. What
 * fills them is loaded behind the first screen (`tab-life.ts` and what it imports).
 */
import type { DocumentName } from '@fulqrun/protocol'
import type { Catalogue, ListedEntry } from './catalogue.ts'
import type { DeviceStore } from './device-store.ts'
import type { Diagnostics } from './diagnostics.ts'
import type { DocumentRegistry } from './document-registry.ts'
import type { SyncMeasures } from './measures.ts'
import type { Outbox, OutboxNews } from './outbox.ts'
import type { Ports } from './ports.ts'
import type { CatchUpProgress, ReplicaState } from './replica-types.ts'
import type { SaverChoice, SaverMode } from './saver.ts'
import type { Session } from './session.ts'
import { createStore, type Store, type WritableStore } from './store.ts'
import type { SyncSummary } from './summary.ts'
import type { TabLife } from './tab-life.ts'
import type { TabsState } from './tabs.ts'

export interface TabLifeStores {
  readonly tabs: WritableStore<TabsState>
  readonly measures: WritableStore<SyncMeasures>
  readonly saver: WritableStore<SaverMode>
  readonly saverChoice: WritableStore<SaverChoice>
}

/** What the life of a tab works with; the workspace provides it. */
export interface TabLifeHost {
  readonly ports: Ports
  /** Of the device's database, and of the line between tabs. */
  readonly name: string
  readonly tabId: string
  /** Of the build; 0 when it is not known. A higher number is newer. */
  readonly appVersion: number
  readonly store: DeviceStore
  readonly outbox: Outbox
  readonly registry: DocumentRegistry
  readonly catalogue: Catalogue
  readonly session: Session
  readonly sync: Store<SyncSummary>
  readonly catchUp: Store<CatchUpProgress>
  readonly replica: Store<ReplicaState>
  /** False: there is no database to be had, everything is in memory. */
  isDiskUsable(): boolean
  /** Server time minus device time, ms. */
  skew(): number
  /** Reads what is unsent anew. Never rejects. */
  refreshOutbox(): Promise<void>
  /** How far the tab is that exchanges for this one. */
  followProgress(progress: CatchUpProgress): void
}

const retryMs = 10_000

export class TabLifeShell implements OutboxNews {
  readonly stores: TabLifeStores = {
    tabs: createStore<TabsState>({ isLeader: false, others: 0, isOutdated: false }),
    measures: createStore<SyncMeasures>({ minutes: [] }),
    saver: createStore<SaverMode>('normal'),
    saverChoice: createStore<SaverChoice>('auto'),
  }
  readonly #host: TabLifeHost
  #loading: Promise<TabLife> | undefined
  #life: TabLife | undefined
  #cancelRetry: (() => void) | undefined
  #isClosed = false

  constructor(host: TabLifeHost) {
    this.#host = host
  }

  /** Loads what fills the stores, now or, where that fails, again and again. */
  start(): void {
    this.#load().catch(() => {
      if (!this.#isClosed) this.#cancelRetry = this.#host.ports.startTimer(retryMs, () => this.start())
    })
  }

  /** This tab exchanges with the server for all. False until it is known. */
  isLeader(): boolean {
    return this.#life?.tabs.isLeading() === true
  }

  /** Rejects when the code for it cannot be loaded. */
  async setSaver(choice: SaverChoice): Promise<void> {
    await (await this.#load()).setSaver(choice)
  }

  async diagnostics(): Promise<Diagnostics> {
    return await (await this.#load()).diagnostics()
  }

  /** Bytes that did not go over the socket. */
  transferred(sentBytes: number, receivedBytes: number): void {
    this.#life?.transferred(sentBytes, receivedBytes)
  }

  saved(entries: Parameters<OutboxNews['saved']>[0]): void {
    this.#life?.saved(entries)
  }

  acknowledged(ids: readonly string[]): void {
    this.#life?.acknowledged(ids)
  }

  setAside(ids: readonly string[]): void {
    this.#life?.setAside(ids)
  }

  /** The person dismissed a refused edit. */
  dismissed(): void {
    this.#life?.dismissed()
  }

  /** How this tab lists a document that it edits or created. */
  listed(entry: ListedEntry | undefined): void {
    if (entry !== undefined) this.#life?.listed(entry)
  }

  /** Nothing is left of a record that was created on this device. */
  unlisted(name: DocumentName): void {
    this.#life?.unlisted(name)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancelRetry?.()
    await this.#loading?.then(
      (life) => life.close(),
      () => undefined,
    )
  }

  #load(): Promise<TabLife> {
    this.#loading ??= import('./tab-life.ts')
      .then(async ({ TabLife }) => {
        const life = new TabLife(this.#host, this.stores)
        // From here on it hears and says what happens; what it reads from the disk follows.
        this.#life = life
        await life.start()
        return life
      })
      .catch((error: unknown) => {
        this.#loading = undefined
        throw error
      })
    return this.#loading
  }
}
