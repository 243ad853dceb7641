/// <reference lib="webworker" />
import { clientsClaim } from 'workbox-core'
import type { precache } from 'workbox-precaching'
import { answersCache, ApiAnswers } from './api-answers.ts'
import { serveFiles } from './assets.ts'
import { routeDirectly } from './direct-routes.ts'
import { closeNotices, showNotices } from './notices.ts'
import { drainInBackground } from './outbox.ts'
import { endSubscription } from './push-subscription.ts'
import { serveShell } from './shell.ts'

/**
 * Keeps the app on the device, sends what waits when no page is open, and shows notices. Records are not its business:
 * they live in IndexedDB, and the catalogue, pull and push are never answered from here. Rules: apps/web/SPEC.md (SW).
 *
 * UPD-1: a new version waits until a page says so: a person may be typing, or the outbox may not be safe yet.
 */
declare const self: ServiceWorkerGlobalScope & {
  readonly __WB_MANIFEST: Parameters<typeof precache>[0]
}

/** Slower than this, and the answer of last time is better than none. */
const patienceMs = 4_000

const answers = new ApiAnswers({
  fetch: (request) => fetch(request),
  open: () => caches.open(answersCache),
  remove: () => caches.delete(answersCache),
  now: () => Date.now(),
  patience: () =>
    new Promise((resolve) => {
      setTimeout(() => {
        resolve(undefined)
      }, patienceMs)
    }),
})

/** Somebody signs in or out: nothing of the person before may be shown to the next, whatever the server answers. */
async function forgetPerson(): Promise<void> {
  await Promise.allSettled([
    answers.forget(),
    endSubscription(self.registration),
    closeNotices(self.registration),
  ])
}

// Before Workbox's own listener, which answers what is left.
self.addEventListener('fetch', (event) => {
  const { method, url, mode } = event.request
  const { origin, pathname } = new URL(url)
  if (origin !== self.location.origin) return
  if (ApiAnswers.changesPerson(method, pathname)) {
    event.waitUntil(forgetPerson())
  } else if (mode !== 'navigate' && ApiAnswers.handles(method, pathname)) {
    event.respondWith(answers.answer(event.request))
    event.stopImmediatePropagation()
  }
})

routeDirectly(self)
serveShell(self, self.__WB_MANIFEST)
serveFiles(self)
drainInBackground(self)
showNotices(self)

self.addEventListener('message', (event) => {
  const message: unknown = event.data
  const isSkip =
    typeof message === 'object' && message !== null && 'type' in message && message.type === 'SKIP_WAITING'
  if (isSkip) void self.skipWaiting() // The browser reports a failure itself; the page stays on the old version.
})

// The very first visit is controlled at once, so that it already counts for the next cold start.
clientsClaim()
