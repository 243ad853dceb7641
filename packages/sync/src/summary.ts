import { type SessionState } from './session-state.ts'

/** What the sync chip says; the words are UX 4.2. */
export interface SyncSummary {
  readonly state: SyncState
  /** Changes that the server has not acknowledged, counted in fields, over all documents. */
  readonly pending: number
  /** Documents that they are in. */
  readonly documents: number
  /** Edits that the server did not take and that nobody has dismissed. */
  readonly refused: number
  /** Device time at which everything was last known to be up to date. */
  readonly lastSyncedAt?: number | undefined
  /** `memory`: this device cannot keep what is done on it beyond this page. */
  readonly storage: 'persistent' | 'memory'
}

export type SyncState =
  | 'up-to-date'
  /** Being written to this device. */
  | 'saving'
  /** Not connected, something waits. */
  | 'waiting'
  /** Connected, on its way. */
  | 'sending'
  /** The first seconds of trying; nothing waits. */
  | 'connecting'
  /** Not connected, nothing waits. */
  | 'offline'
  | 'refused'
  | 'signed-out'
  | 'memory-only'
  | 'update-needed'

export interface SummaryInput {
  readonly session: Pick<SessionState, 'phase'>
  /** No socket for longer than {@link offlineAfterMs}. */
  readonly isOffline: boolean
  /** The server's schema is newer than this app. */
  readonly needsUpdate: boolean
  /** A record on the screen has not come yet, and is on its way. */
  readonly isFetching: boolean
  readonly pending: number
  readonly documents: number
  readonly refused: number
  readonly isSaving: boolean
  /** Something that is not sent exists only in memory. */
  readonly isMemoryOnly: boolean
  readonly storage: 'persistent' | 'memory'
  readonly lastSyncedAt?: number | undefined
}

/** Shorter than this, an interruption is not worth a word (UX 4.2). */
export const offlineAfterMs = 2_000

export function computeSummary(input: SummaryInput): SyncSummary {
  const { pending, documents, refused, storage, lastSyncedAt } = input
  return { state: computeState(input), pending, documents, refused, storage, lastSyncedAt }
}

/** The one thing to say, the gravest first: what needs a person, what could be lost, then the flow of the work. */
function computeState(input: SummaryInput): SyncState {
  const { phase } = input.session
  if (phase === 'update-needed' || input.needsUpdate) return 'update-needed'
  if (phase === 'signed-out') return 'signed-out'
  if (input.isMemoryOnly) return 'memory-only'
  if (input.refused > 0) return 'refused'
  if (input.isSaving) return 'saving'
  if (phase === 'live' || phase === 'catching-up') return input.pending > 0 ? 'sending' : liveState(input)
  if (input.pending > 0) return 'waiting'
  return input.isOffline ? 'offline' : 'connecting'
}

/** This device may be about to learn something: not "up to date" yet. */
function liveState({ session, isFetching }: SummaryInput): 'up-to-date' | 'connecting' {
  return session.phase === 'live' && !isFetching ? 'up-to-date' : 'connecting'
}
