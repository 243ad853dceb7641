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
 * - STO-11 A row remembers the territories that its document has left, and when; that of a removed one stays, marked.
 * - STO-12 The log is read on from any sequence, in order.
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
  /** The newest snapshot and the updates behind it, without what only the server needs; of those that there are. */
  contents(documents: readonly DocumentName[]): Promise<ReadonlyMap<DocumentName, StoredContent>>
  /** Entries of all documents with a sequence above `after`, in order. */
  entriesAfter(after: number, limit: number): Promise<readonly LoggedEntry[]>
  /** Catalogue rows of an organization, removed ones among them, by head. */
  catalogue(organizationId: string, page: CatalogueQuery): Promise<readonly CatalogueRow[]>
  /** Highest sequence of the log in an organization; 0 when it has none. */
  headOf(organizationId: string): Promise<number>
  /** Highest sequence of the log. */
  head(): Promise<number>
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
  /** What became of conflicts and proposals with it; absent when nothing did. */
  readonly marks?: readonly EntryMark[] | undefined
}

/** A conflict or a proposal that an entry has written: how it stands after it, and how it stood before. */
export interface EntryMark {
  readonly type: 'conflict' | 'proposal'
  readonly id: string
  readonly path: string
  /** As in the schema; `gone` when there was no room for it any more. */
  readonly status: string
  /** Absent for a new one. */
  readonly before?: string | undefined
  /** Ids of the people whose values stand against each other, or of the one who proposed. */
  readonly people: readonly string[]
  /** Whether somebody is among them who was not before. */
  readonly isJoined?: boolean | undefined
}

/** An entry as it stands in the log. */
export interface LoggedEntry extends Omit<LogEntry, 'update'> {
  readonly seq: number
}

export interface CatalogueQuery {
  /** Only rows whose head is above this. */
  readonly after: number
  /** At most so many; all when absent. */
  readonly limit?: number | undefined
  /** Only rows of documents that are in one of these territories, or that have left one of any; all when absent. */
  readonly territoryIds?: readonly string[] | undefined
}

/** What a document holds, as it is on disk. */
export interface StoredContent {
  readonly snapshot: Uint8Array | undefined
  readonly tail: readonly Uint8Array[]
  readonly head: number
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
  /** Documents in `entries` that are removed with them. */
  readonly removed: readonly DocumentName[]
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

/** A territory that a document was moved out of, with the sequence of the move. */
export interface FormerTerritory {
  readonly territoryId: string
  readonly leftAt: number
}

export interface CatalogueRow extends Description {
  readonly former: readonly FormerTerritory[]
  readonly isRemoved: boolean
  readonly head: number
  readonly updatedAt: number
}

export interface DocumentTerritory {
  readonly document: DocumentName
  readonly territoryId: string
  readonly isRemoved: boolean
}

export const emptyBatch: Batch = {
  entries: [],
  descriptions: [],
  undescribed: [],
  removed: [],
  snapshots: [],
  quarantine: [],
}
