/**
 * What this device has and the server has not acknowledged (DESIGN 7). Memory answers every question; the database
 * follows through one queue, so that a removal never overtakes the write it undoes.
 *
 * Tabs: the id of an entry is unique over all tabs, and a tab removes only entries whose bytes are in a document of
 * its own that the server acknowledged: those it appended and those it read and applied. So a tab can send and clear
 * what another tab left, and can never clear what it does not hold.
 */
import type { DocumentName } from '@fulqrun/protocol'
import { lineStores } from './catalogue.ts'
import type { DeviceStore, DeviceStoreName, DeviceTransaction, OutboxEntry } from './device-store.ts'
import { holdingStores } from './holdings.ts'
import type { Ports } from './ports.ts'

export type Saved = 'disk' | 'memory'

export interface AppendResult {
  readonly entry: OutboxEntry
  /** Resolves when the entry is on the disk, or is known to be in memory only. Never rejects. */
  readonly saved: Promise<Saved>
}

/** Further writes that must stand or fall with those of entries. */
export type Extra = (transaction: DeviceTransaction) => Promise<unknown>

/** What other tabs are to know at once; without listeners they find it in the database when they look. */
export interface OutboxNews {
  /** These are on the disk. */
  saved(entries: readonly OutboxEntry[]): void
  /** The server has these. */
  acknowledged(ids: readonly string[]): void
  /** These were refused or given up, and are kept as a draft where there is something to keep. */
  setAside(ids: readonly string[]): void
}

/** A full disk may be freed: what is in memory only is written again after this. */
const retryMs = 5_000

export class Outbox {
  readonly #store: DeviceStore
  readonly #ports: Pick<Ports, 'now' | 'startTimer'>
  readonly #tabId: string
  readonly #onChange: () => void
  readonly #news: OutboxNews | undefined
  readonly #entries = new Map<string, OutboxEntry>()
  readonly #byDocument = new Map<DocumentName, Set<string>>()
  /** Appended and not yet on the disk. */
  readonly #unsaved = new Map<string, (saved: Saved) => void>()
  readonly #memoryOnly = new Set<string>()
  /** What goes to the disk with an entry that is not there yet. */
  readonly #extras = new Map<string, Extra>()
  readonly #removals = new Set<string>()
  /** Removed together with something else that is not on the disk yet, or could not be written. */
  readonly #hidden = new Set<string>()
  #counter = 0
  #flushing: Promise<void> | undefined
  /** Something asked for a write while one was going on. */
  #isWanted = false
  #cancelRetry: (() => void) | undefined
  /** Settles when it is known what became of a database that was taken away. */
  #lost: Promise<void> | undefined
  #isClosed = false

  constructor(options: {
    readonly store: DeviceStore
    readonly ports: Pick<Ports, 'now' | 'startTimer'>
    readonly tabId: string
    onChange(): void
    readonly news?: OutboxNews | undefined
  }) {
    this.#store = options.store
    this.#ports = options.ports
    this.#tabId = options.tabId
    this.#onChange = () => options.onChange()
    this.#news = options.news
  }

  /** Entries that exist only in memory because the disk would not take them. */
  get memoryOnly(): number {
    return this.#memoryOnly.size
  }

