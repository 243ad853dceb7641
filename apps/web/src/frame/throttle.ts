export interface Throttle {
  readonly say: (message: string) => void
  readonly close: () => void
}

export interface ThrottleOptions {
  readonly intervalMs: number
  readonly emit: (message: string) => void
}

/** Lets a message through at most once per interval; of those that come in between, only the last one, at its end. */
export function createThrottle({ intervalMs, emit }: ThrottleOptions): Throttle {
  let timer: ReturnType<typeof setTimeout> | undefined
  let held: string | undefined
  const open = () => {
    timer = undefined
    if (held === undefined) return
    const message = held
    held = undefined
    pass(message)
  }
  const pass = (message: string) => {
    emit(message)
    timer = setTimeout(open, intervalMs)
  }
  return {
    say: (message) => {
      if (timer === undefined) pass(message)
      else held = message
    },
    close: () => {
      clearTimeout(timer)
      timer = undefined
      held = undefined
    },
  }
}
