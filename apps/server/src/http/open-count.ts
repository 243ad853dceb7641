/** How many of something each person has open, up to a limit. */
export class OpenCount {
  readonly #limit: number
  readonly #open = new Map<string, number>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Answers the way to close it, of which only the first call counts; undefined when there are too many. */
  open(userId: string): (() => void) | undefined {
    const before = this.#open.get(userId) ?? 0
    if (before >= this.#limit) return undefined
    this.#open.set(userId, before + 1)
    let isClosed = false
    return () => {
      if (isClosed) return
      isClosed = true
      const left = (this.#open.get(userId) ?? 0) - 1
      if (left > 0) this.#open.set(userId, left)
      else this.#open.delete(userId)
    }
  }
}
