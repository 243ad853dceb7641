/** What screens see of the copies of the territory on this device, of their filling, and of what waits to be sent. */
import type { DocumentKind, DocumentName, ErrorCode, FeedEvent } from '@fulqrun/protocol'
import type { SyncSummary } from './summary.ts'
import type { SyncErrorCode } from './sync-error.ts'

export interface CatchUpProgress {
  /** `sending` and `fetching` count documents; `failed` is tried again by itself. */
  readonly phase: 'idle' | 'listing' | 'sending' | 'fetching' | 'done' | 'failed'
  readonly done: number
  readonly total: number
  /** Of contents that have come in this round. */
  readonly bytes: number
  /** Device time. */
  readonly startedAt?: number | undefined
  readonly finishedAt?: number | undefined
  /** Why the last round did not finish. */
  readonly problem?: SyncErrorCode | undefined
}

export interface ReplicaState {
  /** Listed documents. */
  readonly documents: number
  readonly onDevice: number
  /** Of all snapshots. */
  readonly bytes: number
  readonly budgetBytes: number
  /**
   * `full`: the disk takes no more copies; unsent work is still kept. `memory`: this browser keeps nothing beyond the
   * page.
   */
  readonly mode: 'persistent' | 'full' | 'memory'
  /** Copies that could not be read and were kept for rescue. */
  readonly setAside: number
  /** Server time at which everything was last known to be here. */
  readonly lastCaughtUpAt?: number | undefined
  /** The browser promised not to clear this device's data by itself; undefined where it was not asked. */
  readonly isPersisted?: boolean | undefined
  /** The device held data of this person before and came up empty: somebody or something cleared it (SYNC 23). */
  readonly wasCleared: boolean
  readonly areas: readonly ReplicaArea[]
}

export interface ReplicaArea {
  readonly kind: DocumentKind
  readonly documents: number
  readonly onDevice: number
  readonly bytes: number
  /** Documents whose copy is behind the list, or missing. */
  readonly pending: number
  /** Server time of the copy that was longest not compared with the server's. */
  readonly oldestAt?: number | undefined
}

/** Unsent work of one document. */
export interface WaitingItem {
  readonly name: DocumentName
  readonly title: string
  readonly kind: DocumentKind
  /** Counted in fields. */
  readonly changes: number
  readonly paths: readonly string[]
  /** Device time of the oldest change. */
  readonly since: number
  /** `failed`: tried, and tried again by itself. `refused`: the server will not take it as things are. */
  readonly state: 'waiting' | 'sending' | 'failed' | 'refused'
  readonly problem?: ErrorCode | SyncErrorCode | undefined
}

/** A stored copy, as bytes of a Yjs update that stand for the whole document. */
export interface SnapshotContent {
  readonly name: DocumentName
  /** Sequence of the server's log that the copy holds, and which log that is. */
  readonly head: number
  readonly log?: string | undefined
  readonly update: Uint8Array
}

export type DeviceEvent =
  | FeedEvent
  | { readonly type: 'sync'; readonly summary: SyncSummary }
  | { readonly type: 'catch-up'; readonly progress: CatchUpProgress }

/** How the device exchanges with the server. */
export interface CatchUpSettings {
  /** The list is asked for this often although the feed is silent, in ms. */
  readonly safetyIntervalMs: number
  /** Documents in one question; the answer is streamed. */
  readonly pullDocuments: number
  /** The same with the bandwidth saver. */
  readonly savedPullDocuments: number
  /** Updates and bytes in one push. */
  readonly pushUpdates: number
  readonly pushBytes: number
  /** First wait after a failed round, doubled with each up to the cap, in ms. */
  readonly retryBaseMs: number
  readonly retryCapMs: number
  /** An exchange in which nothing arrives for this long is given up, in ms. */
  readonly silenceMs: number
  /** Rows of the list in one page. */
  readonly catalogueRows: number
  /** Room for copies when the browser does not say how much there is, and at most, in bytes. */
  readonly budgetBytes: number
  /** Share of what the browser gives that copies may take. */
  readonly budgetShare: number
  /** A full disk is tried again after this, in ms. */
  readonly fullRetryMs: number
}

export const defaultCatchUpSettings: CatchUpSettings = {
  safetyIntervalMs: 5 * 60_000,
  pullDocuments: 1000,
  savedPullDocuments: 100,
  pushUpdates: 200,
  pushBytes: 1024 * 1024,
  retryBaseMs: 1_000,
  retryCapMs: 60_000,
  silenceMs: 30_000,
  catalogueRows: 2000,
  budgetBytes: 200 * 1024 * 1024,
  budgetShare: 0.5,
  fullRetryMs: 60_000,
}
