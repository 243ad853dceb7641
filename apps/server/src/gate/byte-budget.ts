/** A token bucket over bytes: how fast one socket may send. */
export class ByteBudget {
  readonly #perSecond: number
  readonly #burst: number
  #left: number
  #at: number

  constructor(options: { readonly perSecond: number; readonly burst: number; readonly now: number }) {
    this.#perSecond = options.perSecond
    this.#burst = options.burst
    this.#left = options.burst
    this.#at = options.now
  }

  /** Takes `bytes` and returns how many milliseconds the sender has to wait before the next ones; 0 when it need not. */
  take(bytes: number, now: number): number {
    const refilled = ((now - this.#at) / 1000) * this.#perSecond
    this.#left = Math.min(this.#burst, this.#left + refilled) - bytes
    this.#at = now
    return this.#left >= 0 ? 0 : Math.ceil((-this.#left / this.#perSecond) * 1000)
  }
}
