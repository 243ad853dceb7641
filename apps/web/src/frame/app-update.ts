import { createStore, type ReadableStore } from '../data/store.ts'

/**
 * The installed app and its next version.
 *
 *   none --a new service worker has installed--> ready --restart()--> (page reloads under the new version)
 *
 * Nothing is replaced under a page by itself: the person decides when.
 */
export interface AppUpdate {
  /** True when a new version waits. */
  readonly isReady: ReadableStore<boolean>
  /** Switches to the new version and reloads the page. */
  readonly restart: () => void
}

function watchInstalling(registration: ServiceWorkerRegistration, onWaiting: () => void): void {
  registration.installing?.addEventListener('statechange', () => {
    // Without a controller this is the first installation, not an update.
    if (registration.waiting !== null && navigator.serviceWorker.controller !== null) onWaiting()
  })
}

/** How often a page that stays open asks for a new version. */
const askEveryMs = 30 * 60_000

function watch(registration: ServiceWorkerRegistration, onWaiting: () => void): void {
  if (registration.waiting !== null && navigator.serviceWorker.controller !== null) onWaiting()
  registration.addEventListener('updatefound', () => {
    watchInstalling(registration, onWaiting)
  })
  setInterval(() => {
    // Offline, or the server restarts: the next round asks again.
    registration.update().catch(() => undefined)
  }, askEveryMs)
}

/** Registers the service worker; does nothing where there is none (development, private windows of some browsers). */
export function startAppUpdate(): AppUpdate {
  const isReady = createStore(false)
  let registered: ServiceWorkerRegistration | undefined
  if (import.meta.env.PROD && 'serviceWorker' in navigator) {
    navigator.serviceWorker.register('/sw.js', { scope: '/' }).then(
      (registration: ServiceWorkerRegistration | undefined) => {
        // Browsers that are told to block service workers answer with nothing.
        if (registration === undefined) return
        registered = registration
        watch(registration, () => {
          isReady.set(true)
        })
      },
      () => undefined, // The app works without it; it only does not start without a network.
    )
  }
  return {
    isReady,
    restart: () => {
      navigator.serviceWorker.addEventListener('controllerchange', () => {
        location.reload()
      })
      if (registered?.waiting != null) registered.waiting.postMessage({ type: 'SKIP_WAITING' })
      else location.reload()
    },
  }
}
