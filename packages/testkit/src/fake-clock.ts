/** A clock that stands until it is moved; timers fire in the order of their times. */
export interface FakeClock {
  now(): number
  startTimer(ms: number, fire: () => void): () => void
  /** Moves on, firing what falls due, including timers that timers start. */
  advance(ms: number): void
  /** Times of the timers that wait, from now, in ms. */
  readonly waiting: readonly number[]
}

export function createFakeClock(start = 1_800_000_000_000): FakeClock {
  let now = start
  let timers: { readonly at: number; readonly fire: () => void }[] = []

  function nextUntil(end: number): { readonly at: number; readonly fire: () => void } | undefined {
    const due = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
    return due[0]
  }

  return {
    now: () => now,
    startTimer: (ms, fire) => {
      const timer = { at: now + ms, fire }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
    advance: (ms) => {
      const end = now + ms
      for (let next = nextUntil(end); next !== undefined; next = nextUntil(end)) {
        const timer = next
        timers = timers.filter((other) => other !== timer)
        now = Math.max(now, timer.at)
        timer.fire()
      }
      now = end
    },
    get waiting() {
      return timers.map(({ at }) => at - now).sort((a, b) => a - b)
    },
  }
}
