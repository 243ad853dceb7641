import { performance } from 'node:perf_hooks'
import * as Y from 'yjs'
import { type LoadCase, scaleCase } from './cases.ts'
import { type Client, openClient } from './client.ts'
import { readCpuSeconds } from './cpu-time.ts'
import { quantile } from './statistics.ts'
import { type Identity, type SubjectId, subjects } from './subject.ts'
import { encodeUpdate } from './wire.ts'
import { type Workload, makeWorkload } from './workload.ts'

/** A load run against one server that is already up. */
export interface LoadJob {
  readonly subject: SubjectId
  readonly port: number
  /** Process whose CPU time is read around the measured window. */
  readonly pid: number
  readonly identity: Identity
  readonly load: LoadCase
  /** Share of the case that runs unmeasured first, on other documents, so that compiled code is measured. */
  readonly warmUp: number
}

export interface LoadResult {
  readonly updatesPerSecond: number
  /** Milliseconds from sending an edit to the colleague's client having received it. */
  readonly receiveP50: number
  readonly receiveP99: number
  /** Milliseconds from sending an edit to its acknowledgement; NaN for a server that acknowledges nothing. */
  readonly acknowledgeP50: number
  readonly acknowledgeP99: number
  /** Microseconds of server CPU per edit, all threads, user and system. */
  readonly cpuPerUpdate: number
  readonly seconds: number
}

/** Warms the server up, then measures. Rejects when a connection fails or an edit is refused. */
export async function runLoad(job: LoadJob): Promise<LoadResult> {
  if (job.warmUp > 0) await measure(job, scaleCase(job.load, job.warmUp))
  return measure(job, job.load)
}

async function measure(job: LoadJob, load: LoadCase): Promise<LoadResult> {
  const pairs: Pair[] = []
  try {
    const editsPerDocument = Math.max(1, Math.round(load.edits / load.documents))
    for (let index = 0; index < load.documents; index++)
      pairs.push(await openPair(job, load, editsPerDocument))
    return await drive(job, load, pairs)
  } finally {
    for (const pair of pairs) closePair(pair)
  }
}

/** Writer and colleague on one document, with the times of every edit. */
interface Pair {
  readonly workload: Workload
  readonly frames: readonly Uint8Array[]
  readonly writer: Client
  readonly reader: Client
  readonly sentAt: Float64Array
  readonly receivedAfter: Float64Array
  readonly acknowledgedAfter: Float64Array
}

async function openPair(job: LoadJob, load: LoadCase, edits: number): Promise<Pair> {
  const subject = subjects[job.subject]
  const workload = makeWorkload({ identity: job.identity, edit: load.edit, edits })
  const { name } = workload
  const door = { wire: subject.wire, name, token: job.identity.token, url: subject.socketUrl(job.port, name) }
  const writer = await openClient(door)
  await writer.deliver(workload.creation)
  const reader = await openClient(door)
  return {
    workload,
    frames: workload.edits.map((edit) => encodeUpdate(subject.wire, name, edit)),
    writer,
    reader,
    sentAt: new Float64Array(edits),
    receivedAfter: new Float64Array(edits),
    acknowledgedAfter: new Float64Array(edits),
  }
}

function closePair({ writer, reader }: Pair): void {
  writer.close()
  reader.close()
}

async function drive(job: LoadJob, load: LoadCase, pairs: readonly Pair[]): Promise<LoadResult> {
  const acknowledges = subjects[job.subject].wire === 'hocuspocus'
  const failures = pairs.flatMap(({ writer, reader }) => [writer.failed, reader.failed])
  const cpuBefore = readCpuSeconds(job.pid)
  const startedAt = performance.now()
  const runs = pairs.map((pair, index) =>
    runPair(pair, { load, acknowledges, startAfterMs: startOffset(load, index) }),
  )
  await Promise.race([Promise.all(runs), ...failures])
  const seconds = (performance.now() - startedAt) / 1000
  const cpuAfter = readCpuSeconds(job.pid)
  const edits = pairs.reduce((sum, pair) => sum + pair.frames.length, 0)
  const received = joinTimes(pairs.map((pair) => pair.receivedAfter))
  const acknowledged = acknowledges ? joinTimes(pairs.map((pair) => pair.acknowledgedAfter)) : []
  return {
    updatesPerSecond: edits / seconds,
    receiveP50: quantile(received, 0.5),
    receiveP99: quantile(received, 0.99),
    acknowledgeP50: quantile(acknowledged, 0.5),
    acknowledgeP99: quantile(acknowledged, 0.99),
    cpuPerUpdate:
      cpuBefore === undefined || cpuAfter === undefined ? Number.NaN : ((cpuAfter - cpuBefore) * 1e6) / edits,
    seconds,
  }
}

/** Paced writers start spread over one interval, as people do; the others start together. */
function startOffset(load: LoadCase, index: number): number {
  return load.pace === undefined ? 0 : (1000 / load.pace) * (index / load.documents)
}

interface PairRun {
  readonly load: LoadCase
  readonly acknowledges: boolean
  readonly startAfterMs: number
}

/** Sends all edits of a pair; resolves when the colleague has them and, where there are any, all acknowledgements came. */
function runPair(pair: Pair, { load, acknowledges, startAfterMs }: PairRun): Promise<void> {
  const { frames, writer, reader, sentAt, receivedAfter, acknowledgedAfter, workload } = pair
  const total = frames.length
  let sent = 0
  let received = 0
  let acknowledged = 0

  const mayStart = (): boolean =>
    load.pace === undefined && sent < total && sent - (acknowledges ? acknowledged : received) < load.inFlight
  const sendNext = (): void => {
    const frame = frames[sent]
    if (frame === undefined) return
    sentAt[sent++] = performance.now()
    writer.send(frame)
  }
  const fill = (): void => {
    while (mayStart()) sendNext()
  }

  return new Promise((resolve) => {
    const finishIfDone = (): void => {
      if (received === total && (!acknowledges || acknowledged === total)) resolve()
    }
    reader.onUpdate = (update) => {
      const seen = Y.parseUpdateMeta(update).to.get(workload.author) ?? 0
      const now = performance.now()
      while (received < total && (workload.clocks[received] ?? Infinity) <= seen) {
        receivedAfter[received] = now - (sentAt[received] ?? now)
        received++
      }
      if (!acknowledges) fill()
      finishIfDone()
    }
    writer.onAcknowledged = () => {
      acknowledgedAfter[acknowledged] = performance.now() - (sentAt[acknowledged] ?? 0)
      acknowledged++
      fill()
      finishIfDone()
    }
    fill()
    if (load.pace !== undefined)
      startPaced({ intervalMs: 1000 / load.pace, startAfterMs, total, send: sendNext })
  })
}

interface Pace {
  readonly intervalMs: number
  readonly startAfterMs: number
  readonly total: number
  readonly send: () => void
}

/** Calls `send` at fixed times; a late timer does not shift the ones after it. */
function startPaced({ intervalMs, startAfterMs, total, send }: Pace): void {
  const startedAt = performance.now() + startAfterMs
  let next = 0
  const tick = (): void => {
    send()
    next++
    if (next < total) setTimeout(tick, startedAt + next * intervalMs - performance.now())
  }
  setTimeout(tick, startAfterMs)
}

function joinTimes(parts: readonly Float64Array[]): Float64Array {
  const joined = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}
