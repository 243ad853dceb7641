/**
 * The copies of documents on this device: stored in batches, verified when read, and the least recently used dropped
 * when there is no room, but never one that is pinned, open, or has unsent work.
 */
import * as Y from 'yjs'
import { crc32, type DocumentName } from '@fulqrun/protocol'
import type { HoldingLine, SnapshotRecord } from './device-store.ts'
import { forgetCopies, Holdings, holdingStores, note } from './holdings.ts'
import { copies } from './packs.ts'
import { readStoredSnapshot } from './read-snapshot.ts'
import type { ReplicaHost } from './replica-shell.ts'
import type { SnapshotContent } from './replica-types.ts'
import { toStorageError } from './sync-error.ts'

export interface SnapshotsOptions {
  readonly host: Pick<ReplicaHost, 'ports' | 'store' | 'settings' | 'now' | 'isDiskUsable'>
  /** Must stay whatever the budget says. */
  isKept(name: DocumentName): boolean
  onChange(): void
}

/** Size of a record until some are here. */
const assumedBytes = 2_048
/** What of a full disk's room is given back at once, so that unsent work finds some. */
const giveBackShare = 0.1

export class Snapshots {
  readonly holdings = new Holdings()
  readonly #options: SnapshotsOptions
  /** Where there is no disk. */
  readonly #memory = new Map<DocumentName, SnapshotRecord>()
  #budget: number
  #isFull = false
  #setAside = 0
  #cancelRetry: (() => void) | undefined

  constructor(options: SnapshotsOptions) {
    this.#options = options
    this.#budget = options.host.settings.budgetBytes
  }

