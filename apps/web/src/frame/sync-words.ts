import type { SessionState, SyncSummary } from '@fulqrun/sync'
import { formatMoment, formatTime } from '../fields/format.ts'
import type { SyncChipWords } from '../ui/SyncChip.tsx'

/** The one vocabulary for what is where (UX.md 4.2). Local saving and the server's word are never mixed up. */

/** `1 change`, `3 changes`. */
export function changes(count: number): string {
  return count === 1 ? '1 change' : `${count} changes`
}

/** What the chip says. Quiet only when nothing is waiting and nothing is wrong. */
export function chipWords(summary: SyncSummary): SyncChipWords {
  const { pending } = summary
  switch (summary.state) {
    case 'up-to-date':
      return {
        text:
          summary.lastSyncedAt === undefined
            ? 'Up to date'
            : `Up to date - ${formatTime(summary.lastSyncedAt)}`,
        mark: 'check',
        tone: 'quiet',
      }
    case 'saving':
      return { text: 'Saving on this device...', mark: 'saved', tone: 'quiet' }
    case 'waiting':
      return { text: `${changes(pending)} waiting`, mark: 'cloud', tone: 'attention' }
    case 'sending':
      return { text: `Sending ${pending}...`, mark: 'moving', tone: 'neutral' }
    case 'connecting':
      return { text: 'Connecting...', mark: 'moving', tone: 'quiet' }
    case 'offline':
      return { text: "You're offline", mark: 'offline', tone: 'attention' }
    case 'refused':
      return {
        text: summary.refused === 1 ? '1 change not accepted' : `${summary.refused} changes not accepted`,
        mark: 'stop',
        tone: 'conflict',
      }
    case 'signed-out':
      return {
        text: pending === 0 ? 'Signed out' : `Sign in to send ${changes(pending)}`,
        mark: 'key',
        tone: 'attention',
      }
    case 'memory-only':
      return { text: 'Not saved on this device', mark: 'disk', tone: 'conflict' }
    case 'update-needed':
      return { text: 'New version needed', mark: 'download', tone: 'attention' }
  }
}

/** The same in a sentence, for the panel behind the chip. */
export function stateSentence(summary: SyncSummary): string {
  const { pending } = summary
  const waiting = `${changes(pending)} ${pending === 1 ? 'is' : 'are'} saved on this device and waiting to be sent.`
  switch (summary.state) {
    case 'up-to-date':
      return 'Everything on this device has been sent and confirmed.'
    case 'saving':
      return 'Your last edits are being saved on this device.'
    case 'waiting':
      return waiting
    case 'sending':
      return `${changes(pending)} ${pending === 1 ? 'is' : 'are'} being sent.`
    case 'connecting':
      return 'Looking for what is new. Everything on this device can be used meanwhile.'
    case 'offline':
      return "You're offline. You can keep working; changes will be sent when you reconnect."
    case 'refused':
      return 'Something you entered was not accepted. It is kept on this device; open the record to decide what happens to it.'
    case 'signed-out':
      return pending === 0
        ? 'You are signed out. What is on this device stays readable and editable.'
        : `You are signed out. Sign in to send ${changes(pending)}. They stay on this device.`
    case 'memory-only':
      return 'This browser does not let us save on this device. What you enter is lost when you close this page before it is sent.'
    case 'update-needed':
      return 'This version is too old to exchange changes. What you entered stays on this device; restart to get the new version.'
  }
}

/** What the connection does right now, with the next try when one is planned. */
export function connectionWords(session: SessionState, now: number): string {
  switch (session.phase) {
    case 'live':
      return 'Connected'
    case 'catching-up':
      return 'Connected, getting what is new'
    case 'connecting':
    case 'authenticating':
      return session.attempt > 1 ? `Reconnecting (attempt ${session.attempt})` : 'Connecting'
    case 'offline':
      return offlineWords(session, now)
    case 'signed-out':
      return 'Signed out'
    case 'blocked':
      return 'Not allowed by the server'
    case 'update-needed':
      return 'New version needed'
  }
}

function offlineWords({ attempt, nextAttemptAt }: SessionState, now: number): string {
  if (nextAttemptAt === undefined) return 'Offline'
  const seconds = Math.max(0, Math.ceil((nextAttemptAt - now) / 1000))
  return `Offline (attempt ${attempt}), next try in ${seconds} s`
}

/** When the server last confirmed that it has everything, as a person says it. */
export function confirmedWords(lastSyncedAt: number | undefined, now: number): string {
  return lastSyncedAt === undefined ? 'Not since you opened the app' : formatMoment(lastSyncedAt, now)
}

/** `12 MB`; below one megabyte `under 1 MB`. */
export function megabytes(bytes: number): string {
  const amount = Math.round(bytes / 1_000_000)
  return amount < 1 ? 'under 1 MB' : `${amount} MB`
}

/**
 * What is said aloud when the state changes; undefined when it is not worth a word. Saving, sending and waiting come
 * and go with every edit and stay silent.
 */
export function announcement(before: SyncSummary['state'], after: SyncSummary): string | undefined {
  if (before === after.state) return undefined
  switch (after.state) {
    case 'saving':
    case 'sending':
    case 'waiting':
    case 'connecting':
      return undefined
    case 'up-to-date':
      return before === 'saving' ? undefined : 'Up to date'
    default:
      return stateSentence(after)
  }
}
