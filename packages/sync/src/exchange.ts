/** The two binary exchanges of catching up, `POST /api/sync/push` and `/pull`, for the app and the service worker. */
import {
  encodePullRequest,
  encodePush,
  endpoints,
  isErrorCode,
  personHeader,
  PullDecoder,
  type PullRecord,
  type PullWant,
  type PushedUpdate,
  type PushVerdict,
} from '@fulqrun/protocol'
import type { FetchAnswer, Ports } from './ports.ts'
import { SyncError } from './sync-error.ts'

export interface ExchangeOptions {
  readonly ports: Pick<Ports, 'fetch' | 'startTimer'>
  readonly baseUrl: string
  /** Whose work it is; the server refuses it from a session of anybody else. */
  readonly userId: string
  /** An exchange in which nothing arrives for this long is given up, in ms. */
  readonly silenceMs: number
  /** Further headers, as that of the device. */
  headers?(): Readonly<Record<string, string>>
}

/** Below this, compressing costs more than it saves. */
const gzipFromBytes = 1_024

export class Exchange {
  readonly #options: ExchangeOptions
  /** What is under way. */
  readonly #open = new Set<AbortController>()

  constructor(options: ExchangeOptions) {
    this.#options = options
  }

  /**
   * Sends updates; resolves with a verdict for each, in their order, when all of them are on the server's disk. Rejects
   * with a SyncError `api/…`: nothing is known to have arrived then, and sending it again does no harm.
   */
  push(updates: readonly PushedUpdate[]): Promise<readonly PushVerdict[]> {
    return this.#post(endpoints.push, encodePush(updates), async (answer) => {
      const verdicts = readVerdicts(await answer.json())
      const isOurs =
        verdicts?.length === updates.length &&
        verdicts.every(({ name }, index) => name === updates[index]?.name)
      if (verdicts === undefined || !isOurs)
        throw new SyncError('api/unexpected', { detail: 'verdicts that are not about what was pushed' })
      return verdicts
    })
  }

  /**
   * Asks for what is missing of documents and hands it on as it comes, verified. Rejects with a SyncError `api/…` when
   * the answer is cut or damaged: what has been handed on is whole, the rest is to be asked for again.
   */
  pull(wants: readonly PullWant[], take: (records: readonly PullRecord[]) => Promise<void>): Promise<void> {
    return this.#post(endpoints.pull, encodePullRequest(wants), async (answer, arrived) => {
      const decoder = new PullDecoder()
      for await (const chunk of answer.chunks()) {
        arrived()
        const records = decoder.push(chunk)
        if (records.length > 0) await take(records)
        arrived()
      }
      decoder.finish()
    })
  }

  /** Gives up what is under way: whoever leaves does not wait for a server that takes its time. */
  close(): void {
    for (const abort of this.#open) abort.abort()
  }

  async #post<T>(
    path: string,
    body: Uint8Array,
    read: (answer: FetchAnswer, arrived: () => void) => Promise<T>,
  ): Promise<T> {
    const { ports, baseUrl, userId, silenceMs } = this.#options
    const abort = new AbortController()
    this.#open.add(abort)
    let cancel = ports.startTimer(silenceMs, () => abort.abort())
    const arrived = (): void => {
      cancel()
      cancel = ports.startTimer(silenceMs, () => abort.abort())
    }
    try {
      const packed = await pack(body)
      const answer = await ports.fetch(`${baseUrl}${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/octet-stream',
          [personHeader]: userId,
          ...this.#options.headers?.(),
          ...(packed === body ? {} : { 'content-encoding': 'gzip' }),
        },
        body: packed,
        signal: abort.signal,
      })
      arrived()
      if (!answer.ok) throw await problemOf(answer, path)
      // Captive portals answer everything with a page.
      if (answer.header('content-type')?.startsWith('text/html') === true)
        throw new SyncError('api/unexpected', { detail: path })
      return await read(answer, arrived)
    } catch (error) {
      throw error instanceof SyncError
        ? error
        : new SyncError('api/unreachable', { cause: error, detail: path })
    } finally {
      cancel()
      this.#open.delete(abort)
    }
  }
}

/** 401 and somebody else's session: nothing of this person's work goes out. The rest passes, or is a server of before. */
async function problemOf(answer: FetchAnswer, path: string): Promise<SyncError> {
  const detail = `${path} ${answer.status}`
  const body: unknown = await answer.json().catch(() => undefined)
  const code = isObject(body) ? body['code'] : undefined
  if (answer.status === 401 || code === 'auth/other-person')
    return new SyncError('api/signed-out', { detail })
  const isUnknown = answer.status === 404 || answer.status === 405
  return new SyncError(isUnknown ? 'api/unexpected' : 'api/unreachable', { detail })
}

async function pack(body: Uint8Array): Promise<Uint8Array> {
  if (body.byteLength < gzipFromBytes || typeof CompressionStream === 'undefined') return body
  const stream = new Blob([body as BlobPart]).stream().pipeThrough(new CompressionStream('gzip'))
  const packed = new Uint8Array(await new Response(stream).arrayBuffer())
  return packed.byteLength < body.byteLength ? packed : body
}

function readVerdicts(body: unknown): readonly PushVerdict[] | undefined {
  const verdicts = isObject(body) ? body['verdicts'] : undefined
  if (!Array.isArray(verdicts)) return undefined
  return verdicts.flatMap((value: unknown): readonly PushVerdict[] => {
    if (!isObject(value) || typeof value['name'] !== 'string') return []
    const { name, accepted, code, putBack } = value
    return [
      {
        name,
        accepted: accepted === true,
        ...(isErrorCode(code) ? { code } : {}),
        putBack: Array.isArray(putBack) ? (putBack as PushVerdict['putBack']) : [],
      },
    ]
  })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
