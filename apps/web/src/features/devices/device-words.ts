import type { DeviceEntry } from '@fulqrun/protocol'
import { formatMoment } from '../../fields/format.ts'
import type { Tone } from '../../ui/Badge.tsx'

interface DeviceState {
  readonly text: string
  readonly tone: Tone
  /** More about it, in a sentence. */
  readonly detail?: string | undefined
}

/** Two phones of one kind are told apart by when they came and when they were last here. */
export function seenWords({ firstSeenAt, lastSeenAt }: DeviceEntry, now: number): string {
  return `first seen ${formatMoment(firstSeenAt, now)}, last ${formatMoment(lastSeenAt, now)}`
}

/** What is to be said about a device at a glance. */
export function deviceState({ wipe, lastSyncedAt }: DeviceEntry, now: number): DeviceState {
  if (wipe === undefined) {
    const text = lastSyncedAt === undefined ? 'Signed in' : `Up to date ${formatMoment(lastSyncedAt, now)}`
    return { text, tone: 'neutral' }
  }
  const detail = `${wipe.requestedBy.name}, ${formatMoment(wipe.requestedAt, now)}: ${wipe.reason}`
  return wipe.doneAt === undefined
    ? { text: 'To be cleared at its next contact', tone: 'attention', detail }
    : { text: `Cleared ${formatMoment(wipe.doneAt, now)}`, tone: 'good', detail }
}
