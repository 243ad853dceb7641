import type { CatchUpProgress, ReplicaState } from '@fulqrun/sync'
import { formatMoment, formatNumber } from '../fields/format.ts'
import type { SyncChipWords } from '../ui/SyncChip.tsx'
import { megabytes } from './sync-words.ts'

/** What of the territory is on this device, in the words of UX.md 4.2. */

export function records(count: number): string {
  return count === 1 ? '1 record' : `${formatNumber(count)} records`
}

/** `840 of 1,000 records on this device`, or `1,000 records on this device`. */
export function hereWords({ documents, onDevice }: Pick<ReplicaState, 'documents' | 'onDevice'>): string {
  return onDevice >= documents
    ? `${records(onDevice)} on this device`
    : `${formatNumber(onDevice)} of ${records(documents)} on this device`
}

export interface Readiness {
  readonly isReady: boolean
  readonly text: string
}

/** The one line that a person reads before driving off: is everything here, how much, and as of when. */
export function readinessWords(
  replica: ReplicaState,
  progress: CatchUpProgress,
  now: number,
): Readiness | undefined {
  const { documents, onDevice, bytes, mode, lastCaughtUpAt } = replica
  if (documents === 0) return undefined
  if (mode === 'memory')
    return { isReady: false, text: `Not ready for offline: this browser keeps nothing on this device.` }
  const at = lastCaughtUpAt === undefined ? undefined : formatMoment(lastCaughtUpAt, now)
  if (onDevice >= documents) {
    const parts = [records(onDevice), megabytes(bytes), at].filter((part) => part !== undefined)
    return { isReady: true, text: `Ready for offline: ${parts.join(', ')}` }
  }
  if (mode === 'full')
    return { isReady: false, text: `${hereWords(replica)}. This device has no room for more.` }
  const isComing = progress.phase === 'fetching' || progress.phase === 'listing'
  return {
    isReady: false,
    text: isComing ? `Getting records: ${hereWords(replica)}` : hereWords(replica),
  }
}

/** What the chip says while records are on their way to this device for the first time; undefined when none are. */
export function gettingWords(
  { documents, onDevice }: Pick<ReplicaState, 'documents' | 'onDevice'>,
  { phase, done, total }: Pick<CatchUpProgress, 'phase' | 'done' | 'total'>,
): SyncChipWords | undefined {
  // Before anything was said about the exchange, nothing says that the rest is not coming.
  const isComing = phase === 'fetching' || phase === 'listing' || phase === 'idle'
  if (!isComing || onDevice >= documents) return undefined
  const [here, all] = phase === 'fetching' ? [done, total] : [onDevice, documents]
  return {
    text: `Getting ${formatNumber(here)} of ${formatNumber(all)}`,
    mark: 'moving',
    tone: 'quiet',
  }
}

/** What the exchange with the server does right now. */
export function catchUpWords({ phase, done, total }: CatchUpProgress): string {
  const counted = `${formatNumber(done)} of ${formatNumber(total)}`
  switch (phase) {
    case 'idle':
      return 'Not yet since you opened the app'
    case 'listing':
      return 'Asking what is new'
    case 'sending':
      return `Sending ${counted}`
    case 'fetching':
      return `Getting ${counted} records`
    case 'done':
      return 'Everything exchanged'
    case 'failed':
      return 'Did not finish; it is tried again by itself'
  }
}
