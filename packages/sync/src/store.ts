/** A value that changes, in the shape `useSyncExternalStore` wants: `get()` returns the same object until a change. */
export interface Store<T> {
  get(): T
  /** Calls `listener` after each change; the result stops it. */
  subscribe(listener: () => void): () => void
}

export interface WritableStore<T> extends Store<T> {
  /** Replaces the value; listeners are told only when it is another one (`Object.is`). */
  set(value: T): void
}

export function createStore<T>(initial: T): WritableStore<T> {
  let value = initial
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set: (next) => {
      if (Object.is(value, next)) return
      value = next
      // A copy, because a listener may unsubscribe itself or others.
      for (const listener of Array.from(listeners)) listener()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}

/** Sets `next` unless it is equal field by field, so that a recomputed but unchanged state wakes nobody. */
export function setIfChanged<T extends object>(store: WritableStore<T>, next: T): void {
  if (!isShallowEqual(store.get(), next)) store.set(next)
}

function isShallowEqual(a: object, b: object): boolean {
  const left = a as Record<string, unknown>
  const right = b as Record<string, unknown>
  const keys = Object.keys(left)
  if (keys.length !== Object.keys(right).length) return false
  return keys.every((key) => Object.hasOwn(right, key) && Object.is(left[key], right[key]))
}
