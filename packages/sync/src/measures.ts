/**
 * What the connection was like, minute by minute, for the last hour: a ring of counters that costs no memory per frame.
 * Minutes are kept in the device's database, where all tabs add to them, and are there after a restart.
 */
import type { DeviceStore } from './device-store.ts'
import type { Ports } from './ports.ts'
import type { SessionObserver } from './session.ts'
import { createStore, type Store } from './store.ts'

export interface MinuteMeasures {
  /** Device time at which the minute began. */
  readonly at: number
  /** Of pings, ms; undefined when none was answered. */
  readonly latencyP50?: number | undefined
  readonly latencyMax?: number | undefined
  readonly sentBytes: number
  readonly receivedBytes: number
  /** Both ways. */
  readonly frames: number
  readonly reconnects: number
  readonly errors: number
  /** Changes that the server acknowledged. */
  readonly acknowledged: number
}

export interface SyncMeasures {
  /** The last hour, oldest first; minutes in which nothing happened are left out. */
  readonly minutes: readonly MinuteMeasures[]
  /** Of the last ping, ms. */
  readonly latencyMs?: number | undefined
  /** Device time since when a socket is open. */
  readonly connectedSince?: number | undefined
}

export const noMeasures: SyncMeasures = { minutes: [] }

/** Screens are told this often at most. */
export const tellMs = 2_000
const minuteMs = 60_000
const keptMinutes = 60

const counters = [
  'sentBytes',
  'receivedBytes',
  'frames',
  'reconnects',
  'errors',
  'acknowledged',
  'latencyMax',
] as const
type Counter = (typeof counters)[number]
const columns = Object.fromEntries(counters.map((name, index) => [name, index])) as Record<Counter, number>

/** Upper ends of the buckets that latencies are counted in, ms; the last takes the rest. */
const buckets = Array.from({ length: 24 }, (_, index) => Math.round(2 ** (index / 1.5) * 2))

/** One minute as it is stored: counters and latency buckets, so that minutes of several tabs can be added up. */
export interface StoredMinute {
  readonly at: number
  readonly counts: readonly number[]
  readonly latencies: readonly number[]
}

export class Measures implements SessionObserver {
  readonly state: Store<SyncMeasures>
  readonly #ports: Pick<Ports, 'now' | 'startTimer'>
  readonly #store = createStore<SyncMeasures>(noMeasures)
  /** Which minute (time / 60,000) each place of the ring holds. */
  readonly #minuteOf = new Float64Array(keptMinutes)
  readonly #counts = new Float64Array(keptMinutes * counters.length)
  readonly #latencies = new Uint32Array(keptMinutes * buckets.length)
  /** What of the current minutes this tab has not written yet. */
  readonly #unwritten = new Set<number>()
  /** As they stood in the database last: only what came since is added to it, and only what others added since to ours. */
  readonly #written = new Map<number, StoredMinute>()
  /** One look at the database at a time: the next one needs to know what the one before has found. */
  #last: Promise<void> = Promise.resolve()
  #latencyMs: number | undefined
  #connectedSince: number | undefined
  #hasConnected = false
  #cancelTell: (() => void) | undefined
  #isClosed = false

  constructor(ports: Pick<Ports, 'now' | 'startTimer'>) {
    this.#ports = ports
    this.state = this.#store
  }

  connected(): void {
    if (this.#hasConnected) this.#add('reconnects', 1)
    this.#hasConnected = true
    this.#connectedSince = this.#ports.now()
    this.#tellSoon()
  }

  disconnected(): void {
    this.#connectedSince = undefined
    this.#latencyMs = undefined
    this.#tellSoon()
  }

  sent(bytes: number): void {
    this.#add('frames', 1)
    this.#add('sentBytes', bytes)
  }

  received(bytes: number): void {
    this.#add('frames', 1)
    this.#add('receivedBytes', bytes)
  }

  /** Bytes that did not go over the socket: catching up, attachments. */
  transferred(sentBytes: number, receivedBytes: number): void {
    this.#add('sentBytes', sentBytes)
    this.#add('receivedBytes', receivedBytes)
  }

  answered(ms: number): void {
    this.#latencyMs = ms
    const place = this.#place()
    const column = place * counters.length + columns.latencyMax
    this.#counts[column] = Math.max(this.#counts[column] ?? 0, ms)
    const bucket = place * buckets.length + bucketOf(ms)
    this.#latencies[bucket] = (this.#latencies[bucket] ?? 0) + 1
    this.#tellSoon()
  }

  failed(): void {
    this.#add('errors', 1)
  }

  acknowledged(changes: number): void {
    this.#add('acknowledged', changes)
  }

  /** Takes in what earlier starts and other tabs have written. Never rejects. */
  load(store: DeviceStore): Promise<void> {
    return this.#next(async () => {
      try {
        for (const stored of await store.readAll('traffic')) this.#takeIn(readStored(stored))
      } catch {
        // No database: the hour begins now.
      }
      if (!this.#isClosed) this.#tell()
    })
  }

  /** Adds what came since the last time to what is stored, and drops what is older than an hour. Never rejects. */
  save(store: DeviceStore): Promise<void> {
    return this.#next(() => this.#write(store))
  }

  close(): void {
    this.#isClosed = true
    this.#cancelTell?.()
  }