  get mode(): 'persistent' | 'full' | 'memory' {
    if (!this.#options.host.isDiskUsable()) return 'memory'
    return this.#isFull ? 'full' : 'persistent'
  }

  get budget(): number {
    return this.#budget
  }

  /** Copies that could not be read since the start. */
  get setAside(): number {
    return this.#setAside
  }

  /** Rejects when there is no database. */
  async load(): Promise<void> {
    const { store } = this.#options.host
    await this.holdings.load(store)
    const aside = await store.readAll('setAside')
    this.#setAside = aside.filter(({ reason }) => reason === 'damaged snapshot').length
  }

  /** `wanted`: what the person chose; otherwise a share of what the browser gives, up to the setting. */
  async setBudget(wanted: number | undefined): Promise<void> {
    const { ports, settings } = this.#options.host
    const quota = wanted ?? (await ports.estimateQuota?.())
    this.#budget =
      wanted ?? Math.min(settings.budgetBytes, quota === undefined ? Infinity : quota * settings.budgetShare)
    await this.#dropUntil(this.#budget, Infinity)
  }

  /** For how many more copies, of the usual size, there is room. */
  get room(): number {
    const { size, bytes } = this.holdings
    const usual = size === 0 ? assumedBytes : Math.max(1, bytes / size)
    return this.mode === 'full' ? 0 : Math.max(0, Math.floor((this.#budget - bytes) / usual))
  }

  inMemory(name: DocumentName): SnapshotContent | undefined {
    return this.#memory.get(name)
  }

  /** Rejects when the disk does. */
  async read(name: DocumentName): Promise<SnapshotContent | undefined> {
    const { store, ports } = this.#options.host
    if (this.mode === 'memory') return this.inMemory(name)
    const { content, isDamaged } = await readStoredSnapshot(store, name, ports.now())
    if (isDamaged) this.lost(name)
    return content
  }

  /** Updates of several, as far as they are here and whole. Rejects when the disk does. */
  async readMany(names: readonly DocumentName[]): Promise<ReadonlyMap<DocumentName, Uint8Array>> {
    const held = names.filter((name) => this.holdings.get(name) !== undefined)
    if (held.length === 0) return new Map()
    if (this.mode === 'memory') return updatesOf(held.flatMap((name) => this.#memory.get(name) ?? []))
    const records = await this.#options.host.store.read([...copies.stores], (transaction) =>
      copies.read(transaction, held),
    )
    const whole = updatesOf(records.filter(isWhole))
    for (const name of held) if (!whole.has(name)) await this.read(name)
    return whole
  }

  /**
   * Stores copies in one transaction, bytes and what is known of them together. False when the disk is full: they are
   * not here, and it is tried again later. Rejects for any other failure of the disk.
   */
  async put(contents: readonly SnapshotContent[]): Promise<boolean> {
    const { host } = this.#options
    const at = host.now()
    const records = contents.map(({ name, head, log, update }): SnapshotRecord => {
      const usedAt = this.holdings.get(name)?.usedAt ?? 0
      return { name, head, log, update, checksum: crc32(update), at, usedAt }
    })
    if (this.mode === 'memory') {
      for (const record of records) this.#memory.set(record.name, record)
    } else {
      try {
        await host.store.writeRelaxed([...holdingStores], async (transaction) => {
          await Promise.all([
            copies.put(transaction, records, (name) => this.holdings.get(name) !== undefined),
            note(transaction, records.map(lineOf)),
          ])
        })
      } catch (error) {
        if (toStorageError(error).code !== 'storage/quota') throw error
        await this.full()
        return false
      }
    }
    for (const record of records) this.holdings.set(lineOf(record))
    if (this.holdings.bytes > this.#budget) await this.#dropUntil(this.#budget, at)
    return true
  }

  /** The server says that these copies are as new as `head`, unchanged. */
  async confirm(heads: ReadonlyMap<DocumentName, number>, log: string | undefined): Promise<void> {
    const at = this.#options.host.now()
    const lines = [...heads].flatMap(([name, head]) => {
      const line = this.holdings.get(name)
      if (line === undefined) return []
      return [{ ...line, log, head: line.log === log ? Math.max(head, line.head) : head, at }]
    })
    for (const line of lines) this.holdings.set(line)
    await this.#noteOnly(lines)
  }

  /** Somebody opened it: it is among the last to go. */
  used(name: DocumentName): void {
    const line = this.holdings.get(name)
    if (line === undefined) return
    const used = { ...line, usedAt: this.#options.host.now() }
    this.holdings.set(used)
    // Forgotten, it goes a little earlier.
    void this.#noteOnly([used]).catch(() => undefined)
  }

  async #noteOnly(lines: readonly HoldingLine[]): Promise<void> {
    if (this.mode === 'memory' || lines.length === 0) return
    await this.#options.host.store.writeRelaxed(['holdings'], (transaction) => note(transaction, lines))
  }

  /** It was damaged and has been set aside. */
  lost(name: DocumentName): void {
    this.holdings.delete(name)
    this.#setAside += 1
    this.#options.onChange()
  }

  /** Rejects when the disk does. */
  async remove(names: readonly DocumentName[]): Promise<void> {
    if (names.length === 0) return
    for (const name of names) {
      this.holdings.delete(name)
      this.#memory.delete(name)
    }
    if (this.mode === 'memory') return
    await this.#options.host.store.writeRelaxed([...holdingStores], (transaction) =>
      forgetCopies(transaction, names),
    )
  }

  /** The disk takes no more: nothing is cached for a while, and some copies make room for what is unsent. Never rejects. */
  async full(): Promise<void> {
    if (this.#isFull) return
    this.#isFull = true
    this.#cancelRetry = this.#options.host.ports.startTimer(this.#options.host.settings.fullRetryMs, () => {
      this.#isFull = false
      this.#options.onChange()
    })
    this.#options.onChange()
    await this.#dropUntil(this.holdings.bytes * (1 - giveBackShare), Infinity).catch(() => undefined)
  }

  /** On a full disk, which has no room for what stays of a pack either, nor for the note of what went. */
  async #dropWhole(dropped: readonly HoldingLine[], candidates: readonly HoldingLine[]): Promise<void> {
    const bytesOf = new Map(candidates.map(({ name, bytes }) => [name, bytes]))
    const sum = (names: readonly DocumentName[]): number =>
      names.reduce((bytes, name) => bytes + (bytesOf.get(name) ?? 0), 0)
    const some = dropped.map(({ name }) => name)
    const wanted = sum(some)
    for (const line of dropped) this.holdings.set(line)
    const gone = await this.#options.host.store.writeRelaxed([...copies.stores], (transaction) =>
      copies.removeWhole(transaction, {
        some,
        mayGo: (name) => bytesOf.has(name),
        isEnough: (names) => sum(names) >= wanted,
      }),
    )
    // The log says it after the next start, which counts what is here.
    for (const name of gone) this.holdings.delete(name)
  }

  close(): void {
    this.#cancelRetry?.()
  }

  /** Drops the least recently used down to `bytes`, of those that were last used before `usedBefore`. */
  async #dropUntil(bytes: number, usedBefore: number): Promise<void> {
    const excess = this.holdings.bytes - bytes
    if (excess <= 0) return
    const candidates = [...this.holdings.all()]
      .filter(({ name, usedAt }) => usedAt < usedBefore && !this.#options.isKept(name))
      .toSorted((a, b) => a.usedAt - b.usedAt || a.at - b.at)
    const dropped: HoldingLine[] = []
    let freed = 0
    for (const line of candidates) {
      if (freed >= excess) break
      freed += line.bytes
      dropped.push(line)
    }
    try {
      await this.remove(dropped.map(({ name }) => name))
    } catch (error) {
      if (toStorageError(error).code !== 'storage/quota') throw error
      await this.#dropWhole(dropped, candidates)
    }
    this.#options.onChange()
  }
}

function updatesOf(records: readonly SnapshotRecord[]): ReadonlyMap<DocumentName, Uint8Array> {
  return new Map(records.map(({ name, update }) => [name, update]))
}

/** The state vector of a stored copy, without building the document. */
export function stateVectorOf(update: Uint8Array | undefined): Uint8Array {
  return update === undefined ? new Uint8Array() : Y.encodeStateVectorFromUpdate(update)
}

function isWhole({ update, checksum }: SnapshotRecord): boolean {
  return update instanceof Uint8Array && crc32(update) === checksum
}

function lineOf({ name, head, log, update, at, usedAt }: SnapshotRecord): HoldingLine {
  return { name, head, log, bytes: update.byteLength, at, usedAt }
}
