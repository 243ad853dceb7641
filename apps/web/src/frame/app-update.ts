import { createStore, type ReadableStore } from '../data/store.ts'

/**
 * The installed app and its next version.
 *
 *   none --a new version has installed--> ready --restart(), and no tab is busy--> (all tabs load anew)
 *
 * Nothing is replaced under a page by itself: the person decides when, and no tab loads anew while somebody types in it
 * or while what was typed is not on the disk yet. How it is done is in `app-update-steps.ts`, which the first paint does
 * not wait for.
 */
export interface AppUpdate {
  /** Keeps the app on this device, for starts without a network; does nothing when it is kept already. */
  readonly install: () => void
  /** True when a new version waits. */
  readonly isReady: ReadableStore<boolean>
  /** True from `restart` on until every tab may be left. */
  readonly isWaiting: ReadableStore<boolean>
  /** Switches to the new version as soon as no tab is busy, and loads every tab anew. */
  readonly restart: () => void
  /** Says whether this tab is in the middle of something that a restart would lose. */
  readonly setBusy: (isBusy: boolean) => void
}

/** Nothing is installed before `install`: a device that nobody is signed in on holds nothing of the app. */
export function startAppUpdate(): AppUpdate {
  const isReady = createStore(false)
  const isWaiting = createStore(false)
  const steps = import('./app-update-steps.ts').then(
    ({ UpdateSteps }) => new UpdateSteps({ isReady, isWaiting }),
  )
  // A chunk that cannot be loaded: the page works on, without updates until it is loaded anew.
  steps.catch(() => undefined)
  const later = (act: (started: Awaited<typeof steps>) => void) => {
    steps.then(act, () => undefined)
  }
  return {
    isReady,
    isWaiting,
    install: () => {
      later((started) => {
        if (import.meta.env.PROD) void started.register() // Without a service worker the app works, but not cold and offline.
      })
    },
    restart: () => {
      later((started) => {
        started.restart()
      })
    },
    setBusy: (isBusy) => {
      later((started) => {
        started.setBusy(isBusy)
      })
    },
  }
}
