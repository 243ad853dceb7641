/** Tells whoever listens what happens; nothing is kept for those who come later. */
export interface EventStream<T> {
  /** Calls `listener` for each event from now on; the result stops it. */
  subscribe(listener: (event: T) => void): () => void
}

export interface EventSource<T> extends EventStream<T> {
  emit(event: T): void
}

export function createEventSource<T>(): EventSource<T> {
  const listeners = new Set<(event: T) => void>()
  return {
    emit: (event) => {
      for (const listener of Array.from(listeners)) listener(event)
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}
