import {
  addPlugins,
  addRoute,
  cleanupOutdatedCaches,
  createHandlerBoundToURL,
  matchPrecache,
  precache,
} from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'
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
