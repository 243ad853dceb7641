/** A clock that stands until it is moved; timers fire in the order of their times. */
export interface FakeClock {
  now(): number
  startTimer(ms: number, fire: () => void): () => void
  /** Moves on, firing what falls due, including timers that timers start. */
  advance(ms: number): void
  /** The device sleeps: time passes and nothing fires; what fell due meanwhile fires on waking, late. */
  sleep(ms: number): void
  /** Somebody sets the clock, forwards or backwards: timers go on as if nothing had happened. */
  set(ms: number): void
  /** Times of the timers that wait, from now, in ms. */
  readonly waiting: readonly number[]
}

interface Timer {
  readonly at: number
  readonly fire: () => void
}

export function createFakeClock(start = 1_800_000_000_000): FakeClock {
  /** Time as timers count it; `skew` on top of it is what the clock shows. */
  let elapsed = start
  let skew = 0
  let timers: Timer[] = []

  function nextUntil(end: number): Timer | undefined {
    const due = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
    return due[0]
  }

  function fireUntil(end: number): void {
    for (let next = nextUntil(end); next !== undefined; next = nextUntil(end)) {
      const timer = next
      timers = timers.filter((other) => other !== timer)
      elapsed = Math.max(elapsed, timer.at)
      timer.fire()
    }
  }

  return {
    now: () => elapsed + skew,
    startTimer: (ms, fire) => {
      const timer = { at: elapsed + ms, fire }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
    advance: (ms) => {
      const end = elapsed + ms
      fireUntil(end)
      elapsed = end
    },
    sleep: (ms) => {
      elapsed += ms
      fireUntil(elapsed)
    },
    set: (ms) => {
      skew += ms
    },
    get waiting() {
      return timers.map(({ at }) => at - elapsed).sort((a, b) => a - b)
    },
  }
}