  #next(task: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(task)
    return this.#last
  }

  /** Never rejects. */
  async #write(store: DeviceStore): Promise<void> {
    const minutes = [...this.#unwritten].map((at) => ({
      minute: this.#read(at),
      before: this.#written.get(at),
    }))
    this.#unwritten.clear()
    const oldest = this.#currentMinute() - keptMinutes
    const sums: StoredMinute[] = []
    try {
      await store.writeRelaxed(['traffic'], async (transaction) => {
        const traffic = transaction.objectStore('traffic')
        for (const { minute, before } of minutes) {
          const stored = readStored(await traffic.get(minute.at)) ?? emptyMinute(minute.at)
          const sum = addUp(stored, minute, before)
          sums.push(sum)
          await traffic.put(sum, minute.at)
        }
        await traffic.delete(IDBKeyRange.upperBound(oldest))
      })
      // What this tab had then is in the sum; what it has more by now, and what others had, is seen from here.
      for (const { minute } of minutes) this.#written.set(minute.at, minute)
      for (const sum of sums) this.#takeIn(sum)
      for (const at of this.#written.keys()) if (at <= oldest) this.#written.delete(at)
    } catch {
      // Measures are not worth an error; the next time writes these, too.
      for (const { minute } of minutes) this.#unwritten.add(minute.at)
    }
  }

  #add(counter: Counter, amount: number): void {
    const column = this.#place() * counters.length + columns[counter]
    this.#counts[column] = (this.#counts[column] ?? 0) + amount
    this.#tellSoon()
  }

  #currentMinute(): number {
    return Math.floor(this.#ports.now() / minuteMs)
  }

  /** The current minute's place in the ring, emptied when another minute is in it. */
  #place(): number {
    const minute = this.#currentMinute()
    const place = minute % keptMinutes
    this.#unwritten.add(minute)
    if (this.#minuteOf[place] !== minute) this.#empty(place, minute)
    return place
  }

  #empty(place: number, minute: number): void {
    this.#unwritten.delete(this.#minuteOf[place] ?? 0)
    this.#minuteOf[place] = minute
    this.#counts.fill(0, place * counters.length, (place + 1) * counters.length)
    this.#latencies.fill(0, place * buckets.length, (place + 1) * buckets.length)
  }

  /** Adds what is stored of a minute beyond what was stored of it when it was last looked at. */
  #takeIn(minute: StoredMinute | undefined): void {
    const age = minute === undefined ? keptMinutes : this.#currentMinute() - minute.at
    if (minute === undefined || age < 0 || age >= keptMinutes) return
    const place = minute.at % keptMinutes
    if (this.#minuteOf[place] !== minute.at) this.#empty(place, minute.at)
    const { counts, latencies } = addUp(this.#read(minute.at), minute, this.#written.get(minute.at))
    this.#counts.set(counts, place * counters.length)
    this.#latencies.set(latencies, place * buckets.length)
    this.#written.set(minute.at, minute)
  }

  #read(at: number): StoredMinute {
    const place = at % keptMinutes
    if (this.#minuteOf[place] !== at) return emptyMinute(at)
    return {
      at,
      counts: [...this.#counts.subarray(place * counters.length, (place + 1) * counters.length)],
      latencies: [...this.#latencies.subarray(place * buckets.length, (place + 1) * buckets.length)],
    }
  }

  #tellSoon(): void {
    if (this.#cancelTell !== undefined || this.#isClosed) return
    this.#cancelTell = this.#ports.startTimer(tellMs, () => this.#tell())
  }

  #tell(): void {
    this.#cancelTell?.()
    this.#cancelTell = undefined
    const newest = this.#currentMinute()
    const minutes = [...this.#minuteOf]
      .filter((at) => at > newest - keptMinutes && at <= newest && at > 0)
      .sort((a, b) => a - b)
      .map((at) => describe(this.#read(at)))
    this.#store.set({ minutes, latencyMs: this.#latencyMs, connectedSince: this.#connectedSince })
  }
}

function bucketOf(ms: number): number {
  for (let index = 0; index < buckets.length - 1; index++) if (ms <= (buckets[index] ?? 0)) return index
  return buckets.length - 1
}

function emptyMinute(at: number): StoredMinute {
  return { at, counts: counters.map(() => 0), latencies: buckets.map(() => 0) }
}

function readStored(value: unknown): StoredMinute | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { at, counts, latencies } = value as Partial<StoredMinute>
  const isWhole =
    typeof at === 'number' && counts?.length === counters.length && latencies?.length === buckets.length
  return isWhole ? { at, counts, latencies } : undefined
}

/** `stored`, with what `minute` has more than `before`. */
function addUp(stored: StoredMinute, minute: StoredMinute, before: StoredMinute | undefined): StoredMinute {
  return {
    at: minute.at,
    counts: minute.counts.map((count, index) =>
      index === columns.latencyMax
        ? Math.max(count, stored.counts[index] ?? 0)
        : (stored.counts[index] ?? 0) + count - (before?.counts[index] ?? 0),
    ),
    latencies: minute.latencies.map(
      (count, index) => (stored.latencies[index] ?? 0) + count - (before?.latencies[index] ?? 0),
    ),
  }
}

function describe({ at, counts, latencies }: StoredMinute): MinuteMeasures {
  const value = (counter: Counter): number => counts[columns[counter]] ?? 0
  const answered = latencies.reduce((sum, count) => sum + count, 0)
  return {
    at: at * minuteMs,
    ...(answered === 0
      ? {}
      : {
          latencyP50: Math.min(median(latencies, answered), value('latencyMax')),
          latencyMax: value('latencyMax'),
        }),
    sentBytes: value('sentBytes'),
    receivedBytes: value('receivedBytes'),
    frames: value('frames'),
    reconnects: value('reconnects'),
    errors: value('errors'),
    acknowledged: value('acknowledged'),
  }
}

/** Upper end of the bucket that the middle one is in. */
function median(latencies: readonly number[], answered: number): number {
  let seen = 0
  const index = latencies.findIndex((count) => (seen += count) * 2 >= answered)
  return buckets[index] ?? 0
}