  /** Documents with something unsent. */
  documents(): readonly DocumentName[] {
    return [...this.#byDocument.keys()]
  }

  entriesOf(document: DocumentName): readonly OutboxEntry[] {
    const ids = this.#byDocument.get(document)
    if (ids === undefined) return []
    return [...ids].flatMap((id) => this.#entries.get(id) ?? [])
  }

  /** What of a document is not on the disk yet, and what never will be unless the disk recovers. */
  localState(document: DocumentName): 'saved' | 'saving' | 'memory' {
    const ids = [...(this.#byDocument.get(document) ?? [])]
    if (ids.some((id) => this.#memoryOnly.has(id))) return 'memory'
    return ids.some((id) => this.#unsaved.has(id)) ? 'saving' : 'saved'
  }

  /** `extra` is written in the transaction that writes the entry, whenever that is. */
  append(document: DocumentName, update: Uint8Array, paths: readonly string[], extra?: Extra): AppendResult {
    this.#counter += 1
    const id = `${this.#tabId}-${String(this.#counter).padStart(9, '0')}`
    const entry: OutboxEntry = { id, document, update, at: this.#ports.now(), paths }
    this.#remember(entry)
    if (extra !== undefined) this.#extras.set(id, extra)
    const saved = new Promise<Saved>((resolve) => {
      this.#unsaved.set(id, resolve)
    })
    this.#flush()
    this.#onChange()
    return { entry, saved }
  }

  /**
   * The server has these, or they were set aside; `extra` is written in the same transaction. Rejects when that fails:
   * then the entries are gone from memory only, and a restart finds them.
   */
  async remove(ids: readonly string[], extra?: Extra): Promise<void> {
    if (extra !== undefined) {
      await this.#removeWith(ids, extra)
      return
    }
    for (const id of ids) {
      this.#forget(id)
      // Not written yet: then there is nothing to take back, unless that very write is on its way.
      if (!this.#settle(id, 'disk') || this.#flushing !== undefined) this.#removals.add(id)
    }
    this.#onChange()
    this.#news?.acknowledged(ids)
    this.#flush()
    await this.#flushing
  }

  /** Entries that another tab has on the disk; returns those that are new here. */
  learn(entries: readonly OutboxEntry[]): readonly OutboxEntry[] {
    const fresh = this.#unknown(entries.filter(isEntry))
    for (const entry of fresh) this.#remember(entry)
    if (fresh.length > 0) this.#onChange()
    return fresh
  }

  /** Another tab says that these are at the server, or set aside: it takes them off the disk. */
  settledElsewhere(ids: readonly string[]): void {
    for (const id of ids) {
      this.#forget(id)
      // Not known to be on the disk: that tab's removal may come before this tab's write.
      if (this.#settle(id, 'disk')) this.#removals.add(id)
    }
    this.#onChange()
    this.#flush()
  }

  async #removeWith(ids: readonly string[], extra: Extra): Promise<void> {
    for (const id of ids) {
      this.#forget(id)
      this.#settle(id, 'disk')
      this.#hidden.add(id)
    }
    this.#onChange()
    // A write that is on its way may bring one of them to the disk.
    await this.#flushing
    const stores: DeviceStoreName[] = ['outbox', 'refused', 'metadata', ...holdingStores, ...lineStores]
    await this.#store.write(stores, async (transaction) => {
      for (const id of ids) await transaction.objectStore('outbox').delete(id)
      await extra(transaction)
    })
    for (const id of ids) this.#hidden.delete(id)
    this.#news?.setAside(ids)
  }

  /**
   * Reads what the database holds: at start, and again to notice other tabs. Returns the entries that are new to this
   * tab. Entries of others that vanished were acknowledged through another tab. This tab's own stay: the browser may
   * have emptied the database, and sending what another tab has sent is harmless. Rejects when there is no database.
   */
  async refresh(): Promise<readonly OutboxEntry[]> {
    const { before, stored } = await this.#read()
    const ids = new Set(stored.map((entry) => entry.id))
    for (const id of before) {
      const isOnlyHere = this.#unsaved.has(id) || this.#memoryOnly.has(id)
      if (!ids.has(id) && !isOnlyHere) this.#forget(id)
    }
    const fresh = this.#unknown(stored)
    for (const entry of fresh) this.#remember(entry)
    this.#onChange()
    return fresh
  }

  /** What is stored, and which entries of others were known when that was read. */
  async #read(): Promise<{ readonly before: readonly string[]; readonly stored: readonly OutboxEntry[] }> {
    await this.#lost
    await this.#flushing
    const lost = this.#lost
    const before = [...this.#entries.keys()].filter((id) => !id.startsWith(`${this.#tabId}-`))
    const stored = (await this.#store.readAll('outbox')).filter(isEntry)
    // Of a database that was cleared on the way.
    return lost === this.#lost ? { before, stored } : await this.#read()
  }

  /**
   * The browser took the database away. If it was cleared, what is unsent is written again; what vanished from it was not
   * acknowledged by another tab. Never rejects.
   */
  lost(isCleared: Promise<boolean>): Promise<void> {
    this.#lost = isCleared
      // As long as there is no disk, everything is in memory only.
      .catch(() => true)
      .then((isEmpty) => {
        if (isEmpty) this.#saveAgain()
      })
    return this.#lost
  }

  #saveAgain(): void {
    for (const id of this.#entries.keys()) if (!this.#unsaved.has(id)) this.#unsaved.set(id, () => undefined)
    this.#flush()
    this.#onChange()
  }

  /** Resolves when everything appended so far is on the disk or known not to be. */
  async settled(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing
  }

  async close(): Promise<void> {
    await this.settled()
    this.#isClosed = true
    this.#cancelRetry?.()
  }

  #unknown(entries: readonly OutboxEntry[]): readonly OutboxEntry[] {
    return entries.filter(
      ({ id }) => !this.#entries.has(id) && !this.#removals.has(id) && !this.#hidden.has(id),
    )
  }

  #remember(entry: OutboxEntry): void {
    this.#entries.set(entry.id, entry)
    const ids = this.#byDocument.get(entry.document) ?? new Set()
    ids.add(entry.id)
    this.#byDocument.set(entry.document, ids)
  }

  #forget(id: string): void {
    const entry = this.#entries.get(id)
    this.#memoryOnly.delete(id)
    this.#extras.delete(id)
    if (entry === undefined) return
    this.#entries.delete(id)
    const ids = this.#byDocument.get(entry.document)
    ids?.delete(id)
    if (ids?.size === 0) this.#byDocument.delete(entry.document)
  }

  /** Answers the append, if it still waits. */
  #settle(id: string, saved: Saved): boolean {
    const resolve = this.#unsaved.get(id)
    this.#unsaved.delete(id)
    resolve?.(saved)
    return resolve !== undefined
  }

  /** One transaction at a time; what arrives meanwhile shares the next one. */
  #flush(): void {
    if (this.#isClosed) return
    if (this.#flushing !== undefined) {
      this.#isWanted = true
      return
    }
    if (this.#unsaved.size === 0 && this.#removals.size === 0) return
    this.#isWanted = false
    this.#flushing = this.#writeOnce().then((isStored) => {
      this.#flushing = undefined
      this.#onChange()
      // After a failure it takes an append, a removal or the timer to try again: not a loop.
      if (isStored || this.#isWanted) this.#flush()
    })
  }

  /** Never rejects. False when the disk did not take it. */
  async #writeOnce(): Promise<boolean> {
    // One turn of the loop: a burst of edits becomes one transaction.
    await Promise.resolve()
    const adds = this.#addsWithTheirBase()
    const removals = [...this.#removals]
    const extras = adds.flatMap(({ id }) => this.#extras.get(id) ?? [])
    try {
      await this.#store.write(
        extras.length === 0 ? ['outbox'] : ['outbox', ...lineStores],
        async (transaction) => {
          const store = transaction.objectStore('outbox')
          await Promise.all([
            ...adds.map(async (entry) => store.put(entry)),
            ...removals.map(async (id) => store.delete(id)),
            ...extras.map((extra) => extra(transaction)),
          ])
        },
      )
      for (const id of removals) this.#removals.delete(id)
      for (const { id } of adds) {
        this.#memoryOnly.delete(id)
        this.#extras.delete(id)
        this.#settle(id, 'disk')
      }
      const saved = adds.filter(({ id }) => this.#entries.has(id))
      if (saved.length > 0) this.#news?.saved(saved)
      return true
    } catch {
      // Whatever the disk said, the person's edit stays in memory, is sent from there, and the state says so.
      this.#keepInMemory(adds)
      return false
    }
  }

  /**
   * What waits for the disk, with what of the same documents the disk refused before: a later edit cannot be applied
   * without the earlier ones, so on its own it would only look saved.
   */
  #addsWithTheirBase(): readonly OutboxEntry[] {
    const adds = [...this.#unsaved.keys()].flatMap((id) => this.#entries.get(id) ?? [])
    const documents = new Set(adds.map(({ document }) => document))
    const base = [...this.#memoryOnly].flatMap((id) => {
      const entry = this.#unsaved.has(id) ? undefined : this.#entries.get(id)
      return entry !== undefined && documents.has(entry.document) ? [entry] : []
    })
    return [...base, ...adds]
  }

  #keepInMemory(adds: readonly OutboxEntry[]): void {
    for (const { id } of adds) {
      if (this.#entries.has(id)) this.#memoryOnly.add(id)
      this.#settle(id, 'memory')
    }
    this.#cancelRetry ??= this.#ports.startTimer(retryMs, () => {
      this.#cancelRetry = undefined
      for (const id of this.#memoryOnly) this.#unsaved.set(id, () => undefined)
      this.#flush()
    })
  }
}

/** Guards against records of another version or of a damaged database. */
function isEntry(value: OutboxEntry): boolean {
  return (
    typeof value.id === 'string' && typeof value.document === 'string' && value.update instanceof Uint8Array
  )
}
