const lockName = 'fulqrun-busy'

type Locks = Pick<LockManager, 'request'>

/**
 * Which tabs of this browser are in the middle of something. A busy tab holds a shared lock; whoever wants to move all
 * tabs waits for the exclusive one. The browser lifts the lock of a tab that crashes, so nobody waits for it.
 */
export class BusyTabs {
  readonly #locks: Locks | undefined
  #isBusy = false
  #release: (() => void) | undefined

  /** Old browsers have no locks: then each tab only knows of itself. */
  constructor(locks: Locks | undefined) {
    this.#locks = locks
  }

  /** Whether this tab is. */
  get isBusy(): boolean {
    return this.#isBusy
  }

  setBusy(isBusy: boolean): void {
    if (this.#isBusy === isBusy) return
    this.#isBusy = isBusy
    this.#release?.()
    this.#release = undefined
    if (!isBusy || this.#locks === undefined) return
    const { promise, resolve } = Promise.withResolvers<undefined>()
    this.#release = () => {
      resolve(undefined)
    }
    // Rejects when the page is being left.
    this.#locks.request(lockName, { mode: 'shared' }, () => promise).catch(() => undefined)
  }

  /**
   * Calls `act` once no tab is busy, and keeps all others from becoming it: what follows is that every tab is loaded
   * anew. Never rejects.
   */
  async whenNoneIsBusy(act: () => void): Promise<void> {
    if (this.#locks === undefined) {
      act()
      return
    }
    try {
      await this.#locks.request(lockName, async () => {
        act()
        await movedOnAfter(movingMs)
      })
    } catch {
      // Storage is blocked: as without locks.
      act()
    }
  }
}

/** A tab that has not been loaded anew by then was not meant to be. */
const movingMs = 10_000

function movedOnAfter(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
