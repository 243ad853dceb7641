/**
 * The part of the replica that is there from the first moment: the stores that screens follow. What fills them is
 * loaded behind the first screen (`replica.ts` and what it imports), so that the app starts no later for it.
 */
import type { DocumentName, FeedMessage } from '@fulqrun/protocol'
import type { ApiClient } from './api-client.ts'
import type { Catalogue } from './catalogue.ts'
import type { DeviceStore } from './device-store.ts'
import type { DocumentRegistry } from './document-registry.ts'
import { createEventSource, type EventSource } from './event-stream.ts'
import type { Outbox } from './outbox.ts'
import type { Ports } from './ports.ts'
import { readStoredSnapshot } from './read-snapshot.ts'
import type { Replica } from './replica.ts'
import {
  type CatchUpProgress,
  type CatchUpSettings,
  defaultCatchUpSettings,
  type DeviceEvent,
  type ReplicaState,
  type SnapshotContent,
  type WaitingItem,
} from './replica-types.ts'
import type { SessionState } from './session-state.ts'
import { createStore, type Store, type WritableStore } from './store.ts'

export interface ReplicaStores {
  readonly onDevice: WritableStore<ReadonlySet<DocumentName>>
  readonly catchUp: WritableStore<CatchUpProgress>
  readonly replica: WritableStore<ReplicaState>
  readonly pinned: WritableStore<ReadonlySet<DocumentName>>
  readonly waiting: WritableStore<readonly WaitingItem[]>
  readonly events: EventSource<DeviceEvent>
}

/** What the replica works with; the workspace provides it. */
export interface ReplicaHost {
  readonly ports: Ports
  readonly api: ApiClient
  readonly baseUrl: string
  readonly userId: string
  readonly store: DeviceStore
  readonly outbox: Outbox
  readonly registry: DocumentRegistry
  readonly catalogue: Catalogue
  readonly session: Store<SessionState>
  readonly settings: CatchUpSettings
  /** Server time, as far as it is known. */
  readonly now: () => number
  /** False: there is no database to be had, everything is in memory. */
  readonly isDiskUsable: () => boolean
  /** The device held this person's data before and came up without it. */
  wasCleared(): boolean
  /** Only one tab of a device exchanges for all. */
  readonly isLeader: () => boolean
  /** Bytes are dear: what nobody asked for is left where it is. */
  readonly isSaving: () => boolean
  /**
   * Brings the list up to date; true when the server answered. `isAnew`: a question that is under way is not enough.
   * Never rejects.
   */
  refreshCatalogue(isAnew: boolean): Promise<boolean>
}

const firstRetryMs = 1_000
const lastRetryMs = 30_000

export class ReplicaShell {
  readonly stores: ReplicaStores
  readonly #host: ReplicaHost
  #replica: Promise<Replica> | undefined
  #cancelRetry: (() => void) | undefined
  #failures = 0
  #isClosed = false

  constructor(host: ReplicaHost) {
    this.#host = host
    this.stores = {
      onDevice: createStore<ReadonlySet<DocumentName>>(new Set()),
      catchUp: createStore<CatchUpProgress>({ phase: 'idle', done: 0, total: 0, bytes: 0 }),
      replica: createStore<ReplicaState>({
        documents: 0,
        onDevice: 0,
        bytes: 0,
        budgetBytes: defaultCatchUpSettings.budgetBytes,
        mode: 'persistent',
        setAside: 0,
        wasCleared: false,
        areas: [],
      }),
      pinned: createStore<ReadonlySet<DocumentName>>(new Set()),
      waiting: createStore<readonly WaitingItem[]>([]),
      events: createEventSource<DeviceEvent>(),
    }
  }

  /** Loads what fills the stores, now or, where that fails, again and again. */
  start(): void {
    this.replica().catch(() => this.#retryLater())
  }

  /** Rejects when the code for it cannot be loaded: no network, and the browser has not kept it. */
  replica(): Promise<Replica> {
    this.#replica ??= import('./replica.ts')
      .then(({ openReplica }) => openReplica(this.#host, this.stores))
      .catch((error: unknown) => {
        this.#replica = undefined
        throw error
      })
    return this.#replica
  }

  /**
   * The stored copy of a document, checked. Opening a document does not wait for anything but the disk. Never rejects;
   * undefined when there is none that can be read.
   */
  async read(name: DocumentName): Promise<SnapshotContent | undefined> {
    try {
      if (!this.#host.isDiskUsable()) return (await this.#replica)?.inMemory(name)
      const { content, isDamaged } = await readStoredSnapshot(this.#host.store, name, this.#host.ports.now())
      if (isDamaged) this.tell((replica) => replica.lost(name))
      return content
    } catch {
      // No disk: as if there were none.
      return undefined
    }
  }

  /** Calls `task` with the replica once it is there. For news that a later load would find anyway. */
  tell(task: (replica: Replica) => void): void {
    void this.#replica?.then(
      (replica) => (this.#isClosed ? undefined : task(replica)),
      () => undefined,
    )
  }

  /** Events of the feed; what they say about lists is the catalogue's. */
  told({ events }: FeedMessage): void {
    for (const event of events) this.stores.events.emit(event)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancelRetry?.()
    await this.#replica?.then(
      (replica) => replica.close(),
      () => undefined,
    )
  }

  #retryLater(): void {
    if (this.#isClosed) return
    const ms = Math.min(lastRetryMs, firstRetryMs * 2 ** this.#failures)
    this.#failures += 1
    this.#cancelRetry = this.#host.ports.startTimer(ms, () => this.start())
  }
}
