/** What pages and the service worker say to each other; either may be of another version, so unknown messages are ignored. */

/** Tag of the background sync that sends what waits on this device. */
export const outboxTag = 'outbox'

/** To a page. `open`: a notice was pressed, show this address of the app. */
export interface WorkerMessage {
  readonly type: 'open'
  readonly url: string
}

/** To the worker, from a page that somebody is signed in on: what is missing of the app is to be kept here. */
export const keepMessage = { type: 'keep-app' } as const

export function isKeepMessage(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === keepMessage.type
}

/**
 * To the worker in control: let go of what you are doing, the next version is to take over. It answers on the port that
 * comes with it once it has.
 */
export const yieldMessage = { type: 'YIELD' } as const

export function isYieldMessage(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === yieldMessage.type
}

export function readWorkerMessage(value: unknown): WorkerMessage | undefined {
  if (typeof value !== 'object' || value === null || !('type' in value) || !('url' in value)) return undefined
  const { type, url } = value
  // Never an address on another site.
  if (type !== 'open' || typeof url !== 'string' || !/^\/(?![/\\])/.test(url)) return undefined
  return { type, url }
}
