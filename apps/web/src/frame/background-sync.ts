import type { SyncSummary } from '@fulqrun/sync'
import type { ReadableStore } from '../data/store.ts'
import { outboxTag } from './worker-messages.ts'

/** Background sync, which the DOM library of TypeScript does not know; missing in Safari and Firefox. */
export interface SyncRegistration {
  readonly sync?: { register(tag: string): Promise<void> } | undefined
  readonly periodicSync?:
    { register(tag: string, options: { readonly minInterval: number }): Promise<void> } | undefined
}

type Summary = Pick<SyncSummary, 'pending' | 'state'>

/** States in which this page is cut off with something to send, and in which it sends or has sent by itself. */
const cutOff: ReadonlySet<SyncSummary['state']> = new Set(['waiting', 'memory-only'])
const connected: ReadonlySet<SyncSummary['state']> = new Set(['sending', 'up-to-date'])

/** Installed apps may be woken this often; the browser decides. */
const periodMs = 12 * 3600_000

/**
 * Asks the browser to wake the service worker when something waits that this page may not get to send (SW-10): as soon as
 * something waits without a connection, and when the page is put away with something unsent. While the page is connected
 * it sends by itself, and a worker that is woken for every key press would only cost battery.
 */
export function startBackgroundSync(
  sync: ReadableStore<Summary>,
  registration: () => Promise<SyncRegistration>,
): () => void {
  let isAsked = false
  const ask = () => {
    // Missing, not allowed, or a private window: what waits goes out at the next start, on `online` and on focus.
    registration()
      .then(async (found) => found.sync?.register(outboxTag))
      .catch(() => undefined)
  }
  const follow = () => {
    const { pending, state } = sync.get()
    if (pending === 0 || connected.has(state)) isAsked = false
    else if (cutOff.has(state) && !isAsked) {
      isAsked = true
      ask()
    }
  }
  const putAway = () => {
    if (sync.get().pending > 0) ask()
  }
  const hidden = () => {
    if (document.visibilityState === 'hidden') putAway()
  }
  const stop = sync.subscribe(follow)
  addEventListener('pagehide', putAway)
  document.addEventListener('visibilitychange', hidden)
  follow()
  registration()
    .then(async (found) => found.periodicSync?.register(outboxTag, { minInterval: periodMs }))
    .catch(() => undefined) // Only installed apps that are used often are allowed to.
  return () => {
    stop()
    removeEventListener('pagehide', putAway)
    document.removeEventListener('visibilitychange', hidden)
  }
}
