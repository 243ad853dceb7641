import type { DocumentName, HistoryEntry } from '@fulqrun/protocol'
import type {
  Batch,
  CatalogueQuery,
  CatalogueRow,
  CommitReceipt,
  DocumentStore,
  DocumentTerritory,
  LogEntry,
  LoggedEntry,
  QuarantinedUpdate,
  Snapshot,
  StoredContent,
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
    const lastSeq = (document: DocumentName): number =>
      seqs.findLast((_, index) => batch.entries[index]?.document === document) ??
      this.#catalogue.get(document)?.head ??
      0
    for (const description of batch.descriptions) {
      const { document } = description
      const known = this.#catalogue.get(document)
      if (known === undefined && !batch.entries.some((entry) => entry.document === document)) continue
      this.#catalogue.set(document, {
        ...description,
        head: known?.head ?? 0,
        updatedAt: known?.updatedAt ?? 0,
        isRemoved: known?.isRemoved ?? false,
        former: known === undefined ? [] : leaving(known, description.territoryId, lastSeq(document)),
      })
      this.#undescribed.delete(document)
    }
    batch.entries.forEach((entry, index) => {
      const row = this.#catalogue.get(entry.document)
      if (row === undefined) return
      this.#catalogue.set(entry.document, { ...row, head: seqs[index] ?? 0, updatedAt: entry.receivedAt })
    })
    for (const document of batch.removed) {
      const row = this.#catalogue.get(document)
      if (row !== undefined) this.#catalogue.set(document, { ...row, isRemoved: true })
    }
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
      tail: tail.map(({ seq: _seq, document: _document, ...entry }) => entry),
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

  contents(documents: readonly DocumentName[]): Promise<ReadonlyMap<DocumentName, StoredContent>> {
    const contents = new Map<DocumentName, StoredContent>()
    for (const document of documents) {
      const snapshot = this.#snapshots.get(document)
      const tail = this.#log.filter(
        (entry) => entry.document === document && entry.seq > (snapshot?.seq ?? 0),
      )
      if (snapshot === undefined && tail.length === 0) continue
      contents.set(document, {
        snapshot: snapshot?.data,
        tail: tail.map(({ update }) => update),
        head: tail.at(-1)?.seq ?? snapshot?.seq ?? 0,
      })
    }
    return Promise.resolve(contents)
  }

  entriesAfter(after: number, limit: number): Promise<readonly LoggedEntry[]> {
    const entries = this.#log.filter(({ seq }) => seq > after).slice(0, limit)
    return Promise.resolve(entries.map(({ update: _update, ...entry }) => entry))
  }

  catalogue(
    organizationId: string,
    { after, limit = Number.MAX_SAFE_INTEGER, territoryIds }: CatalogueQuery,
  ): Promise<readonly CatalogueRow[]> {
    const rows = [...this.#catalogue.values()].filter(
      (row) =>
        row.organizationId === organizationId &&
        row.head > after &&
        (territoryIds === undefined || row.former.length > 0 || territoryIds.includes(row.territoryId)),
    )
    return Promise.resolve(rows.toSorted((one, other) => one.head - other.head).slice(0, limit))
  }

  headOf(organizationId: string): Promise<number> {
    const rows = [...this.#catalogue.values()].filter((row) => row.organizationId === organizationId)
    return Promise.resolve(Math.max(0, ...rows.map(({ head }) => head)))
  }

  head(): Promise<number> {
    return Promise.resolve(this.#log.length)
  }

  undescribed(): Promise<readonly DocumentName[]> {
    return Promise.resolve([...this.#undescribed])
  }

  territories(): Promise<readonly DocumentTerritory[]> {
    return Promise.resolve(
      [...this.#catalogue.values()].map(({ document, territoryId, isRemoved }) => ({
        document,
        territoryId,
        isRemoved,
      })),
    )
  }

  check(): Promise<void> {
    return Promise.resolve()
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

/** What a row remembers when its document may have moved. */
function leaving(row: CatalogueRow, territoryId: string, leftAt: number): CatalogueRow['former'] {
  return row.territoryId === territoryId
    ? row.former
    : [...row.former, { territoryId: row.territoryId, leftAt }]
}
