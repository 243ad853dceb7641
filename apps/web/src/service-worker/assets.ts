import { registerRoute } from 'workbox-routing'
import { CacheFirst, StaleWhileRevalidate } from 'workbox-strategies'
import { isOurFile } from './our-answers.ts'

const assetsCache = 'fulqrun-assets'
const filesCache = 'fulqrun-files'
/** Chunks of earlier builds that pages which have not restarted yet have asked for. */
const mostAssets = 80

// Workbox has a plugin for this; it keeps a database of its own, which would stay behind when a device is cleared.
async function trim(): Promise<void> {
  const cache = await caches.open(assetsCache)
  const keys = await cache.keys()
  // In the order in which they came.
  for (const request of keys.slice(0, Math.max(0, keys.length - mostAssets))) await cache.delete(request)
}

const onlyOurs = {
  cacheWillUpdate: ({ request, response }: { request: Request; response: Response }) =>
    Promise.resolve(isOurFile(new URL(request.url).pathname, response) ? response : null),
}

/**
 * Files that are not precached.
 *
 * - SW-7 Under /assets/ a name holds a hash of its content: what is here is right for ever (cache first). These are the
 *   chunks of the build before, for pages that have not restarted yet.
 * - Other files of the app (icons, the manifest): the one that is here, and a newer one for the next time.
 */
export function serveFiles(worker: ServiceWorkerGlobalScope): void {
  const isHere = (url: URL) => url.origin === worker.location.origin
  registerRoute(
    ({ url, request }) => isHere(url) && request.method === 'GET' && url.pathname.startsWith('/assets/'),
    new CacheFirst({
      cacheName: assetsCache,
      plugins: [onlyOurs, { cacheDidUpdate: trim }],
    }),
  )
  registerRoute(
    ({ url, request }) =>
      isHere(url) &&
      ['image', 'manifest', 'font'].includes(request.destination) &&
      !url.pathname.startsWith('/api/'),
    new StaleWhileRevalidate({ cacheName: filesCache, plugins: [onlyOurs] }),
  )
}
