/**
 * The list of documents this person may see: the server's catalogue kept on the device, records created here that the
 * server has not listed yet, and, over both, what open documents say about themselves right now.
 */
import type { CatalogueEntry, CataloguePage, DocumentName } from '@fulqrun/protocol'
import type { CachedEntry, DeviceStore } from './device-store.ts'
import { createStore, type Store } from './store.ts'

/** An entry as lists show it. */
export type ListedEntry = CachedEntry

/** Title and summary read from the document itself. */
export type Overlay = Pick<CatalogueEntry, 'title' | 'summary'>

const cursorKey = 'catalogue-cursor'

export class Catalogue {
  readonly entries: Store<readonly ListedEntry[]>
  readonly #store: DeviceStore
  readonly #view = createStore<readonly ListedEntry[]>([])
  readonly #base = new Map<DocumentName, CachedEntry>()
  readonly #overlays = new Map<DocumentName, Overlay>()
  #cursor: string | undefined

  constructor(store: DeviceStore) {
    this.#store = store
    this.entries = this.#view
  }

  get cursor(): string | undefined {
    return this.#cursor
  }

  /** Shows what was here last time. Rejects when there is no database. */
  async load(metadata: ReadonlyMap<string, unknown>): Promise<void> {
    const cached = await this.#store.readAll('catalogue')
    // Read late, after the disk recovered, it does not undo what the server has said meanwhile.
    for (const entry of cached) if (!this.#base.has(entry.name)) this.#base.set(entry.name, entry)
    const cursor = metadata.get(cursorKey)
    this.#cursor ??= typeof cursor === 'string' && cached.length > 0 ? cursor : undefined
    this.#publish()
  }

  get(name: DocumentName): ListedEntry | undefined {
    const base = this.#base.get(name)
    if (base === undefined) return undefined
    const overlay = this.#overlays.get(name)
    return overlay === undefined ? base : { ...base, ...overlay }
  }

  /** Adds what the server says. `keep`: documents with unsent work, which stay listed although the server removed them. */
  async apply(page: CataloguePage, options: { readonly keep: ReadonlySet<DocumentName> }): Promise<void> {
    const gone = page.complete ? this.#unlisted(page) : page.removed
    const removed = gone.filter((name) => !options.keep.has(name))
    for (const name of removed) {
      this.#base.delete(name)
      this.#overlays.delete(name)
    }
    for (const entry of page.entries) this.#base.set(entry.name, entry)
    const isNews = removed.length > 0 || page.entries.length > 0
    const moved = page.cursor !== this.#cursor
    this.#cursor = page.cursor
    if (isNews) this.#publish()
    if (isNews || moved) await this.#save(page, removed)
  }

  /** A page that is everything: what is not on it is out of reach, except what was created here and never listed. */
  #unlisted(page: CataloguePage): readonly DocumentName[] {
    const listed = new Set(page.entries.map(({ name }) => name))
    return [...this.#base.values()].flatMap(({ name, isLocal }) =>
      listed.has(name) || isLocal === true ? [] : [name],
    )
  }

  /** A record created on this device. */
  async addLocal(entry: CatalogueEntry): Promise<void> {
    const local: CachedEntry = { ...entry, isLocal: true }
    this.#base.set(entry.name, local)
    this.#publish()
    await this.#store.write(['catalogue'], (transaction) => transaction.objectStore('catalogue').put(local))
  }

  async removeLocal(name: DocumentName): Promise<void> {
    this.#overlays.delete(name)
    if (!this.#base.delete(name)) return
    this.#publish()
    await this.#store.write(['catalogue'], (transaction) => transaction.objectStore('catalogue').delete(name))
  }

  /** What the open document says about itself is shown until it is closed, and kept for the next start. */
  setOverlay(name: DocumentName, overlay: Overlay): void {
    const before = this.get(name)
    if (before === undefined || isSame(before, overlay)) return
    this.#overlays.set(name, overlay)
    this.#publish()
  }

  /** The document was closed: its last words become the cached entry until the server lists it anew. */
  async settleOverlay(name: DocumentName): Promise<void> {
    const entry = this.get(name)
    if (!this.#overlays.delete(name) || entry === undefined) return
    this.#base.set(name, entry)
    await this.#store.write(['catalogue'], (transaction) => transaction.objectStore('catalogue').put(entry))
  }

  async #save(page: CataloguePage, removed: readonly DocumentName[]): Promise<void> {
    await this.#store.write(['catalogue', 'metadata'], async (transaction) => {
      const store = transaction.objectStore('catalogue')
      await Promise.all([
        ...page.entries.map(async (entry) => store.put(entry)),
        ...removed.map(async (name) => store.delete(name)),
        transaction.objectStore('metadata').put(page.cursor, cursorKey),
      ])
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

function isSame(entry: ListedEntry, overlay: Overlay): boolean {
  return entry.title === overlay.title && JSON.stringify(entry.summary) === JSON.stringify(overlay.summary)
}
