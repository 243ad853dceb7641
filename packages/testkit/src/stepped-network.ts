/**
 * A network without time: messages wait in queues until somebody delivers them. Tests decide what arrives, when, and
 * what never does; nothing sleeps.
 */
export interface SteppedNetwork {
  /** Puts a delivery at the end of the line. */
  send(deliver: () => void): void
  /** Delivers the oldest; false when nothing waits. */
  step(): boolean
  /** Delivers until nothing waits, including what deliveries cause. */
  deliverAll(): void
  /** Forgets what is on its way: the cable is cut. */
  cut(): void
  /** Delivers by itself in microtasks, in order, until `pause`. */
  resume(): void
  pause(): void
  readonly waiting: number
}

export function createSteppedNetwork(): SteppedNetwork {
  let queue: (() => void)[] = []
  let isFlowing = true
  let isScheduled = false

  function schedule(): void {
    if (!isFlowing || isScheduled || queue.length === 0) return
    isScheduled = true
    queueMicrotask(() => {
      isScheduled = false
      if (isFlowing && step()) schedule()
    })
  }

  function step(): boolean {
    const deliver = queue.shift()
    deliver?.()
    return deliver !== undefined
  }

  return {
    send: (deliver) => {
      queue.push(deliver)
      schedule()
    },
    step,
    deliverAll: () => {
      while (step());
    },
    cut: () => {
      queue = []
    },
    resume: () => {
      isFlowing = true
      schedule()
    },
    pause: () => {
      isFlowing = false
    },
    get waiting() {
      return queue.length
    },
  }
}
