/**
 * At most `size` documents attach at a time; the rest wait in order. Without it, 150 documents on a new socket trip
 * the server's limits and none ever syncs, and a reconnect does the same at once (SYNC E1, E1c, failure 1).
 */
export interface AttachWindow<T> {
  /** Starts `item` now or when there is room. `first` puts it before those that wait. */
  add(item: T, options?: { readonly first: boolean }): void
  /** `item` is attached, or will not be: its place is free. */
  done(item: T): void
  /** Forgets everything: the socket is gone. */
  clear(): void
  /** True when nothing attaches and nothing waits. */
  readonly isIdle: boolean
}

/** Documents attaching at once. Half of the server's limit of 100 before the first authentication. */
export const attachWindowSize = 50

export function createAttachWindow<T>(begin: (item: T) => void, size = attachWindowSize): AttachWindow<T> {
  let waiting: T[] = []
  const active = new Set<T>()

  function fill(): void {
    while (active.size < size) {
      const next = waiting.shift()
      if (next === undefined) return
      active.add(next)
      begin(next)
    }
  }

  return {
    add: (item, options) => {
      if (active.has(item) || waiting.includes(item)) return
      if (options?.first === true) waiting.unshift(item)
      else waiting.push(item)
      fill()
    },
    done: (item) => {
      waiting = waiting.filter((other) => other !== item)
      if (active.delete(item)) fill()
    },
    clear: () => {
      waiting = []
      active.clear()
    },
    get isIdle() {
      return active.size === 0 && waiting.length === 0
    },
  }
}
