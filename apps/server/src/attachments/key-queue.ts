/** Runs what is asked for under one key one after the other, and what is under different keys side by side. */
export class KeyQueue {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Resolves or rejects as `task` does; a task that fails does not stop the next one. */
  run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const previous = this.#last.get(key) ?? Promise.resolve()
    const result = previous.then(task, task)
    this.#last.set(key, result)
    const forget = () => {
      if (this.#last.get(key) === result) this.#last.delete(key)
    }
    result.then(forget, forget)
    return result
  }

  /** Resolves when everything that was asked for is over. */
  async settled(): Promise<void> {
    while (this.#last.size > 0) await Promise.allSettled(this.#last.values())
  }
}
