import type { Ports } from './ports.ts'

/** Timers by what they are for: at most one per purpose. */
export class Timers {
  readonly #ports: Pick<Ports, 'startTimer'>
  readonly #waiting = new Map<string, () => void>()
  #isClosed = false

  constructor(ports: Pick<Ports, 'startTimer'>) {
    this.#ports = ports
  }

  /** Starts a timer unless one for the same purpose runs. */
  startOnce(purpose: string, ms: number, fire: () => void): void {
    if (this.#waiting.has(purpose) || this.#isClosed) return
    const cancel = this.#ports.startTimer(ms, () => {
      this.#waiting.delete(purpose)
      fire()
    })
    this.#waiting.set(purpose, cancel)
  }

  cancel(purpose: string): void {
    this.#waiting.get(purpose)?.()
    this.#waiting.delete(purpose)
  }

  /** Cancels all of them; no timer starts any more. */
  close(): void {
    this.#isClosed = true
    for (const cancel of this.#waiting.values()) cancel()
    this.#waiting.clear()
  }
}
