import type { DocumentName, HistoryEntry } from '@fulqrun/protocol'
import type {
  Batch,
  CatalogueRow,
  CommitReceipt,
  DocumentStore,
  DocumentTerritory,
  LogEntry,
  QuarantinedUpdate,
  Snapshot,
  StoredDocument,
} from './document-store.ts'

interface MemoryEntry extends LogEntry {
  readonly seq: number
}

/** The log in memory: for tests that are not about the disk. Passes the same contract but for durability. */
export class MemoryDocumentStore implements DocumentStore {
  readonly #log: MemoryEntry[] = []
  readonly #snapshots = new Map<DocumentName, Snapshot>()
  readonly #catalogue = new Map<DocumentName, CatalogueRow>()
  readonly #undescribed = new Set<DocumentName>()
  readonly quarantine: QuarantinedUpdate[] = []

  commit(batch: Batch): Promise<CommitReceipt> {
    const seqs = batch.entries.map((entry) => {
      const seq = this.#log.length + 1
      this.#log.push({ ...entry, seq })
      return seq
    })
    for (const document of batch.undescribed) this.#undescribed.add(document)
    for (const description of batch.descriptions) {
      const { document } = description
      const known = this.#catalogue.get(document)
      if (known === undefined && !batch.entries.some((entry) => entry.document === document)) continue
      this.#catalogue.set(document, {
        ...description,
        head: known?.head ?? 0,
        updatedAt: known?.updatedAt ?? 0,
      })
      this.#undescribed.delete(document)
    }
    batch.entries.forEach((entry, index) => {
      const row = this.#catalogue.get(entry.document)
      if (row === undefined) return
      this.#catalogue.set(entry.document, { ...row, head: seqs[index] ?? 0, updatedAt: entry.receivedAt })
    })
    for (const snapshot of batch.snapshots) this.#snapshots.set(snapshot.document, snapshot)
    for (const update of batch.quarantine)
      if (!this.quarantine.some(({ id }) => id === update.id)) this.quarantine.push(update)
    return Promise.resolve({ seqs })
  }

  load(document: DocumentName): Promise<StoredDocument | undefined> {
    const snapshot = this.#snapshots.get(document)
    const tail = this.#log.filter((entry) => entry.document === document && entry.seq > (snapshot?.seq ?? 0))
    if (snapshot === undefined && tail.length === 0) return Promise.resolve(undefined)
    const head = tail.at(-1)?.seq ?? snapshot?.seq ?? 0
    return Promise.resolve({
      snapshot,
      tail: tail.map(({ update, author, origin, receivedAt, changes }) => ({
        update,
        author,
        origin,
        receivedAt,
        changes,
      })),
      head,
    })
  }

  history(
    document: DocumentName,
    page: { readonly before?: number | undefined; readonly limit: number },
  ): Promise<readonly HistoryEntry[]> {
    const before = page.before ?? Number.MAX_SAFE_INTEGER
    const entries = this.#log.filter((entry) => entry.document === document && entry.seq < before)
    return Promise.resolve(
      entries
        .toReversed()
        .slice(0, page.limit)
        .map(({ seq, author, origin, receivedAt, changes }) => ({
          seq,
          author,
          origin,
          receivedAt,
          changes,
        })),
    )
  }

  catalogue(organizationId: string, after: number): Promise<readonly CatalogueRow[]> {
    const rows = [...this.#catalogue.values()].filter(
      (row) => row.organizationId === organizationId && row.head > after,
    )
    return Promise.resolve(rows.toSorted((one, other) => one.head - other.head))
  }

  undescribed(): Promise<readonly DocumentName[]> {
    return Promise.resolve([...this.#undescribed])
  }

  territories(): Promise<readonly DocumentTerritory[]> {
    return Promise.resolve(
      [...this.#catalogue.values()].map(({ document, territoryId }) => ({ document, territoryId })),
    )
  }

  check(): Promise<void> {
    return Promise.resolve()
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}
