/**
 * The list of documents this person may see: the server's catalogue kept on the device, records created here that the
 * server has not listed yet, and, over both, what open documents say about themselves right now.
 */
import {
  type CatalogueEntry,
  type CataloguePage,
  cursorLog,
  type DocumentName,
  type FeedMessage,
} from '@fulqrun/protocol'
import type { CachedEntry, DeviceStore, DeviceTransaction } from './device-store.ts'
import { lines } from './packs.ts'
import { createStore, type Store } from './store.ts'

/** An entry as lists show it. */
export type ListedEntry = CachedEntry

/** Title and summary read from the document itself. */
export type Overlay = Pick<CatalogueEntry, 'title' | 'summary'>

const cursorKey = 'catalogue-cursor'
/** Where the lines of records that are made here are written. */
export const lineStores = lines.stores

/** What is new, and `known`: of the entries, those that may be on the disk already. */
interface Taken {
  readonly entries: readonly CatalogueEntry[]
  readonly known: ReadonlySet<DocumentName>
  readonly removed: readonly DocumentName[]
  readonly cursor: string | undefined
}

export class Catalogue {
  readonly entries: Store<readonly ListedEntry[]>
  readonly #store: DeviceStore
  readonly #view = createStore<readonly ListedEntry[]>([])
  readonly #base = new Map<DocumentName, CachedEntry>()
  readonly #overlays = new Map<DocumentName, Overlay>()
  /** Records that were made in this tab. */
  readonly #made = new Set<DocumentName>()
  /** Up to here everything is known. */
  #cursor: string | undefined
  /** Everything is being listed, page by page: what its pages have named so far. */
  #listing: { readonly seen: Set<DocumentName>; cursor: string } | undefined

  constructor(store: DeviceStore) {
    this.#store = store
    this.entries = this.#view
  }

  /** Where to go on: with the next page of a listing, or from where everything is known. */
  get cursor(): string | undefined {
    return this.#listing?.cursor ?? this.#cursor
  }

  /** Which log its heads are of; undefined for a server of before. */
  get log(): string | undefined {
    return this.#cursor === undefined ? undefined : cursorLog(this.#cursor)
  }

  /** Everything has been listed at least once. */
  get isKnown(): boolean {
    return this.#cursor !== undefined
  }

  /** Shows what was here last time. Rejects when there is no database. */
  async load(metadata: ReadonlyMap<string, unknown>): Promise<void> {
    const { items: cached, isDamaged } = await this.#store.read([...lineStores], (transaction) =>
      lines.readAll(transaction),
    )
    // What cannot be mended now is found again at the next start.
    if (isDamaged) await this.#mend().catch(() => undefined)
    // Read late, after the disk recovered, it does not undo what the server has said meanwhile.
    for (const entry of cached) if (!this.#base.has(entry.name)) this.#base.set(entry.name, entry)
    const cursor = metadata.get(cursorKey)
    this.#cursor ??= typeof cursor === 'string' && cached.length > 0 && !isDamaged ? cursor : undefined
    this.#publish()
  }

