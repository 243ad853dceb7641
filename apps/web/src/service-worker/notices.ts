import { parsePushMessage, type PushMessage } from '@fulqrun/protocol'
import type { WorkerMessage } from '../frame/worker-messages.ts'
import { renewSubscription } from './push-subscription.ts'

/** Shown for a push that cannot be read: browsers take the permission away from apps that stay silent. */
const unreadable: PushMessage = {
  title: 'FulQrun',
  body: 'Something new waits for you.',
  tag: 'fulqrun',
  url: '/inbox',
}

/**
 * Notices of the server (Web Push).
 *
 * - NOT-10 Every push shows a notice, except for the very page that the person is looking at. One per record: a newer
 *   one takes the place of the older.
 * - NOT-11 A press goes to an open page of the app, which navigates without being loaded anew (somebody may be typing in
 *   it), or opens one.
 * - NOT-12 When the browser replaces the subscription, the server hears of the new one.
 */
export function showNotices(worker: ServiceWorkerGlobalScope): void {
  worker.addEventListener('push', (event) => {
    event.waitUntil(show(worker, parsePushMessage(event.data?.text() ?? '') ?? unreadable))
  })
  worker.addEventListener('notificationclick', (event) => {
    event.notification.close()
    event.waitUntil(openAt(worker, addressOf(event.notification)))
  })
  worker.addEventListener('pushsubscriptionchange', (event) => {
    event.waitUntil(renewSubscription(worker.registration))
  })
}

/** Removes what is shown, for whoever uses this device next. */
export async function closeNotices(registration: ServiceWorkerRegistration): Promise<void> {
  for (const notice of await registration.getNotifications()) notice.close()
}

async function show(worker: ServiceWorkerGlobalScope, { title, body, tag, url }: PushMessage): Promise<void> {
  const pages = await worker.clients.matchAll({ type: 'window' })
  const isLookedAt = pages.some((page) => page.focused && isAt(page.url, url))
  if (isLookedAt) return
  const options: NotificationOptions & { renotify: boolean; actions: readonly object[] } = {
    body,
    tag,
    renotify: true,
    icon: '/icons/icon-192.png',
    badge: '/icons/badge-96.png',
    data: { url },
    actions: [{ action: 'open', title: 'Open' }],
  }
  await worker.registration.showNotification(title, options)
}

function isAt(pageUrl: string, address: string): boolean {
  const page = new URL(pageUrl)
  return page.pathname === new URL(address, page.origin).pathname
}

function addressOf({ data }: Notification): string {
  const url: unknown = typeof data === 'object' && data !== null && 'url' in data ? data.url : undefined
  return typeof url === 'string' ? url : unreadable.url
}

async function openAt(worker: ServiceWorkerGlobalScope, url: string): Promise<void> {
  const pages = await worker.clients.matchAll({ type: 'window' })
  const page = pages.find(({ visibilityState }) => visibilityState === 'visible') ?? pages[0]
  if (page === undefined) {
    await worker.clients.openWindow(url)
    return
  }
  page.postMessage({ type: 'open', url } satisfies WorkerMessage)
  // The browser may forbid it after a long time; the page is where it should be then.
  await page.focus().catch(() => undefined)
}
