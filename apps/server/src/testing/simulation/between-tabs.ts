import type { Ports } from '@fulqrun/sync'

type LockPort = NonNullable<Ports['lock']>
type LockRequest = Parameters<LockPort>[1]
type LinePort = ReturnType<NonNullable<Ports['openLine']>>

/** Web Locks of one device: first come, first served; what a dead tab held is free. */
export class DeviceLocks {
  readonly #held: Held[] = []
  readonly #waiting: Waiting[] = []

  /** The locks as one tab uses them. */
  portOf(tab: object): LockPort {
    return async (name, request, body) => {
      if (request.steal === true) this.#steal(name)
      else if (!this.#isFree(name, request.mode)) {
        if (request.ifAvailable === true) return undefined
        await this.#wait(tab, name, request)
      }
      return this.#hold({ tab, name, mode: request.mode }, body)
    }
  }

  /** The tab is gone, with everything that it held and waited for. */
  release(tab: object): void {
    for (const held of this.#held.filter((each) => each.tab === tab)) this.#let(held)
    for (const waiting of this.#waiting.filter((each) => each.tab === tab)) remove(this.#waiting, waiting)
  }

  async #hold<T>(held: Omit<Held, 'lose'>, body: () => Promise<T>): Promise<T> {
    const lost = Promise.withResolvers<never>()
    const mine: Held = { ...held, lose: () => lost.reject(new DOMException('stolen', 'AbortError')) }
    this.#held.push(mine)
    try {
      return await Promise.race([body(), lost.promise])
    } finally {
      this.#let(mine)
    }
  }

  #wait(tab: object, name: string, { mode, signal }: LockRequest): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { tab, name, mode, take: resolve }
      this.#waiting.push(waiting)
      signal?.addEventListener('abort', () => {
        remove(this.#waiting, waiting)
        reject(new DOMException('not waited for any more', 'AbortError'))
      })
    })
  }

  #steal(name: string): void {
    for (const held of this.#held.filter((each) => each.name === name)) {
      remove(this.#held, held)
      held.lose()
    }
  }

  #let(held: Held): void {
    remove(this.#held, held)
    const next = this.#waiting.find(({ name, mode }) => name === held.name && this.#isFree(name, mode))
    if (next === undefined) return
    remove(this.#waiting, next)
    next.take()
  }

  #isFree(name: string, mode: LockRequest['mode']): boolean {
    const holders = this.#held.filter((each) => each.name === name)
    return holders.length === 0 || (mode === 'shared' && holders.every((each) => each.mode === 'shared'))
  }
}

interface Held {
  readonly tab: object
  readonly name: string
  readonly mode: LockRequest['mode']
  lose(): void
}

interface Waiting {
  readonly tab: object
  readonly name: string
  readonly mode: LockRequest['mode']
  take(): void
}

function remove<T>(list: T[], item: T): void {
  const index = list.indexOf(item)
  if (index >= 0) list.splice(index, 1)
}

/** Broadcast channels of one device. */
export class DeviceLines {
  readonly #lines = new Set<Line>()

  open(tab: object, name: string): LinePort {
    const port: LinePort = {
      onmessage: null,
      post: (message) => {
        const heard = [...this.#lines].filter((each) => each.name === name && each.port !== port)
        // As the platform does: later, and a copy.
        for (const line of heard) setTimeout(() => line.port.onmessage?.(structuredClone(message)), 0)
      },
      close: () => {
        this.#lines.delete(line)
      },
    }
    const line: Line = { tab, name, port }
    this.#lines.add(line)
    return port
  }

  /** The tab is gone and hears nothing any more. */
  release(tab: object): void {
    for (const line of this.#lines) if (line.tab === tab) this.#lines.delete(line)
  }
}

interface Line {
  readonly tab: object
  readonly name: string
  readonly port: LinePort
}
