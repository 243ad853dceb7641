import type { DocumentName } from '@fulqrun/protocol'
import * as Y from 'yjs'
import type { LogEntry, Snapshot, StoredDocument } from '../store/document-store.ts'
import { ClientIds, clientIdsOf } from './client-ids.ts'
import { LastEdits } from './last-edits.ts'

/** A snapshot is due after this many updates or when the tail outweighs the last snapshot: loading stays fast. */
const maxTailUpdates = 1000
const minTailBytes = 256 * 1024
/** When a document is unloaded with a tail longer than this, a snapshot spares the next load, and the next pull. */
const tailWorthASnapshot = 10

/**
 * What the server knows of an open document besides its content: who writes under which client id, who wrote which
 * value, and how much log there is behind the newest snapshot. Rebuilt from snapshot and log at each load.
 */
export class DocumentLedger {
  readonly clientIds: ClientIds
  readonly lastEdits: LastEdits
  /** Highest sequence that is on disk. */
  #head: number
  #tailUpdates: number
  #tailBytes: number
  #snapshotBytes: number

  /**
   * @param isRelayTime whether what came in at that time may have been written under a colleague's client id
   */
  constructor(stored: StoredDocument | undefined, isRelayTime: (at: number) => boolean) {
    const { snapshot, tail = [], head = 0 } = stored ?? {}
    this.clientIds = new ClientIds(snapshot?.writers)
    this.lastEdits = new LastEdits(snapshot?.lastEdits)
    for (const entry of tail) {
      if (!isRelayTime(entry.receivedAt)) this.clientIds.claim(entry.author.id, clientIdsOf(entry.update))
      this.lastEdits.note(entry)
    }
    this.#head = head
    this.#tailUpdates = tail.length
    this.#tailBytes = tail.reduce((sum, { update }) => sum + update.byteLength, 0)
    this.#snapshotBytes = snapshot?.data.byteLength ?? 0
  }

  /** An entry has been handed to the log. */
  append(entry: Pick<LogEntry, 'update' | 'author' | 'origin' | 'receivedAt' | 'changes'>): void {
    this.#tailUpdates++
    this.#tailBytes += entry.update.byteLength
    this.lastEdits.note(entry)
  }

  /** Highest sequence of the document that is on disk; 0 when nothing of it is. */
  get head(): number {
    return this.#head
  }

  /** Everything up to `head` is on disk. */
  committed(head: number): void {
    this.#head = head
  }

  get isSnapshotDue(): boolean {
    const tooLong = this.#tailUpdates > maxTailUpdates
    return tooLong || this.#tailBytes > Math.max(minTailBytes, this.#snapshotBytes)
  }

  get isSnapshotWorthwhile(): boolean {
    return this.#tailUpdates > tailWorthASnapshot
  }

  /** The document as it is now. What is not on disk yet is in it as well, and comes again from the tail: that is harmless. */
  takeSnapshot(name: DocumentName, document: Y.Doc): Snapshot {
    const data = Y.encodeStateAsUpdate(document)
    this.#tailUpdates = 0
    this.#tailBytes = 0
    this.#snapshotBytes = data.byteLength
    return {
      document: name,
      seq: this.#head,
      data,
      writers: this.clientIds.toJSON(),
      lastEdits: this.lastEdits.toJSON(),
    }
  }
}
