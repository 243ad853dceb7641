/** The state of one record in the words of UX 4.2. Local saving and the server's word are told apart. */
import type { DocumentState, SessionState } from '@fulqrun/sync'
import { formatMoment } from '../../fields/format.ts'
import type { SyncChipWords } from '../../ui/SyncChip.tsx'

export type RecordSyncState = Pick<
  DocumentState,
  'local' | 'pending' | 'remote' | 'access' | 'lastSyncedAt'
> & { readonly refused: readonly unknown[] }

function changes(count: number): string {
  return count === 1 ? '1 change' : `${count} changes`
}

/** What the server has confirmed, when nothing of this device waits. */
function confirmedWords(state: RecordSyncState, isLive: boolean, now: number): SyncChipWords {
  const at = state.lastSyncedAt === undefined ? undefined : formatMoment(state.lastSyncedAt, now)
  if (isLive && state.remote === 'synced') {
    return { text: at === undefined ? 'Up to date' : `Up to date - ${at}`, mark: 'check', tone: 'quiet' }
  }
  if (isLive) return { text: 'Getting the latest', mark: 'moving', tone: 'quiet' }
  if (at === undefined) return { text: 'On this device', mark: 'saved', tone: 'quiet' }
  return { text: `Offline - as of ${at}`, mark: 'offline', tone: 'quiet' }
}

export function recordSyncWords(
  state: RecordSyncState,
  phase: SessionState['phase'],
  now: number,
): SyncChipWords {
  const isLive = phase === 'live'
  if (state.refused.length > 0) {
    return { text: `${changes(state.refused.length)} not accepted`, mark: 'stop', tone: 'conflict' }
  }
  if (state.access === 'none') return { text: 'Access has ended', mark: 'key', tone: 'conflict' }
  if (state.local === 'memory') {
    return { text: 'Kept in this tab only', mark: 'disk', tone: 'attention' }
  }
  if (state.pending > 0) {
    // Online this lasts a moment and is no reason to ask for attention; it is saved, and it says only that.
    return isLive || phase === 'catching-up'
      ? { text: 'Saved on this device', mark: 'saved', tone: 'quiet' }
      : { text: `${changes(state.pending)} waiting`, mark: 'cloud', tone: 'attention' }
  }
  return confirmedWords(state, isLive, now)
}
