/**
 * What snapshots this device has, how large they are and when they were last used, without reading them: a log with one
 * record per transaction, folded at the start and rewritten when it has grown long. Ten thousand small records cost as
 * much to write as the snapshots themselves.
 */
import type { DocumentName } from '@fulqrun/protocol'
import type { DeviceStore, DeviceTransaction, HoldingLine } from './device-store.ts'

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
    const { names, log } = await store.read(['snapshots', 'holdings'], async (transaction) => {
      const [keys, records] = await Promise.all([
        transaction.objectStore('snapshots').getAllKeys(),
        transaction.objectStore('holdings').getAll(),
      ])
      return { names: keys as DocumentName[], log: records }
    })
    const latest = new Map<DocumentName, HoldingLine>()
    for (const record of log)
      if (Array.isArray(record)) for (const line of record.filter(isLine)) latest.set(line.name, line)
    this.#lines.clear()
    this.#bytes = 0
    // One that the log does not know, because a record of it was damaged, is asked for again and found unchanged.
    for (const name of names) this.set(latest.get(name) ?? { name, head: 0, bytes: 0, at: 0, usedAt: 0 })
    if (log.length > compactAt) await this.#compact(store)
  }

  set(line: HoldingLine): void {
    this.#bytes += line.bytes - (this.#lines.get(line.name)?.bytes ?? 0)
    this.#lines.set(line.name, line)
  }

  delete(name: DocumentName): void {
    this.#bytes -= this.#lines.get(name)?.bytes ?? 0
    this.#lines.delete(name)
  }

  /** In one transaction, so that what another tab adds meanwhile is either read here or stays. */
  async #compact(store: DeviceStore): Promise<void> {
    await store.writeRelaxed(['holdings'], async (transaction) => {
      const log = transaction.objectStore('holdings')
      const kept = new Map<DocumentName, HoldingLine>()
      for (const record of await log.getAll())
        if (Array.isArray(record))
          for (const line of record.filter(isLine)) if (this.#lines.has(line.name)) kept.set(line.name, line)
      await log.clear()
      const lines = [...kept.values()]
      for (let at = 0; at < lines.length; at += linesPerRecord)
        await log.add(lines.slice(at, at + linesPerRecord))
    })
  }
}

/** Notes what a transaction stores; the transaction must cover `holdings`. */
export async function note(transaction: DeviceTransaction, lines: readonly HoldingLine[]): Promise<void> {
  if (lines.length > 0) await transaction.objectStore('holdings').add(lines)
}

function isLine(value: unknown): value is HoldingLine {
  if (typeof value !== 'object' || value === null) return false
  const { name, head, bytes } = value as Record<string, unknown>
  return typeof name === 'string' && typeof head === 'number' && typeof bytes === 'number'
}
