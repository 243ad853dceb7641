import type { PushMessage } from '@fulqrun/protocol'
import type { Logger } from '../logger.ts'
import type { Subscription } from './notification-store.ts'
import type { PushOptions, PushOutcome, SendPush } from './push-request.ts'

interface Job {
  readonly to: Subscription
  readonly message: PushMessage
  readonly options: PushOptions
  readonly expiresAt: number
  attempt: number
}

export interface PushQueueOptions {
  readonly send: SendPush
  /** The push service says that there is no such device any more. */
  readonly onGone: (subscription: Subscription) => Promise<void>
  readonly onOutcome: (type: PushOutcome['type']) => void
  readonly logger: Logger
  readonly now: () => number
  /** Runs `fire` once after `ms`; the result cancels it. */
  readonly startTimer: (ms: number, fire: () => void) => () => void
  readonly random: () => number
}

/** Encrypting takes about a millisecond of the event loop, and push services mind bursts. */
const atATime = 4
/** What waits for devices that cannot be reached must not fill the memory: the oldest goes, its content is in the inbox. */
const maxWaiting = 5_000
const firstRetryMs = 5_000
const longestRetryMs = 10 * 60_000

/**
 * Sends pushes a few at a time, and again when the push service is overloaded or away (NOT-7): after 5 s doubled up to
 * 10 minutes, half of it random, or when the push service says, until the push is no longer worth it. Nobody waits for it.
 */
export class PushQueue {
  readonly #options: PushQueueOptions
  readonly #waiting: Job[] = []
  readonly #retries = new Map<Job, () => void>()
  #running = 0
  #isClosed = false

  constructor(options: PushQueueOptions) {
    this.#options = options
  }

  add(to: Subscription, message: PushMessage, options: PushOptions): void {
    if (this.#isClosed) return
    if (this.#waiting.length >= maxWaiting) this.#waiting.shift()
    const expiresAt = this.#options.now() + options.ttl * 1000
    this.#waiting.push({ to, message, options, expiresAt, attempt: 0 })
    this.#next()
  }

  /** Drops what waits: the inbox has it all. */
  close(): void {
    this.#isClosed = true
    this.#waiting.length = 0
    for (const cancel of this.#retries.values()) cancel()
    this.#retries.clear()
  }

  #next(): void {
    while (this.#running < atATime) {
      const job = this.#waiting.shift()
      if (job === undefined) return
      this.#running += 1
      void this.#run(job).finally(() => {
        this.#running -= 1
        this.#next()
      })
    }
  }

  /** Never rejects. */
  async #run(job: Job): Promise<void> {
    const { send, onGone, onOutcome, logger } = this.#options
    // A turn of the event loop for everybody else before each encryption.
    await new Promise((resolve) => setImmediate(resolve))
    const outcome = await send(job.to, job.message, job.options)
    onOutcome(outcome.type)
    if (outcome.type === 'later') this.#retry(job, outcome.afterMs)
    if (outcome.type === 'failed') logger.error({ reason: outcome.reason }, 'a push cannot be sent')
    if (outcome.type !== 'gone') return
    try {
      await onGone(job.to)
    } catch (error) {
      logger.error({ err: error }, 'an ended push subscription could not be removed')
    }
  }

  #retry(job: Job, afterMs: number | undefined): void {
    const { now, startTimer, random } = this.#options
    const full = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(job.attempt, 10))
    const ms = Math.max(afterMs ?? 0, full * (0.5 + 0.5 * random()))
    job.attempt += 1
    if (this.#isClosed || now() + ms > job.expiresAt || this.#retries.size >= maxWaiting) return
    this.#retries.set(
      job,
      startTimer(ms, () => {
        this.#retries.delete(job)
        this.#waiting.push(job)
        this.#next()
      }),
    )
  }
}
