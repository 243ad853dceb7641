import type { DocumentName } from '@fulqrun/protocol'
import { defineRoots } from '@fulqrun/schema'
import type { Document, Hocuspocus } from '@hocuspocus/server'
import * as Y from 'yjs'
import type { GroupCommit } from '../log/group-commit.ts'
import type { Logger } from '../logger.ts'
import type { DocumentStore, StoredContent } from '../store/document-store.ts'
import { kindOf } from './document-index.ts'
import { DocumentLedger } from './document-ledger.ts'
import { fillDocument } from './fill-document.ts'

interface ShelfOptions {
  readonly store: Pick<DocumentStore, 'load'>
  readonly commit: GroupCommit
  readonly logger: Logger
  readonly isRelayTime: (at: number) => boolean
  /** A document that exists has been filled, and nobody has seen it yet. */
  readonly onFilled: (name: DocumentName, document: Y.Doc) => void
}

/**
 * The documents in memory: fills them from the log when somebody opens them, lets them go when nobody needs them, and
 * has snapshots taken so that filling stays fast. Hocuspocus holds them and asks by its hooks.
 *
 * - DOC-1 A document with changes that are not on disk, or that somebody is opening, is never unloaded (SYNC 3).
 */
export class DocumentShelf {
  readonly #options: ShelfOptions
  readonly #ledgers = new Map<DocumentName, DocumentLedger>()
  readonly #pins = new Map<DocumentName, number>()
  #hocuspocus: Hocuspocus | undefined

  constructor(options: ShelfOptions) {
    this.#options = options
  }

  /** Set once, when both exist: Hocuspocus needs the shelf's hooks, the shelf needs Hocuspocus's documents. */
  bind(hocuspocus: Hocuspocus): void {
    this.#hocuspocus = hocuspocus
  }

  get size(): number {
    return this.#hocuspocus?.documents.size ?? 0
  }

  /** Undefined while it is not in memory. */
  documentOf(name: DocumentName): Document | undefined {
    return this.#hocuspocus?.documents.get(name)
  }

  /** Undefined while the document is not in memory. */
  ledgerOf(name: DocumentName): DocumentLedger | undefined {
    return this.#ledgers.get(name)
  }

  /** Keeps a document loaded while `use` runs. Rejects when it cannot be loaded, or as `use` does. */
  async withDocument<T>(name: DocumentName, use: (document: Document) => T | Promise<T>): Promise<T> {
    const hocuspocus = this.#hocuspocus
    if (hocuspocus === undefined) throw new Error('the shelf is not bound')
    this.pin(name)
    try {
      await this.departure(name)
      const configuration = { readOnly: false, isAuthenticated: true }
      const request = new Request('http://server.invalid')
      return await use(await hocuspocus.createDocument(name, request, 'server', configuration, {}))
    } finally {
      this.unpin(name)
    }
  }

  /** A pinned document is about to be used: it is not unloaded under whoever is opening it. */
  pin(name: DocumentName): void {
    this.#pins.set(name, (this.#pins.get(name) ?? 0) + 1)
  }

  unpin(name: DocumentName): void {
    const left = (this.#pins.get(name) ?? 0) - 1
    if (left > 0) this.#pins.set(name, left)
    else this.#pins.delete(name)
    if (left <= 0) this.#unloadWhenIdle(name)
  }

  /** Resolves when an unloading that has begun is over; the pinned document is then there to stay, or gone for good. */
  async departure(name: DocumentName): Promise<void> {
    await this.#hocuspocus?.unloadingDocuments.get(name)
  }

  /** Fills a document that Hocuspocus has just made. Rejects when the log cannot be read. */
  async load(name: DocumentName, document: Y.Doc): Promise<void> {
    defineRoots(document, kindOf(name))
    const stored = await this.#options.store.load(name)
    this.#ledgers.set(name, new DocumentLedger(stored, this.#options.isRelayTime))
    if (stored === undefined) return
    fillDocument(document, stored)
    this.#options.onFilled(name, document)
  }

  /**
   * Takes a snapshot of a document that is not open, as it is on disk, and answers it; undefined when nothing is there.
   * Entries that are written meanwhile stay behind the snapshot.
   */
  async compact(name: DocumentName): Promise<StoredContent | undefined> {
    const stored = await this.#options.store.load(name)
    if (stored === undefined) return undefined
    const document = new Y.Doc()
    defineRoots(document, kindOf(name))
    fillDocument(document, stored)
    const snapshot = new DocumentLedger(stored, this.#options.isRelayTime).takeSnapshot(name, document)
    document.destroy()
    this.#options.commit.snapshot(name, () => snapshot)
    return { snapshot: snapshot.data, tail: [], head: stored.head }
  }

  /** Whether a document may leave memory: nobody is opening it, and all of it and its description are on disk (DOC-1). */
  mayUnload(name: DocumentName): boolean {
    const { commit } = this.#options
    if (this.#pins.has(name) || commit.isDirty(name)) return false
    if (!commit.isUndescribed(name)) return true
    // When that is on disk the document is asked again.
    commit.describeNow(name)
    return false
  }

  beforeUnload(name: DocumentName, document: Y.Doc): void {
    const ledger = this.#ledgers.get(name)
    if (ledger?.isSnapshotWorthwhile === true) this.#takeSnapshot(name, document, ledger)
  }

  unloaded(name: DocumentName): void {
    this.#ledgers.delete(name)
  }

  /** A batch is on disk: documents that waited for it may go, and long tails get a snapshot. */
  committed(heads: ReadonlyMap<DocumentName, number | undefined>): void {
    for (const [name, head] of heads) {
      const ledger = this.#ledgers.get(name)
      if (head !== undefined) ledger?.committed(head)
      const document = this.documentOf(name)
      if (document === undefined) continue
      if (document.getConnectionsCount() === 0) this.#unloadWhenIdle(name)
      else if (ledger?.isSnapshotDue === true) this.#takeSnapshot(name, document, ledger)
    }
  }

  #takeSnapshot(name: DocumentName, document: Y.Doc, ledger: DocumentLedger): void {
    const snapshot = ledger.takeSnapshot(name, document)
    this.#options.commit.snapshot(name, () => snapshot)
  }

  #unloadWhenIdle(name: DocumentName): void {
    const document = this.documentOf(name)
    if (document === undefined || document.getConnectionsCount() > 0) return
    this.#hocuspocus?.unloadDocument(document).catch((error: unknown) => {
      this.#options.logger.error({ err: error, document: name }, 'a document could not be unloaded')
    })
  }
}
