/**
 * What the tabs of one browser share, in memory: Web Locks that can be watched, and lines between tabs over a stepped
 * network. A frozen tab gets no messages and keeps its locks, as on phones.
 */
import { createSteppedNetwork, type SteppedNetwork } from './stepped-network.ts'

/** Shapes of the sync package's ports. */
export interface FakeLine {
  onmessage: ((message: unknown) => void) | null
  post(message: unknown): void
  close(): void
}

export interface FakeLockRequest {
  readonly mode: 'exclusive' | 'shared'
  readonly ifAvailable?: boolean | undefined
  readonly steal?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

/** One tab's view of what all tabs share. */
export interface FakeTab {
  lock<T>(name: string, request: FakeLockRequest, body: () => Promise<T>): Promise<T | undefined>
  openLine(name: string): FakeLine
  /** Gets no message any more and answers none; its locks stay its own. */
  freeze(): void
  /** What was said meanwhile is lost. */
  thaw(): void
  /** The browser ends it without a word: its locks are handed on. */
  kill(): void
}

interface Wanted {
  readonly tab: object
  readonly name: string
  readonly mode: 'exclusive' | 'shared'
}

interface Held extends Wanted {
  /** Rejects when the lock is stolen. */
  readonly lost: Promise<never>
  readonly lose: (error: Error) => void
}

interface Waiting extends Wanted {
  readonly grant: (held: Held) => void
}

interface Listener {
  readonly tab: object
  readonly name: string
  readonly line: FakeLine
}

export class FakeBrowser {
  readonly network: SteppedNetwork = createSteppedNetwork()
  /** Everything that was posted, oldest first. */
  readonly posted: unknown[] = []
  #held: Held[] = []
  #waiting: Waiting[] = []
  #listeners: Listener[] = []
  readonly #frozen = new Set<object>()

  /** Locks of this name that are held. */
  holders(name: string): number {
    return this.#held.filter((held) => held.name === name).length
  }

  openTab(): FakeTab {
    const tab = {}
    return {
      lock: (name, request, body) => this.#request(tab, name, request, body),
      openLine: (name) => this.#open(tab, name),
      freeze: () => this.#frozen.add(tab),
      thaw: () => this.#frozen.delete(tab),
      kill: () => {
        this.#listeners = this.#listeners.filter((listener) => listener.tab !== tab)
        this.#waiting = this.#waiting.filter((waiting) => waiting.tab !== tab)
        this.#held = this.#held.filter((held) => held.tab !== tab)
        this.#grant()
      },
    }
  }

  #open(tab: object, name: string): FakeLine {
    const line: FakeLine = {
      onmessage: null,
      post: (message) => {
        // Closed, or its tab was ended.
        if (!this.#listeners.some((listener) => listener.line === line)) return
        const copy = structuredClone(message)
        this.posted.push(copy)
        const others = this.#listeners.filter((listener) => listener.name === name && listener.line !== line)
        for (const other of others) {
          this.network.send(() => {
            const isListening = this.#listeners.includes(other) && !this.#frozen.has(other.tab)
            if (isListening) other.line.onmessage?.(structuredClone(copy))
          })
        }
      },
      close: () => {
        this.#listeners = this.#listeners.filter((listener) => listener.line !== line)
      },
    }
    this.#listeners.push({ tab, name, line })
    return line
  }

  async #request<T>(
    tab: object,
    name: string,
    { mode, ifAvailable, steal, signal }: FakeLockRequest,
    body: () => Promise<T>,
  ): Promise<T | undefined> {
    if (steal === true) {
      const robbed = this.#held.filter((held) => held.name === name)
      this.#held = this.#held.filter((held) => held.name !== name)
      for (const { lose } of robbed) lose(new Error('AbortError: the lock was stolen'))
    } else if (!this.#isFree(name, mode) && ifAvailable === true) return undefined
    const wanted = { tab, name, mode }
    const held = this.#isFree(name, mode) ? this.#take(wanted) : await this.#wait(wanted, signal)
    try {
      return await Promise.race([body(), held.lost])
    } finally {
      this.#held = this.#held.filter((other) => other !== held)
      this.#grant()
    }
  }

  #take(wanted: Wanted): Held {
    let lose: Held['lose'] = () => undefined
    const lost = new Promise<never>((_resolve, reject) => {
      lose = reject
    })
    lost.catch(() => undefined)
    const held: Held = { ...wanted, lost, lose }
    this.#held.push(held)
    return held
  }

  #wait(wanted: Wanted, signal: AbortSignal | undefined): Promise<Held> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { ...wanted, grant: resolve }
      this.#waiting.push(waiting)
      signal?.addEventListener('abort', () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting)
        reject(new Error('AbortError: the waiting was given up'))
      })
    })
  }

  #isFree(name: string, mode: 'exclusive' | 'shared'): boolean {
    const held = this.#held.filter((other) => other.name === name)
    return mode === 'exclusive' ? held.length === 0 : held.every((other) => other.mode === 'shared')
  }

  /** In the order of asking. */
  #grant(): void {
    const isNext = ({ name, mode }: Waiting): boolean => this.#isFree(name, mode)
    for (let next = this.#waiting.find(isNext); next !== undefined; next = this.#waiting.find(isNext)) {
      const granted = next
      this.#waiting = this.#waiting.filter((other) => other !== granted)
      granted.grant(this.#take(granted))
    }
  }
}
