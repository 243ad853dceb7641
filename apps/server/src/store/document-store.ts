import type {
  ChangeOrigin,
  ChangeRecord,
  DocumentKind,
  DocumentName,
  ErrorCode,
  HistoryEntry,
} from '@fulqrun/protocol'
import type { LastEdit } from '@fulqrun/rules'

/**
 * The port to the durable log. Its promises, which the contract suite in `document-store.contract.ts` checks for each adapter:
 *
 * - STO-1 `commit` is atomic, and what it wrote is on disk when it resolves.
 * - STO-2 Sequences rise with each entry, over all documents, in the order of the entries.
 * - STO-3 The log is append-only: nothing changes or removes an entry.
 * - STO-4 `load` gives the newest snapshot and every update after it, in order.
 * - STO-5 A rejected `commit` has written nothing; the same batch may be given again.
 * - STO-6 An update that is quarantined again under the same id is kept once.
 * - LOG-9 A row that is marked as older than the log is named until it is described.
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
  /** Documents whose row in the catalogue is marked as older than the log. */
  undescribed(): Promise<readonly DocumentName[]>
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
  /** Who wrote the value that stands, by path, for what the snapshot contains. */
  readonly lastEdits?: readonly (readonly [string, LastEdit])[] | undefined
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
  /** New descriptions. One of a document that is not in `entries` renews its row, if there is one, where it stands. */
  readonly descriptions: readonly Description[]
  /** Documents in `entries` whose description comes later: their rows are marked until it does. */
  readonly undescribed: readonly DocumentName[]
  readonly snapshots: readonly Snapshot[]
  readonly quarantine: readonly QuarantinedUpdate[]
}

export interface CommitReceipt {
  /** Sequences of the batch's entries, in their order. */
  readonly seqs: readonly number[]
}

/** An entry of a document's log, behind its snapshot. */
export type TailEntry = Omit<LogEntry, 'document'>

export interface StoredDocument {
  readonly snapshot: Snapshot | undefined
  readonly tail: readonly TailEntry[]
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

export const emptyBatch: Batch = {
  entries: [],
  descriptions: [],
  undescribed: [],
  snapshots: [],
  quarantine: [],
}