  /** What lines are missing nobody can tell: the server is asked for all of them, even if the app ends before. */
  async #mend(): Promise<void> {
    await this.#store.write([...lineStores, 'metadata'], async (transaction) => {
      await lines.mend(transaction)
      await transaction.objectStore('metadata').delete(cursorKey)
    })
  }

  /**
   * The disk holds nothing any more: what the server lists is asked for anew, since the disk would otherwise have what
   * came since and nothing else. Rejects when the disk does not take the lines of what was made here.
   */
  async cleared(): Promise<void> {
    this.#cursor = undefined
    this.#listing = undefined
    const made = [...this.#base.values()].flatMap(({ name, isLocal }) =>
      isLocal === true ? (this.get(name) ?? []) : [],
    )
    await this.#store.write([...lineStores, 'metadata'], async (transaction) => {
      await transaction.objectStore('metadata').delete(cursorKey)
      await lines.put(transaction, made, () => true)
    })
  }

  /** As the server says, without what open documents say about themselves; in no order. */
  all(): IterableIterator<ListedEntry> {
    return this.#base.values()
  }

  get(name: DocumentName): ListedEntry | undefined {
    const base = this.#base.get(name)
    if (base === undefined) return undefined
    const overlay = this.#overlays.get(name)
    return overlay === undefined ? base : { ...base, ...overlay }
  }

  /**
   * Adds what the server says. `keep`: documents with unsent work, which stay listed although the server removed them.
   * Rejects when the disk does not take it; the list in memory has it then.
   */
  async apply(page: CataloguePage, options: { readonly keep: ReadonlySet<DocumentName> }): Promise<void> {
    const gone = page.complete ? this.#list(page) : page.removed
    if (!page.complete) this.#listing = undefined
    // Of a listing that is not over, only the pages that came are known.
    const cursor = this.#listing === undefined ? page.cursor : undefined
    await this.#take(page.entries, this.#removable(gone, options.keep), cursor)
  }

  /**
   * Adds what the feed says. False when it does not follow on what is known here: then the catalogue must be asked.
   * Never rejects; what the disk does not take comes again with the cursor of before.
   */
  follow({ from, cursor, entries, removed = [] }: FeedMessage, keep: ReadonlySet<DocumentName>): boolean {
    const own = this.#cursor
    if (own === undefined || this.#listing !== undefined || entries === undefined) return false
    if (headOf(own) < from || markOf(own) !== markOf(cursor)) return false
    const news = entries.filter(({ name, head }) => head >= (this.#base.get(name)?.head ?? 0))
    const next = headOf(cursor) > headOf(own) ? cursor : own
    this.#take(news, this.#removable(removed, keep), next).catch(() => undefined)
    return true
  }

  #removable(gone: readonly DocumentName[], keep: ReadonlySet<DocumentName>): readonly DocumentName[] {
    return gone.filter((name) => this.#base.has(name) && !keep.has(name))
  }

  async #take(
    entries: readonly CatalogueEntry[],
    removed: readonly DocumentName[],
    cursor: string | undefined,
  ): Promise<void> {
    for (const name of removed) {
      this.#base.delete(name)
      this.#overlays.delete(name)
    }
    const known = new Set(entries.flatMap(({ name }) => (this.#base.has(name) ? [name] : [])))
    for (const entry of entries) this.#base.set(entry.name, entry)
    const isNews = removed.length > 0 || entries.length > 0
    const isMoved = cursor !== undefined && cursor !== this.#cursor
    if (isMoved) this.#cursor = cursor
    if (isNews) this.#publish()
    if (isNews || isMoved) await this.#save({ entries, known, removed, cursor })
  }

  /** Takes note of a page of everything. After the last one, what none has named is out of reach. */
  #list(page: CataloguePage): readonly DocumentName[] {
    if (page.first) this.#listing = { seen: new Set(), cursor: page.cursor }
    const listing = this.#listing
    // The middle of a listing whose beginning is not known here: nothing is concluded, and it starts over.
    if (listing === undefined) return []
    for (const { name } of page.entries) listing.seen.add(name)
    listing.cursor = page.cursor
    if (page.more) return []
    this.#listing = undefined
    // What was created here and never listed stays.
    return [...this.#base.values()].flatMap(({ name, isLocal }) =>
      listing.seen.has(name) || isLocal === true ? [] : [name],
    )
  }

  /** A record that is made on this device. Its line is on the disk once {@link writeLocal} has been called. */
  addLocal(entry: CatalogueEntry): void {
    this.#made.add(entry.name)
    this.#base.set(entry.name, { ...entry, isLocal: true })
    this.#publish()
  }

  /** Writes the line of a record that is made here beside its content: a crash leaves both or neither. */
  async writeLocal(name: DocumentName, transaction: DeviceTransaction): Promise<void> {
    const entry = this.get(name)
    // Sent from memory before the disk took it, it may have been listed by the server, and kept by another tab.
    if (entry !== undefined && (await lines.readOne(transaction, name)) === undefined)
      await lines.put(transaction, [entry], () => false)
  }

  /** Nothing is left of a record that was made on a device; the disk hears it from {@link unlistWhatIsGone}. */
  removeLocal(name: DocumentName): void {
    if (this.#base.get(name)?.isLocal !== true) return
    this.#overlays.delete(name)
    this.#base.delete(name)
    this.#publish()
  }

  /** What the open document says about itself is shown until it is closed, and kept for the next start. */
  setOverlay(name: DocumentName, overlay: Overlay): void {
    const before = this.get(name)
    if (before === undefined || isSame(before, overlay)) return
    this.#overlays.set(name, overlay)
    this.#publish()
  }

  /** How another tab lists a document that is edited or was created there; that tab writes it down. */
  learn(entry: CachedEntry): void {
    const known = this.#base.get(entry.name)
    if (this.#overlays.has(entry.name) || (known?.head ?? 0) > entry.head) return
    if (known === undefined && entry.isLocal !== true) return
    this.#base.set(entry.name, entry)
    this.#publish()
  }

  /**
   * Reads what other tabs have made, or taken off, and could not tell this one. `kept`: documents with unsent work or a
   * draft. Rejects when there is no database.
   */
  async followOthers(kept: ReadonlySet<DocumentName>): Promise<void> {
    const unknown = [...kept].filter((name) => !this.#base.has(name))
    const theirs = [...this.#base.values()].flatMap(({ name, isLocal }) =>
      isLocal === true && !this.#made.has(name) && !kept.has(name) ? [name] : [],
    )
    const names = [...unknown, ...theirs]
    if (names.length === 0) return
    const found = await this.#store.read([...lineStores], (transaction) => lines.read(transaction, names))
    const stored = new Map(found.map((entry) => [entry.name, entry]))
    for (const name of names) {
      const entry = stored.get(name)
      if (entry === undefined) this.removeLocal(name)
      else if (!this.#base.has(name)) this.#base.set(name, entry)
    }
    this.#publish()
  }

  /** Keeps what an open document says about itself: the next start may come without its having been closed. */
  async keepOverlay(name: DocumentName): Promise<void> {
    const entry = this.get(name)
    if (entry !== undefined && this.#overlays.has(name)) await this.#renew(entry)
  }

  /** The document was closed: its last words become the cached entry until the server lists it anew. */
  async settleOverlay(name: DocumentName): Promise<void> {
    const entry = this.get(name)
    if (!this.#overlays.delete(name) || entry === undefined) return
    this.#base.set(name, entry)
    await this.#renew(entry)
  }

  /** Of a line that is on the disk: one that is not has no content there yet, or was taken off by another tab. */
  async #renew(entry: CachedEntry): Promise<void> {
    await this.#store.writeRelaxed([...lineStores], async (transaction) => {
      const stored = await lines.readOne(transaction, entry.name)
      if (stored !== undefined && stored.head <= entry.head) await lines.put(transaction, [entry], () => true)
    })
  }

  /** Not strict: after a power cut the cursor is as old as the list, and the server says again what is missing. */
  async #save({ entries, known, removed, cursor }: Taken): Promise<void> {
    await this.#store.writeRelaxed([...lineStores, 'metadata'], async (transaction) => {
      await lines.remove(transaction, removed)
      await lines.put(transaction, entries, (name) => known.has(name))
      if (cursor !== undefined) await transaction.objectStore('metadata').put(cursor, cursorKey)
    })
  }

  /** Newest first, names breaking ties, so that lists do not jump between equal times. */
  #publish(): void {
    const entries = [...this.#base.keys()].flatMap((name) => this.get(name) ?? [])
    this.#view.set(
      entries.toSorted(
        (a, b) => b.updatedAt - a.updatedAt || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
      ),
    )
  }
}

/**
 * Takes the line of a record that was made here off the disk, if nothing of the record is left in the outbox or as a
 * draft; for the transaction that takes the last of it.
 */
export async function unlistWhatIsGone(transaction: DeviceTransaction, name: DocumentName): Promise<void> {
  if ((await lines.readOne(transaction, name))?.isLocal !== true) return
  const unsent = await transaction.objectStore('outbox').getAll()
  const drafts = await transaction.objectStore('refused').getAll()
  if ([...unsent, ...drafts].every(({ document }) => document !== name))
    await lines.remove(transaction, [name])
}

function isSame(entry: ListedEntry, overlay: Overlay): boolean {
  return entry.title === overlay.title && JSON.stringify(entry.summary) === JSON.stringify(overlay.summary)
}

/** A cursor is `<head>.<mark>`: heads can be compared, marks are the same or not. */
function headOf(cursor: string): number {
  return Number.parseInt(cursor, 10)
}

function markOf(cursor: string): string {
  const dot = cursor.indexOf('.')
  return dot === -1 ? '' : cursor.slice(dot)
}
