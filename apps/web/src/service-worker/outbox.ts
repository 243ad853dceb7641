import { createBrowserPorts, drainDevices } from '@fulqrun/sync/background'
import { isYieldMessage, outboxTag } from '../frame/worker-messages.ts'

/** One-off and periodic background sync, which the DOM library of TypeScript does not know. */
interface SyncEvent extends Event {
  readonly tag: string
  waitUntil(promise: Promise<unknown>): void
}

/**
 * Sends what waits on this device while no page of the app is open (DESIGN 7).
 *
 * - SW-8 The event is kept alive until the server has answered, and fails while something is left, so that the browser
 *   tries again. Nothing is ever given up: what the browser stops trying is sent at the next start of the app.
 * - UPD-2 It lets go when the next version is to take over, which the browser puts off while an event is running, and
 *   says when it has.
 * - SW-9 Drains do not overlap. An edit that a page sends at the same time arrives twice, which changes nothing.
 */
export function drainInBackground(worker: Pick<EventTarget, 'addEventListener'>): void {
  let running: Promise<void> | undefined
  let abort = new AbortController()
  const drain = (): Promise<void> => {
    running ??= drainOnce(abort.signal).finally(() => {
      running = undefined
    })
    return running
  }
  worker.addEventListener('message', (event) => {
    const { data, ports } = event as MessageEvent<unknown>
    if (!isYieldMessage(data)) return
    abort.abort()
    abort = new AbortController()
    const yielded = () => ports[0]?.postMessage(null)
    if (running === undefined) yielded()
    else void running.then(yielded, yielded)
  })
  for (const type of ['sync', 'periodicsync']) {
    worker.addEventListener(type, (event) => {
      const sync = event as SyncEvent
      if (sync.tag === outboxTag) sync.waitUntil(drain())
    })
  }
}

/** Rejects while something is left, also when it is cut off: what was on its way is sent again, which changes nothing. */
async function drainOnce(cut: AbortSignal): Promise<void> {
  const ports = createBrowserPorts()
  const fetch: typeof ports.fetch = (url, init) => {
    const signal = init?.signal === undefined ? cut : AbortSignal.any([cut, init.signal])
    return ports.fetch(url, { ...init, signal })
  }
  const { left, refused } = await drainDevices({ ports: { ...ports, fetch }, onDrained: tellPages })
  // What the server does not take waits for the app, which tells the person: another try would change nothing.
  if (left > refused) throw new Error(`${left - refused} edits could not be sent yet`)
}

/** Pages of this person read anew what is left (packages/sync: tabs listen on a channel named like their database). */
function tellPages(databaseName: string): void {
  const channel = new BroadcastChannel(databaseName)
  channel.postMessage({ type: 'outbox' })
  channel.close()
}
