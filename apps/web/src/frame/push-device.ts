import { endpoints, type PushKey } from '@fulqrun/protocol'
import { isAppleBrowser } from './install-app.ts'

/**
 * Notices on this device, as the browser and the server know of them. All functions reject with a plain error when the
 * server cannot be reached.
 */
export type NoticeStanding =
  /** Notices come. */
  | 'on'
  | 'off'
  /** The person, or their administrator, has forbidden it in the browser. */
  | 'denied'
  /** On iPhone and iPad only apps on the home screen may. */
  | 'needs-installation'
  | 'unsupported'

export async function readStanding(): Promise<NoticeStanding> {
  if (!('serviceWorker' in navigator) || !('PushManager' in globalThis) || !('Notification' in globalThis))
    return isAppleBrowser() ? 'needs-installation' : 'unsupported'
  if (Notification.permission === 'denied') return 'denied'
  // Nothing controls a page in development or where service workers are blocked: `ready` would never come.
  const registration = await navigator.serviceWorker.getRegistration()
  if (registration === undefined) return 'unsupported'
  const subscription = await registration.pushManager.getSubscription()
  return Notification.permission === 'granted' && subscription !== null ? 'on' : 'off'
}

/** Call only from a press: browsers ask the person then and at no other time. */
export async function switchNoticesOn(): Promise<NoticeStanding> {
  const permission = await Notification.requestPermission()
  if (permission === 'denied') return 'denied'
  if (permission !== 'granted') return 'off'
  await subscribe()
  return 'on'
}

/** Subscribes, or tells the server again that this device is this session's. */
export async function subscribe(): Promise<void> {
  const registration = await navigator.serviceWorker.ready
  const { publicKey } = (await (await call('key')).json()) as PushKey
  const subscription = await subscribeWith(registration.pushManager, publicKey)
  await call('subscriptions', 'POST', subscription.toJSON())
}

async function subscribeWith(manager: PushManager, publicKey: string): Promise<PushSubscription> {
  const options = { userVisibleOnly: true, applicationServerKey: publicKey }
  try {
    return await manager.subscribe(options)
  } catch (error) {
    const old = await manager.getSubscription()
    if (old === null) throw error
    // The server has other keys than when this device subscribed.
    await old.unsubscribe()
    return await manager.subscribe(options)
  }
}

export async function switchNoticesOff(): Promise<NoticeStanding> {
  const registration = await navigator.serviceWorker.ready
  const subscription = await registration.pushManager.getSubscription()
  if (subscription === null) return 'off'
  await subscription.unsubscribe()
  // Unheard, the server finds out by itself: the push service says that the subscription is over.
  await call('subscriptions', 'DELETE', { endpoint: subscription.endpoint }).catch(() => undefined)
  return 'off'
}

export async function sendTestNotice(): Promise<void> {
  const registration = await navigator.serviceWorker.ready
  const subscription = await registration.pushManager.getSubscription()
  if (subscription === null) throw new Error('notices are off on this device')
  await call('test', 'POST', { endpoint: subscription.endpoint })
}

async function call(path: string, method = 'GET', body?: unknown): Promise<Response> {
  const answer = await fetch(`${endpoints.notifications}/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`)
  return answer
}
