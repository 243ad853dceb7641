import { type DocumentKind, type DocumentName, parseDocumentName } from '@fulqrun/protocol'
import { defineRoots, readMeta, summarize } from '@fulqrun/schema'
import * as Y from 'yjs'
import type { DocumentScope } from '../accounts/principal.ts'
import type { Logger } from '../logger.ts'
import {
  type Description,
  type DocumentStore,
  type DocumentTerritory,
  emptyBatch,
} from '../store/document-store.ts'
import { fillDocument } from './fill-document.ts'

interface IndexOptions {
  readonly store: Pick<DocumentStore, 'territories' | 'undescribed' | 'load' | 'commit'>
  readonly logger: Logger
  /** A document has come to be in a territory or has left it: whoever has it open and may not see it has to go. */
  readonly onPlaced?: ((name: DocumentName) => void) | undefined
}

/** Looked up with every update, so it is not read from the name each time. */
interface Place extends DocumentScope {
  readonly kind: DocumentKind
  readonly isRemoved: boolean
}

/** Which documents there are, where each belongs, and what lists show of it. */
export class DocumentIndex {
  readonly #options: IndexOptions
  readonly #places = new Map<DocumentName, Place>()

  private constructor(options: IndexOptions, rows: readonly DocumentTerritory[]) {
    this.#options = options
    for (const { document, territoryId, isRemoved } of rows) this.#settle(document, territoryId, isRemoved)
  }

  static async open(options: IndexOptions): Promise<DocumentIndex> {
    const index = new DocumentIndex(options, await options.store.territories())
    await index.#catchUp()
    return index
  }

  /** Renews the rows that a killed process did not get round to, before anybody asks for a list (LOG-8). */
  async #catchUp(): Promise<void> {
    const { store, logger } = this.#options
    const descriptions: Description[] = []
    for (const name of await store.undescribed()) {
      try {
        const stored = await store.load(name)
        const document = new Y.Doc()
        defineRoots(document, kindOf(name))
        if (stored !== undefined) fillDocument(document, stored)
        // The row may be from before the document was moved.
        const { territoryId } = readMeta(document)
        if (territoryId !== undefined) this.#settle(name, territoryId, this.isRemoved(name))
        const description = this.describe(name, document)
        if (description !== undefined) descriptions.push(description)
        document.destroy()
      } catch (error) {
        logger.error({ err: error, document: name }, 'a row of the catalogue could not be renewed')
      }
    }
    if (descriptions.length > 0) await store.commit({ ...emptyBatch, descriptions })
  }

  exists(name: DocumentName): boolean {
    return this.#places.has(name)
  }

  /** Whether a document was there and has been removed: it exists in the log only, and its name is not free. */
  isRemoved(name: DocumentName): boolean {
    return this.#places.get(name)?.isRemoved ?? false
  }

  /** Where a document belongs; the territory is undefined until it has been created. */
  scopeOf(name: DocumentName): DocumentScope {
    const place = this.#places.get(name)
    if (place !== undefined) return place
    return { organizationId: parseDocumentName(name)?.organizationId ?? '', territoryId: undefined }
  }

  kindOf(name: DocumentName): DocumentKind {
    return this.#places.get(name)?.kind ?? kindOf(name)
  }

  /** Takes a document in that has just been created or moved. */
  place(name: DocumentName, document: Y.Doc): void {
    const { territoryId } = readMeta(document)
    if (territoryId === undefined) return
    this.#settle(name, territoryId, this.isRemoved(name))
    this.#options.onPlaced?.(name)
  }

  /** Takes in that a document has just been removed. */
  remove(name: DocumentName): void {
    const { territoryId } = this.scopeOf(name)
    if (territoryId === undefined) return
    this.#settle(name, territoryId, true)
    this.#options.onPlaced?.(name)
  }

  /** The catalogue's row of a document, from what it holds now; undefined when it has not been created. */
  describe(name: DocumentName, document: Y.Doc): Description | undefined {
    const place = this.#places.get(name)
    if (place?.territoryId === undefined) return undefined
    const { organizationId, kind, territoryId } = place
    const { title, summary } = this.#summaryOf(name, document, kind)
    return { document: name, organizationId, kind, territoryId, title, summary: { ...summary } }
  }

  #settle(name: DocumentName, territoryId: string, isRemoved: boolean): void {
    const parts = parseDocumentName(name)
    if (parts === undefined) return
    const { organizationId, kind } = parts
    this.#places.set(name, { organizationId, kind, territoryId, isRemoved })
  }

  /** A document that cannot be summed up is listed all the same: without its row it would not exist after a restart. */
  #summaryOf(name: DocumentName, document: Y.Doc, kind: DocumentKind): { title: string; summary: object } {
    try {
      return summarize(document, kind)
    } catch (error) {
      this.#options.logger.error({ err: error, document: name }, 'a document could not be summed up')
      return { title: '', summary: {} }
    }
  }
}

export function kindOf(name: DocumentName): DocumentKind {
  const parts = parseDocumentName(name)
  if (parts === undefined) throw new RangeError('not a document name')
  return parts.kind
}
