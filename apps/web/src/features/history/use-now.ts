import { useSyncExternalStore } from 'react'

/** What is shown with a clock changes by the minute at most. */
const tickMs = 30_000

let current = Date.now()
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function tick(): void {
  current = Date.now()
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(tick, tickMs)
  // The clock stood still while nobody looked.
  if (Date.now() - current > tickMs) queueMicrotask(tick)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** The device's time, exact to half a minute; renders again as it goes on. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => current)
}
