/** What pages and the service worker say to each other; either may be of another version, so unknown messages are ignored. */

/** Tag of the background sync that sends what waits on this device. */
export const outboxTag = 'outbox'

/** To a page. `open`: a notice was pressed, show this address of the app. */
export interface WorkerMessage {
  readonly type: 'open'
  readonly url: string
}

export function readWorkerMessage(value: unknown): WorkerMessage | undefined {
  if (typeof value !== 'object' || value === null || !('type' in value) || !('url' in value)) return undefined
  const { type, url } = value
  // Never an address on another site.
  if (type !== 'open' || typeof url !== 'string' || !/^\/(?![/\\])/.test(url)) return undefined
  return { type, url }
}
