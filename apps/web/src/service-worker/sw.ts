/// <reference lib="webworker" />
import { clientsClaim } from 'workbox-core'
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'

/**
 * Keeps the app on the device: the shell and every lazy route are precached, so that after one visit it starts cold
 * with the network off. Records are not its business; they live in IndexedDB.
 *
 * Invariants:
 * 1. Only navigations fall back to index.html, and never those that the server answers itself.
 * 2. A new version waits until a page says so: a person may be typing, or the outbox may not be safe yet.
 */
declare const self: ServiceWorkerGlobalScope & {
  readonly __WB_MANIFEST: Parameters<typeof precacheAndRoute>[0]
}

precacheAndRoute(self.__WB_MANIFEST)
cleanupOutdatedCaches()

registerRoute(
  new NavigationRoute(createHandlerBoundToURL('/index.html'), {
    denylist: [/^\/api\//, /^\/sync/, /^\/yjs\//, /^\/healthz/, /^\/readyz/, /^\/metrics/],
  }),
)

self.addEventListener('message', (event) => {
  const message: unknown = event.data
  const isSkip =
    typeof message === 'object' && message !== null && 'type' in message && message.type === 'SKIP_WAITING'
  if (isSkip) void self.skipWaiting() // The browser reports a failure itself; the page stays on the old version.
})

// The very first visit is controlled at once, so that it already counts for the next cold start.
clientsClaim()
