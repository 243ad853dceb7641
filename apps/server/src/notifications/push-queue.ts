import type { DocumentName, PushMessage } from '@fulqrun/protocol'
import type { Logger } from '../logger.ts'
import type { Subscription } from './notification-store.ts'
import type { PushOptions, PushOutcome, SendPush } from './push-request.ts'
import type { StillDue } from './still-due.ts'

interface QueuedOptions extends PushOptions {
  /** The records that it tells of; none when it names none and only counts. */
  readonly about: readonly DocumentName[]
}

/** What became of a push; `withdrawn` when its person may not have it any more. */
export type QueueOutcome = PushOutcome['type'] | 'withdrawn'

interface Job {
  readonly to: Subscription
  readonly message: PushMessage
  readonly options: QueuedOptions
  readonly expiresAt: number
  attempt: number
}

export interface PushQueueOptions {
  readonly send: SendPush
  /** Asked right before each attempt. */
  readonly isStillDue: StillDue
  /** The push service says that there is no such device any more. */
  readonly onGone: (subscription: Subscription) => Promise<void>
  readonly onOutcome: (type: QueueOutcome) => void
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
/** Of one person: whoever names push services that never answer, or asks for test notices all day, delays only themselves. */
const maxWaitingPerPerson = 100
const firstRetryMs = 5_000
const longestRetryMs = 10 * 60_000

/**
 * Sends pushes a few at a time, and again when the push service is overloaded or away (NOT-7): after 5 s doubled up to
 * 10 minutes, half of it random, or when the push service says, until the push is no longer worth it. Nobody waits for it.
 *
 * - NOT-13 One push of a person is on its way at a time, and only so many wait: nobody can keep others from hearing.
 */
export class PushQueue {
  readonly #options: PushQueueOptions
  readonly #waiting: Job[] = []
  readonly #retries = new Map<Job, () => void>()
  /** Ids of the people to whom something is on its way. */
  readonly #busy = new Set<string>()
  #isClosed = false

  constructor(options: PushQueueOptions) {
    this.#options = options
  }

  add(to: Subscription, message: PushMessage, options: QueuedOptions): void {
    if (this.#isClosed) return
    this.#makeRoom(to.userId)
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
    while (this.#busy.size < atATime) {
      const index = this.#waiting.findIndex(({ to }) => !this.#busy.has(to.userId))
      const [job] = index === -1 ? [] : this.#waiting.splice(index, 1)
      if (job === undefined) return
      const { userId } = job.to
      this.#busy.add(userId)
      void this.#run(job).finally(() => {
        this.#busy.delete(userId)
        this.#next()
      })
    }
  }

  /** The oldest goes. */
  #makeRoom(userId: string): void {
    const own = this.#waiting.filter(({ to }) => to.userId === userId)
    const [oldest] = own.length >= maxWaitingPerPerson ? own : this.#waiting
    if (own.length < maxWaitingPerPerson && this.#waiting.length < maxWaiting) return
    if (oldest !== undefined) this.#waiting.splice(this.#waiting.indexOf(oldest), 1)
  }

  /** Never rejects. */
  async #run(job: Job): Promise<void> {
    const { onGone, onOutcome, logger } = this.#options
    // A turn of the event loop for everybody else before each encryption.
    await new Promise((resolve) => setImmediate(resolve))
    const outcome = await this.#attempt(job)
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

  /** NOT-6 Never rejects. What cannot be known is not sent, but asked again later. */
  async #attempt({ to, message, options }: Job): Promise<PushOutcome | { readonly type: 'withdrawn' }> {
    const { send, isStillDue, logger } = this.#options
    try {
      if (!(await isStillDue(to, options.about))) return { type: 'withdrawn' }
    } catch (error) {
      logger.error({ err: error }, 'whether somebody may still have a push cannot be told; it waits')
      return { type: 'later', reason: 'access is unknown' }
    }
    return await send(to, message, options)
  }

  #retry(job: Job, afterMs: number | undefined): void {
    const { now, startTimer, random } = this.#options
    const full = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(job.attempt, 10))
    const ms = Math.max(afterMs ?? 0, full * (0.5 + 0.5 * random()))
    job.attempt += 1
    if (this.#isClosed || now() + ms > job.expiresAt || this.#retries.size >= maxWaiting) return
    const own = [...this.#retries.keys()].filter(({ to }) => to.userId === job.to.userId)
    if (own.length >= maxWaitingPerPerson) return
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
