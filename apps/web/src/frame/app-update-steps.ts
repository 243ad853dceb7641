import type { WritableStore } from '../data/store.ts'
import { BusyTabs } from './busy-tabs.ts'
import { watchMissingChunks } from './missing-chunks.ts'

/** How often a page that stays open asks for a new version. */
const askEveryMs = 30 * 60_000

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

  constructor(stores: {
    readonly isReady: WritableStore<boolean>
    readonly isWaiting: WritableStore<boolean>
  }) {
    this.#isReady = stores.isReady
    this.#isWaiting = stores.isWaiting
    watchMissingChunks({ isBusy: () => this.#tabs.isBusy, update: () => this.#registration?.update() })
  }

  /** Never rejects. */
  async register(): Promise<void> {
    if (!('serviceWorker' in navigator)) return
    // The first controller is the installation, not an update.
    let isControlled = navigator.serviceWorker.controller !== null
    navigator.serviceWorker.addEventListener('controllerchange', () => {
      if (isControlled) this.#follow()
      isControlled = true
    })
    try {
      this.#registration = await navigator.serviceWorker.register('/sw.js', { scope: '/' })
    } catch {
      // Blocked by the browser's settings: the app works without it, and only does not start without a network.
    }
    // Browsers that are told to block service workers may also answer with nothing.
    if (this.#registration !== undefined) this.#watch(this.#registration)
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
          // What the version in control is still doing would hold the next one back.
          navigator.serviceWorker.controller?.postMessage({ type: 'YIELD' })
          waiting.postMessage({ type: 'SKIP_WAITING' })
        }
      })
      .then(() => {
        // It has not taken over in time: the person may ask again.
        this.#isWaiting.set(false)
      })
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
    const ask = () => {
      // Offline, or the server restarts: the next round asks again.
      registration.update().catch(() => undefined)
    }
    setInterval(ask, askEveryMs)
    addEventListener('online', ask)
  }

  /** Another version has taken over all tabs. */
  #follow(): void {
    this.#isFollowing = true
    if (!this.#tabs.isBusy) location.reload()
  }
}
