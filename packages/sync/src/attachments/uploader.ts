/**
 * Sends the files that wait, one after the other, for ever.
 *
 * - FILE-3 A file is sent until the server has it; no number of failures gives it up. What the network broke is tried
 *   again after seconds, what the server refused after minutes, and both at once when somebody asks or the network is
 *   back.
 * - FILE-4 One tab of a device sends at a time; the others hear how far it is when it is done with a file.
 */
import { isErrorCode, reactionTo } from '@fulqrun/protocol'
import type { LinePort, Ports } from '../ports.ts'
import { createStore, type Store } from '../store.ts'
import type { FileShelf, UploadRecord } from './file-shelf.ts'
import { sendFile } from './send-file.ts'
import type { AttachmentProblem, UploadStatus } from './types.ts'

export interface UploaderOptions {
  readonly ports: Ports
  readonly shelf: FileShelf
  readonly baseUrl: string
  readonly userId: string
}

/** First wait after a broken attempt, doubled with each up to the cap. */
const retryBaseMs = 2_000
const retryCapMs = 5 * 60_000
/** What the server refuses may be taken later: somebody makes room, a role changes. */
const refusedRetryMs = 15 * 60_000
/** Another tab sends: how it went is looked at after this, unless it says so before. */
const otherTabMs = 10_000

export class Uploader {
  readonly uploads: Store<ReadonlyMap<string, UploadStatus>>
  readonly #options: UploaderOptions
  readonly #uploads = createStore<ReadonlyMap<string, UploadStatus>>(new Map())
  readonly #line: LinePort | undefined
  readonly #stopSignals: () => void
  #failures = 0
  #running: Promise<void> | undefined
  #isWanted = false
  #cancelRetry: (() => void) | undefined
  #isClosed = false

  constructor(options: UploaderOptions) {
    this.#options = options
    this.uploads = this.#uploads
    this.#line = options.ports.openLine?.(`${this.#lockName}-line`)
    if (this.#line !== undefined) this.#line.onmessage = () => void this.refresh()
    this.#stopSignals = options.ports.watchSignals((signal) => {
      if (signal === 'online' || signal === 'visible') this.retry()
    })
  }

  /** Reads what waits on the device. Never rejects. */
  async refresh(): Promise<void> {
    const records = await this.#waiting()
    if (records === undefined) return
    const before = this.#uploads.get()
    this.#uploads.set(
      new Map(records.map((record) => [record.id, before.get(record.id) ?? statusOf(record)])),
    )
  }

  /** Sends now, however long the next attempt was off. */
  retry(): void {
    this.#failures = 0
    this.#start()
  }

  /** Something was added. */
  added(record: UploadRecord): void {
    this.#uploads.set(new Map([...this.#uploads.get(), [record.id, statusOf(record)]]))
    this.#tell()
    this.#start()
  }

  /** Some were given up, and wait no more. Never rejects. */
  async dropped(): Promise<void> {
    await this.refresh()
    this.#tell()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#stopSignals()
    this.#cancelRetry?.()
    this.#line?.close()
    await this.#running
  }

  get #lockName(): string {
    return `fulqrun-files-${this.#options.userId}`
  }

  /** Undefined when the database cannot be read. */
  async #waiting(): Promise<readonly UploadRecord[] | undefined> {
    try {
      return (await this.#options.shelf.uploads()).filter(({ isSent }) => !isSent)
    } catch {
      return undefined
    }
  }

  #start(): void {
    if (this.#isClosed) return
    this.#cancelRetry?.()
    this.#cancelRetry = undefined
    if (this.#running !== undefined) {
      this.#isWanted = true
      return
    }
    this.#isWanted = false
    this.#running = this.#round().then((waitMs) => {
      this.#running = undefined
      if (this.#isWanted) this.#start()
      else if (waitMs !== undefined) this.#startAfter(waitMs)
    })
  }

  #startAfter(ms: number): void {
    if (this.#isClosed) return
    this.#cancelRetry = this.#options.ports.startTimer(ms, () => this.#start())
  }

  /** Tries every file once; answers after how long to try again, undefined when nothing waits. Never rejects. */
  async #round(): Promise<number | undefined> {
    const { lock } = this.#options.ports
    const send = () => this.#sendAll()
    try {
      if (lock === undefined) return await send()
      const wait = await lock(this.#lockName, { mode: 'exclusive', ifAvailable: true }, async () => ({
        ms: await send(),
      }))
      if (wait !== undefined) return wait.ms
      await this.refresh()
      return this.#uploads.get().size === 0 ? undefined : otherTabMs
    } catch {
      return retryCapMs
    }
  }

  async #sendAll(): Promise<number | undefined> {
    await this.refresh()
    const records = await this.#waiting()
    if (records === undefined) return retryCapMs
    let isBroken = false
    let isRefused = false
    for (const record of records) {
      if (this.#isClosed) return undefined
      const problem = await this.#sendOne(record)
      if (problem === undefined) continue
      const isLasting = isLastingProblem(problem)
      isRefused ||= isLasting
      isBroken ||= !isLasting
      // The network is gone for the others, too.
      if (!isLasting) break
    }
    if (isBroken) {
      this.#failures += 1
      const wait = Math.min(retryCapMs, retryBaseMs * 2 ** (this.#failures - 1))
      return wait * (0.75 + this.#options.ports.random() / 2)
    }
    this.#failures = 0
    return isRefused ? refusedRetryMs : undefined
  }

  async #sendOne(record: UploadRecord): Promise<AttachmentProblem | undefined> {
    const { id, hash } = record
    this.#show(id, { state: 'sending', problem: undefined })
    const problem = await this.#attempt(record, hash)
    if (problem === undefined) {
      const { [id]: _sent, ...rest } = Object.fromEntries(this.#uploads.get())
      this.#uploads.set(new Map(Object.entries(rest)))
      this.#tell()
    } else this.#show(id, { state: isLastingProblem(problem) ? 'failed' : 'waiting', problem })
    return problem
  }

  async #attempt(record: UploadRecord, hash: string): Promise<AttachmentProblem | undefined> {
    const { shelf } = this.#options
    try {
      const blob = await shelf.bytesOf(hash)
      // The database lost it, or it was damaged: the entry stays, and says that it waits for this device.
      if (blob === undefined) return 'attachment/damaged'
      const outcome = await sendFile(this.#options, record, blob.bytes, (sent) =>
        this.#show(record.id, { sent }),
      )
      if (!outcome.ok) return outcome.problem
      await shelf.sent(record.id)
      return undefined
    } catch {
      return 'storage/failed'
    }
  }

  #show(id: string, change: Partial<UploadStatus>): void {
    const known = this.#uploads.get().get(id)
    if (known === undefined) return
    this.#uploads.set(new Map([...this.#uploads.get(), [id, { ...known, ...change }]]))
  }

  #tell(): void {
    this.#line?.post('changed')
  }
}

function statusOf({ id, document, name, size, at }: UploadRecord): UploadStatus {
  return { id, document, name, size, sent: 0, state: 'waiting', since: at }
}

/** Whether trying again at once is of no use: somebody has to do something first. */
function isLastingProblem(problem: AttachmentProblem): boolean {
  if (problem === 'attachment/damaged' || problem === 'attachment/hash-mismatch') return true
  return isErrorCode(problem) && reactionTo(problem) !== 'retry'
}
