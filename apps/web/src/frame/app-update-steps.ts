import type { WritableStore } from '../data/store.ts'
import { BusyTabs } from './busy-tabs.ts'
import { watchMissingChunks } from './missing-chunks.ts'
import { keepMessage, yieldMessage } from './worker-messages.ts'

/** How often a page that stays open asks for a new version. */
const askEveryMs = 30 * 60_000

/** How long the version in control may take to let go; builds of before do not answer. */
const yieldMs = 2_000

/**
 * The way from one version of the app to the next.
 *
 * - UPD-1 A new version that has installed waits; pages say so and go on.
 * - UPD-2 `restart` waits until no tab is busy (`busy-tabs.ts`), then all tabs load anew together: two versions never
 *   work on one device at the same time for longer than somebody types.
 * - UPD-3 A tab that is busy when another one has moved on, where browsers have no locks, follows once it is not.
 */
export class UpdateSteps {
  readonly #isReady: WritableStore<boolean>
  readonly #isWaiting: WritableStore<boolean>
  readonly #tabs = new BusyTabs(navigator.locks)
  #registration: ServiceWorkerRegistration | undefined
  #isFollowing = false

  #isWatching = false
  /** A version runs this page already: the next to take over is an update, and not the installation. */
  #isControlled = false

  constructor(stores: {
    readonly isReady: WritableStore<boolean>
    readonly isWaiting: WritableStore<boolean>
  }) {
    this.#isReady = stores.isReady
    this.#isWaiting = stores.isWaiting
    watchMissingChunks({ isBusy: () => this.#tabs.isBusy, update: () => this.#registration?.update() })
  }

  /** Again at each sign-in: leaving removes the worker. Never rejects. */
  async register(): Promise<void> {
    if (!('serviceWorker' in navigator)) return
    this.#watchController(navigator.serviceWorker)
    let registration: ServiceWorkerRegistration | undefined
    try {
      registration = await navigator.serviceWorker.register('/sw.js', { scope: '/' })
    } catch {
      // Blocked by the browser's settings: the app works without it, and only does not start without a network.
    }
    // Browsers that are told to block service workers may also answer with nothing.
    if (registration === undefined) return
    registration.active?.postMessage(keepMessage)
    if (registration === this.#registration) return
    // After leaving, the worker that was removed still answers this page until the new one is there.
    if (registration.active === null) this.#isControlled = false
    this.#registration = registration
    this.#watch(registration)
  }

  setBusy(isBusy: boolean): void {
    this.#tabs.setBusy(isBusy)
    if (this.#isFollowing && !isBusy) location.reload()
  }

  restart(): void {
    if (this.#isWaiting.get()) return
    this.#isWaiting.set(true)
    void this.#tabs
      .whenNoneIsBusy(() => {
        const waiting = this.#registration?.waiting
        // Gone meanwhile: another tab has moved on, or the browser has cleared it.
        if (waiting == null) location.reload()
        else {
          void hasYielded(navigator.serviceWorker.controller).then(() => {
            waiting.postMessage({ type: 'SKIP_WAITING' })
          })
        }
      })
      .then(() => {
        // It has not taken over in time: the person may ask again.
        this.#isWaiting.set(false)
      })
  }

  #watchController(workers: ServiceWorkerContainer): void {
    if (this.#isWatching) return
    this.#isWatching = true
    this.#isControlled = workers.controller !== null
    workers.addEventListener('controllerchange', () => {
      // The browser has cleared this site: what was not sent is in this page alone, and loading it anew would drop it.
      if (workers.controller === null) return
      if (this.#isControlled) this.#follow()
      this.#isControlled = true
    })
    const ask = () => {
      // Offline, the server restarts, or the worker was removed at leaving: the next round asks again.
      this.#registration?.update().catch(() => undefined)
    }
    setInterval(ask, askEveryMs)
    addEventListener('online', ask)
  }

  #watch(registration: ServiceWorkerRegistration): void {
    const tell = () => {
      if (registration.waiting !== null && navigator.serviceWorker.controller !== null)
        this.#isReady.set(true)
    }
    tell()
    registration.addEventListener('updatefound', () => {
      registration.installing?.addEventListener('statechange', tell)
    })
  }

  /** Another version has taken over all tabs. */
  #follow(): void {
    this.#isFollowing = true
    if (!this.#tabs.isBusy) location.reload()
  }
}

/**
 * Resolves when the version in control has let go of what it is doing, or does not answer. The next one is told only
 * then: Chromium has a version that is running make way at once, but not one that is still starting or in an event.
 */
function hasYielded(controller: ServiceWorker | null): Promise<void> {
  if (controller === null) return Promise.resolve()
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer)
      port1.close()
      resolve()
    }
    const timer = setTimeout(go, yieldMs)
    port1.onmessage = go
    controller.postMessage(yieldMessage, [port2])
  })
}
