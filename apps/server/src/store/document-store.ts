import type {
  ChangeOrigin,
  ChangeRecord,
  DocumentKind,
  DocumentName,
  ErrorCode,
  HistoryEntry,
} from '@fulqrun/protocol'

/**
 * The port to the durable log. Its promises, which the contract suite in `document-store.contract.ts` checks for each adapter:
 *
 * - STO-1 `commit` is atomic, and what it wrote is on disk when it resolves.
 * - STO-2 Sequences rise with each entry, over all documents, in the order of the entries.
 * - STO-3 The log is append-only: nothing changes or removes an entry.
 * - STO-4 `load` gives the newest snapshot and every update after it, in order.
 * - STO-5 A rejected `commit` has written nothing; the same batch may be given again.
 * - STO-6 An update that is quarantined again under the same id is kept once.
 */
export interface DocumentStore {
  commit(batch: Batch): Promise<CommitReceipt>
  /** What is needed to rebuild a document, or undefined when nothing of it was ever written. */
  load(document: DocumentName): Promise<StoredDocument | undefined>
  /** Entries of one document, newest first, with a sequence below `before`. */
  history(
    document: DocumentName,
    page: { readonly before?: number | undefined; readonly limit: number },
  ): Promise<readonly HistoryEntry[]>
  /** Catalogue rows of an organization whose head is above `after`, by head. */
  catalogue(organizationId: string, after: number): Promise<readonly CatalogueRow[]>
  /** The one thing that access checks need of every document, read once at the start. */
  territories(): Promise<readonly DocumentTerritory[]>
  /** Resolves when the store can write. */
  check(): Promise<void>
  close(): Promise<void>
}

/** One admitted change: the unit of the log. */
export interface LogEntry {
  readonly document: DocumentName
  readonly update: Uint8Array
  readonly author: { readonly id: string; readonly name: string }
  readonly origin: ChangeOrigin
  readonly receivedAt: number
  readonly changes: readonly ChangeRecord[]
}

export interface Snapshot {
  readonly document: DocumentName
  /** Highest sequence that the snapshot contains. */
  readonly seq: number
  readonly data: Uint8Array
  /** Author by Yjs client id, for what the snapshot contains. */
  readonly writers?: readonly (readonly [number, string])[] | undefined
}

/** An update that was not admitted: kept, with who sent it and why it was refused. */
export interface QuarantinedUpdate {
  readonly id: string
  readonly document: string
  readonly code: ErrorCode
  readonly authorId: string
  readonly receivedAt: number
  readonly update: Uint8Array
}

/** What lists show of a document. */
export interface Description {
  readonly document: DocumentName
  readonly organizationId: string
  readonly kind: DocumentKind
  readonly territoryId: string
  readonly title: string
  readonly summary: Readonly<Record<string, unknown>>
}

export interface Batch {
  readonly entries: readonly LogEntry[]
  /** New descriptions of documents in `entries`; a document without one only gets its head and time moved. */
  readonly descriptions: readonly Description[]
  readonly snapshots: readonly Snapshot[]
  readonly quarantine: readonly QuarantinedUpdate[]
}

export interface CommitReceipt {
  /** Sequences of the batch's entries, in their order. */
  readonly seqs: readonly number[]
}

export interface StoredDocument {
  readonly snapshot: Snapshot | undefined
  readonly tail: readonly Uint8Array[]
  /** Who sent each update of the tail (user id), and when it was received. */
  readonly tailSenders: readonly { readonly id: string; readonly at: number }[]
  /** Highest sequence, of the snapshot or the tail. */
  readonly head: number
}

export interface CatalogueRow extends Description {
  readonly head: number
  readonly updatedAt: number
}

export interface DocumentTerritory {
  readonly document: DocumentName
  readonly territoryId: string
}

export const emptyBatch: Batch = { entries: [], descriptions: [], snapshots: [], quarantine: [] }
