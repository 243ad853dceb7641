import type { Workspace } from '@fulqrun/sync'
import { startBackgroundSync, type SyncRegistration } from './background-sync.ts'
import { keepNotices } from './keep-notices.ts'
import { readWorkerMessage } from './worker-messages.ts'

export interface DeviceServices {
  /** Shows an address of the app without loading the page anew. */
  readonly open: (address: string) => void
  readonly workspace: Workspace
}

/**
 * What a signed-in page does with its service worker: has it send what waits when no page is open, keeps notices going,
 * follows a notice that was pressed. Loaded after the first paint. The result stops it.
 */
export function startDeviceServices({ open, workspace }: DeviceServices): () => void {
  // Private windows of some browsers, and plain http, have none.
  if (!('serviceWorker' in navigator)) return () => undefined
  const { serviceWorker } = navigator
  const hear = ({ data }: MessageEvent<unknown>) => {
    const message = readWorkerMessage(data)
    if (message !== undefined) open(message.url)
  }
  serviceWorker.addEventListener('message', hear)
  const stopSync = startBackgroundSync(
    workspace.sync,
    () => serviceWorker.ready as Promise<ServiceWorkerRegistration & SyncRegistration>,
  )
  void keepNotices(workspace)
  let wasSignedOut = false
  const stopWatching = workspace.session.subscribe(() => {
    const { phase } = workspace.session.get()
    // Signing in ends the subscription of whoever was here before; the same person goes on with a new one.
    if (phase === 'live' && wasSignedOut) void keepNotices(workspace)
    if (phase === 'live' || phase === 'signed-out') wasSignedOut = phase === 'signed-out'
  })
  return () => {
    stopWatching()
    serviceWorker.removeEventListener('message', hear)
    stopSync()
  }
}
