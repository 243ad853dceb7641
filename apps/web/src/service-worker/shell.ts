import { cacheNames } from 'workbox-core'
import {
  addPlugins,
  addRoute,
  cleanupOutdatedCaches,
  createHandlerBoundToURL,
  getCacheKeyForURL,
  matchPrecache,
  precache,
} from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'
import { isKeepMessage } from '../frame/worker-messages.ts'
import { isOurFile } from './our-answers.ts'

/** Addresses that the server answers itself, never a page of the app. */
// The address of the socket, /sync, is the sync centre when somebody goes there.
const serverPaths = [/^\/api\//, /^\/yjs\//, /^\/healthz/, /^\/readyz/, /^\/metrics/]

/** Shown when a page can be had neither from here nor from the server. */
const offlinePage = '/offline.html'

/** A new version is asked for with a page load, but not more often than this. */
const askEveryMs = 60_000

/**
 * The app itself: shell, every lazy screen, fonts and icons, all of one build.
 *
 * - SW-1 After one visit every address of the app opens without a network, cold.
 * - SW-2 Pages are stale-while-revalidate as a whole: the page of the installed version is shown at once, and a newer
 *   version is asked for behind it. Never the page of one build with the chunks of another.
 * - SW-3 A navigation that nobody can answer shows offline.html.
 * - SW-11 Signing out removes these files. A worker that still serves another page is taken up again by the next
 *   sign-in without installing: the page asks it to keep the app, and it gets what is missing.
 * - SW-4 A file that is not ours or not of its type fails the installation, and the version before stays.
 *
 * Navigation preload stays off: the page is here, so asking the server as well would only cost data.
 */
export function serveShell(worker: ServiceWorkerGlobalScope, manifest: Parameters<typeof precache>[0]): void {
  addPlugins([
    {
      cacheWillUpdate: ({ request, response }) =>
        Promise.resolve(isOurFile(new URL(request.url).pathname, response) ? response : null),
    },
  ])
  precache(manifest)
  addRoute({ cleanURLs: false, directoryIndex: 'index.html' })
  cleanupOutdatedCaches()

  const urls = manifest.map((entry) => (typeof entry === 'string' ? entry : entry.url))
  worker.addEventListener('message', (event) => {
    if (isKeepMessage(event.data)) event.waitUntil(keepApp(worker, urls))
  })

  const page = createHandlerBoundToURL('/index.html')
  const askForNewer = throttled(askEveryMs, () => worker.registration.update())
  registerRoute(
    new NavigationRoute(
      async (options) => {
        // Not waited for: an event that is still running would hold back the very version that it asks for.
        void askForNewer()
        try {
          return await page(options)
        } catch {
          // The browser has cleared the files and the network is away.
          return offlineAnswer()
        }
      },
      { denylist: serverPaths },
    ),
  )
  registerRoute(
    new NavigationRoute(async ({ request }) => fetch(request).catch(offlineAnswer), {
      allowlist: serverPaths,
    }),
  )
}

/** Gets the files of this version that are not here. Never rejects: the next start asks again. */
async function keepApp(worker: ServiceWorkerGlobalScope, urls: readonly string[]): Promise<void> {
  try {
    const cache = await caches.open(cacheNames.precache)
    const keys = new Map(urls.map((url) => [getCacheKeyForURL(url) ?? url, url]))
    const kept = new Set((await cache.keys()).map(({ url }) => url))
    const missing = [...keys].filter(([key]) => !kept.has(new URL(key, worker.location.href).href))
    if (missing.length === 0) return
    await worker.registration.update()
    // The server has another version: its files are on their way, and those of this one are not to be had any more.
    if (worker.registration.installing !== null || worker.registration.waiting !== null) return
    for (const [key, url] of missing) {
      const response = await fetch(url, { cache: 'no-cache' })
      if (!isOurFile(new URL(url, worker.location.href).pathname, response)) return
      await cache.put(key, response)
    }
  } catch {
    // Offline, or no room.
  }
}

async function offlineAnswer(): Promise<Response> {
  return (
    (await matchPrecache(offlinePage)) ??
    new Response(
      'You are offline, and the app is not on this device any more. Connect and load the page again.',
      {
        status: 503,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
      },
    )
  )
}

/** At most once per interval. Never rejects: offline, the next page load asks again. */
function throttled(ms: number, act: () => Promise<unknown>): () => Promise<void> {
  let last = -Infinity
  return async () => {
    if (Date.now() - last < ms) return
    last = Date.now()
    await act().catch(() => undefined)
  }
}
