import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { constants, createGzip } from 'node:zlib'
import {
  decodePullRequest,
  endpoints,
  goneRecord,
  limits,
  PullBatch,
  pullEnd,
  type PullWant,
} from '@fulqrun/protocol'
import { Hono } from 'hono'
import type { AccessDirectory } from '../accounts/access-directory.ts'
import type { Principal } from '../accounts/principal.ts'
import type { DocumentHost } from '../documents/document-host.ts'
import { PullSource } from '../documents/pull-source.ts'
import type { Logger } from '../logger.ts'
import type { DocumentStore } from '../store/document-store.ts'
import type { SyncCounters } from '../sync-counters.ts'
import { binaryBody } from './binary-body.ts'
import { limitBody } from './body.ts'
import { type HttpEnv, requirePrincipal } from './environment.ts'
import { assertPerson } from './named-person.ts'
import { OpenCount } from './open-count.ts'
import { HttpProblem } from './problem.ts'
import { untilStalled } from './until-stalled.ts'

export interface PullServices {
  readonly documents: DocumentHost
  readonly store: Pick<DocumentStore, 'contents'>
  readonly counters: Pick<SyncCounters, 'pulled' | 'caughtUp'>
  /** A client that takes nothing for this long, in ms, is dropped. */
  readonly stallMs?: number | undefined
}

/** Each holds what was read for it in memory. A device has one at a time, and nobody has so many devices at once. */
const maxPullsPerPerson = 6
/** A batch takes this long over a line of 2 kB a second. */
const defaultStallMs = 120_000

/** Documents read from disk at a time. */
const wantsPerRead = 50
/** Everybody else's edits wait no longer than this for a pull. */
const turnMs = 4
/** Fast rather than small: territories go over fast networks as well, and the server's own time is what everybody shares. */
const gzipLevel = 3

/**
 * What a device lacks of many documents: `POST /api/sync/pull`, described in `packages/protocol`.
 *
 * - PULL-5 Access is looked at again for each document when its turn comes; when the session ends the answer is cut.
 * - PULL-7 Batches are made as the client takes them.
 * - PULL-10 A person has a few of them at once, and one that nobody reads ends.
 */
export function pullRoutes(services: PullServices): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>()
  const pulls = new OpenCount(maxPullsPerPerson)
  app.post(endpoints.pull, limitBody(limits.maxPullBytes), async (c) => {
    const principal = await requirePrincipal(c)
    assertPerson(c, principal)
    const wants = decodePullRequest(await binaryBody(c, limits.maxPullBytes))
    const { directory } = c.get('accounts')
    const close = pulls.open(principal.user.id)
    if (close === undefined)
      throw new HttpProblem('server/overloaded', { detail: 'Too many pulls at once', retryAfter: 5 })
    const order = { ...services, directory, logger: c.get('logger'), principal, wants }
    const batches = untilStalled(pull(order), {
      stallMs: services.stallMs ?? defaultStallMs,
      // The writer of the answer waits for the reader, who is not there: only the socket can be ended.
      drop: () => c.env?.outgoing?.destroy(),
    })
    const isCompressed = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(c.req.header('accept-encoding') ?? '')
    c.header('content-type', 'application/octet-stream')
    c.header('cache-control', 'no-store, no-transform')
    if (isCompressed) c.header('content-encoding', 'gzip')
    return c.body(streamOf(batches, { isCompressed, close }))
  })
  return app
}

/** `close` is called at the end, also of one that was given up before anything was read. */
function streamOf(
  batches: AsyncGenerator<Uint8Array>,
  { isCompressed, close }: { readonly isCompressed: boolean; readonly close: () => void },
): ReadableStream {
  const source = Readable.from(batches, { objectMode: true, highWaterMark: 1 })
  source.on('close', close)
  if (!isCompressed) return Readable.toWeb(source) as ReadableStream
  // Each batch is sent whole, so that the device has it while the next one is made.
  const gzip = createGzip({ level: gzipLevel, flush: constants.Z_SYNC_FLUSH })
  source.on('error', (error) => gzip.destroy(error))
  gzip.on('close', () => source.destroy())
  return Readable.toWeb(source.pipe(gzip)) as ReadableStream
}

interface Pull extends PullServices {
  readonly directory: AccessDirectory
  readonly logger: Logger
  readonly principal: Principal
  readonly wants: readonly PullWant[]
}

/** The batches of an answer. Ends without the last one when it cannot go on: the device asks for the rest again. */
async function* pull(order: Pull): AsyncGenerator<Uint8Array> {
  const { directory, principal, counters } = order
  const started = performance.now()
  directory.watch(principal)
  try {
    if (yield* pullAll(order)) yield pullEnd
  } catch (error) {
    // A client that goes away ends the stream with an abort.
    const isGone = error instanceof Error && error.name === 'AbortError'
    if (!isGone) order.logger.error({ err: error }, 'a pull could not be answered to its end')
  } finally {
    directory.unwatch(principal.sessionId)
    counters.caughtUp('pull', performance.now() - started)
  }
}

/** False when the session ended before everything was sent. */
async function* pullAll({
  directory,
  principal,
  wants,
  counters,
  ...services
}: Pull): AsyncGenerator<Uint8Array, boolean> {
  const source = new PullSource(services)
  let batch = new PullBatch()
  let turn = performance.now()
  for (let at = 0; at < wants.length; at += wantsPerRead) {
    const asked = wants.slice(at, at + wantsPerRead)
    const reader = directory.current(principal.sessionId)
    if (reader === undefined) return false
    const contents = await source.fetch(asked, reader)
    for (const want of asked) {
      const current = directory.current(principal.sessionId)
      if (current === undefined) return false
      const record =
        source.recordOf(want, current, contents) ??
        source.recordOf(want, current, await source.fetch([want], current)) ??
        // Opened and closed again while it was read: nothing is wrong with it.
        goneRecord(want.name, 'server/overloaded')
      counters.pulled(record.status, record.update.byteLength)
      batch.add(record)
      if (batch.bytes >= limits.pullBatchBytes) {
        yield batch.take()
        batch = new PullBatch()
      }
      if (performance.now() - turn > turnMs) {
        await setImmediate()
        turn = performance.now()
      }
    }
  }
  if (batch.bytes > 0) yield batch.take()
  return true
}
