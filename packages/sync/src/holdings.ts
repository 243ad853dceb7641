/**
 * What snapshots this device has, how large they are and when they were last used, without reading them: a log with one
 * record per transaction, folded at the start and rewritten when it has grown long. Ten thousand small records cost as
 * much to write as the snapshots themselves.
 */
import type { DocumentName } from '@fulqrun/protocol'
import type {
  DeviceStore,
  DeviceStoreName,
  DeviceTransaction,
  HoldingLine,
  HoldingRecord,
  RemovedLine,
} from './device-store.ts'
import { copies } from './packs.ts'

/** Records after which the log is rewritten. */
const compactAt = 200
/** Lines in one record of a rewritten log. */
const linesPerRecord = 2_000

export class Holdings {
  readonly #lines = new Map<DocumentName, HoldingLine>()
  #bytes = 0

  /** Of all snapshots. */
  get bytes(): number {
    return this.#bytes
  }

  get size(): number {
    return this.#lines.size
  }

  get(name: DocumentName): HoldingLine | undefined {
    return this.#lines.get(name)
  }

  all(): IterableIterator<HoldingLine> {
    return this.#lines.values()
  }

  names(): ReadonlySet<DocumentName> {
    return new Set(this.#lines.keys())
  }

  /** Reads what is here, also what other tabs have stored meanwhile. Rejects when there is no database. */
  async load(store: DeviceStore): Promise<void> {
    const { log, count } = await store.read([...holdingStores], async (transaction) => {
      const [records, stored] = await Promise.all([
        transaction.objectStore('holdings').getAll(),
        copies.count(transaction),
      ])
      return { log: records, count: stored }
    })
    const latest = foldLines(log)
    // A record of the log is damaged, or it is a log of before: what is here is looked at.
    const isWhole = latest.size === count
    const lines = isWhole ? latest : await repair(store)
    this.#lines.clear()
    this.#bytes = 0
    for (const line of lines.values()) this.set(line)
    if (isWhole && log.length > compactAt) await compact(store)
  }

  set(line: HoldingLine): void {
    this.#bytes += line.bytes - (this.#lines.get(line.name)?.bytes ?? 0)
    this.#lines.set(line.name, line)
  }

  delete(name: DocumentName): void {
    this.#bytes -= this.#lines.get(name)?.bytes ?? 0
    this.#lines.delete(name)
  }
}

/** Stores that a transaction must cover to store or remove copies. */
export const holdingStores: readonly DeviceStoreName[] = [...copies.stores, 'holdings']

/** Notes what a transaction stores. */
export async function note(transaction: DeviceTransaction, lines: HoldingRecord): Promise<void> {
  if (lines.length > 0) await transaction.objectStore('holdings').add(lines)
}

/** Removes copies, and notes that they are gone. */
export async function forgetCopies(
  transaction: DeviceTransaction,
  names: readonly DocumentName[],
): Promise<void> {
  const lines = names.map((name): RemovedLine => ({ name, isRemoved: true }))
  await Promise.all([copies.remove(transaction, names), note(transaction, lines)])
}

/** The last line of each copy that is here. */
export function foldLines(log: readonly HoldingRecord[]): ReadonlyMap<DocumentName, HoldingLine> {
  const latest = new Map<DocumentName, HoldingLine>()
  for (const record of log) {
    if (!Array.isArray(record)) continue
    for (const line of record as readonly unknown[]) {
      if (isRemovedLine(line)) latest.delete(line.name)
      else if (isLine(line)) latest.set(line.name, line)
    }
  }
  return latest
}

/** In one transaction, so that what another tab adds meanwhile is either read here or stays. */
async function compact(store: DeviceStore): Promise<void> {
  await store.writeRelaxed(['holdings'], async (transaction) => {
    await rewrite(transaction, foldLines(await transaction.objectStore('holdings').getAll()))
  })
}

/** Writes the log anew from the copies themselves. One of which nothing is noted is asked for again, and found unchanged. */
async function repair(store: DeviceStore): Promise<ReadonlyMap<DocumentName, HoldingLine>> {
  return await store.writeRelaxed([...holdingStores], async (transaction) => {
    const noted = foldLines(await transaction.objectStore('holdings').getAll())
    const names = await copies.mend(transaction)
    const lines = new Map(
      [...names].map((name) => [name, noted.get(name) ?? { name, head: 0, bytes: 0, at: 0, usedAt: 0 }]),
    )
    await rewrite(transaction, lines)
    return lines
  })
}

async function rewrite(
  transaction: DeviceTransaction,
  kept: ReadonlyMap<DocumentName, HoldingLine>,
): Promise<void> {
  const log = transaction.objectStore('holdings')
  await log.clear()
  const lines = [...kept.values()]
  for (let at = 0; at < lines.length; at += linesPerRecord)
    await log.add(lines.slice(at, at + linesPerRecord))
}

function isRemovedLine(value: unknown): value is RemovedLine {
  return typeof value === 'object' && value !== null && 'isRemoved' in value && value.isRemoved === true
}

function isLine(value: unknown): value is HoldingLine {
  if (typeof value !== 'object' || value === null) return false
  const { name, head, bytes } = value as Record<string, unknown>
  return typeof name === 'string' && typeof head === 'number' && typeof bytes === 'number'
}
