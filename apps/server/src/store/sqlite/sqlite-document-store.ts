import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { ChangeOrigin, ChangeRecord, DocumentKind, DocumentName, HistoryEntry } from '@fulqrun/protocol'
import type { LastEdit } from '@fulqrun/rules'
import { type Kysely, sql } from 'kysely'
import {
  type Batch,
  type CatalogueQuery,
  type CatalogueRow,
  type CommitReceipt,
  type DocumentStore,
  type DocumentTerritory,
  emptyBatch,
  type EntryMark,
  type FormerTerritory,
  type LoggedEntry,
  type StoredContent,
  type StoredDocument,
  type TailEntry,
} from '../document-store.ts'
import { kyselyOver, type LogDatabase, openSqlite } from './database.ts'
import { packEntries } from './packed-entries.ts'
import type { WriterAnswer, WriterRequest } from './writer.ts'

interface Waiting {
  resolve(receipt: CommitReceipt): void
  reject(error: Error): void
}

/** The embedded adapter of the log: SQLite through `node:sqlite`, written by a worker thread, read from this one. */
export class SqliteDocumentStore implements DocumentStore {
  readonly #writer: Worker
  readonly #reader: Kysely<LogDatabase>
  readonly #waiting = new Map<number, Waiting>()
  #lastId = 0
  #closed = false
  /** Why the writer thread is gone: from then on every commit is refused, and the server says that it is not ready. */
  #gone: Error | undefined

  private constructor(writer: Worker, reader: Kysely<LogDatabase>) {
    this.#writer = writer
    this.#reader = reader
    writer.on('message', (answer: WriterAnswer) => this.#settle(answer))
    writer.on('error', (error) => this.#failAll(error instanceof Error ? error : new Error(String(error))))
    writer.on('exit', () => this.#failAll(new Error('the writer thread has stopped')))
  }

  /** Opens (and creates) the database file. Rejects when the file cannot be opened or migrated. */
  static async open(path: string): Promise<SqliteDocumentStore> {
    mkdirSync(dirname(path), { recursive: true })
    const writer = new Worker(new URL('./writer.ts', import.meta.url), { workerData: { path } })
    await once(writer, 'message')
    return new SqliteDocumentStore(writer, kyselyOver<LogDatabase>(openSqlite(path)))
  }

  async commit(batch: Batch): Promise<CommitReceipt> {
    if (this.#closed) throw new Error('the store is closed')
    if (this.#gone !== undefined) throw this.#gone
    const id = ++this.#lastId
    const entries = packEntries(batch.entries)
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#writer.postMessage({ id, batch: { ...batch, entries } } satisfies WriterRequest, [
        entries.updates.buffer as ArrayBuffer,
      ])
    })
  }

  async load(document: DocumentName): Promise<StoredDocument | undefined> {
    const snapshot = await this.#reader
      .selectFrom('snapshot')
      .select(['seq', 'data', 'writers', 'last_edits'])
      .where('document', '=', document)
      .executeTakeFirst()
    const tail = await this.#reader
      .selectFrom('update_log')
      .select(['seq', 'data', 'author_id', 'author_name', 'origin', 'received_at', 'changes', 'marks'])
      .where('document', '=', document)
      .where('seq', '>', snapshot?.seq ?? 0)
      .orderBy('seq')
      .execute()
    if (snapshot === undefined && tail.length === 0) return undefined
    return {
      snapshot:
        snapshot === undefined
          ? undefined
          : {
              document,
              seq: snapshot.seq,
              data: snapshot.data,
              writers: JSON.parse(snapshot.writers) as [number, string][],
              lastEdits: JSON.parse(snapshot.last_edits) as [string, LastEdit][],
            },
      tail: tail.map((row) => ({ update: row.data, ...contentOf(row), ...marksOf(row) })),
      head: tail.at(-1)?.seq ?? snapshot?.seq ?? 0,
    }
  }

  async history(
    document: DocumentName,
    page: { readonly before?: number | undefined; readonly limit: number },
  ): Promise<readonly HistoryEntry[]> {
    const rows = await this.#reader
      .selectFrom('update_log')
      .select(['seq', 'author_id', 'author_name', 'origin', 'received_at', 'changes'])
      .where('document', '=', document)
      .where('seq', '<', page.before ?? Number.MAX_SAFE_INTEGER)
      .orderBy('seq', 'desc')
      .limit(page.limit)
      .execute()
    return rows.map((row) => ({ seq: row.seq, ...contentOf(row) }))
  }

  async contents(documents: readonly DocumentName[]): Promise<ReadonlyMap<DocumentName, StoredContent>> {
    const names = sql`(select value from json_each(${JSON.stringify(documents)}))`
    // The tails first: a snapshot that is written in between holds at least what was behind the older one.
    const tails = await this.#reader
      .selectFrom('update_log')
      .leftJoin('snapshot', 'snapshot.document', 'update_log.document')
      .select(['update_log.document', 'update_log.seq', 'update_log.data'])
      .where(sql<boolean>`update_log.document in ${names}`)
      .where(sql<boolean>`update_log.seq > coalesce(snapshot.seq, 0)`)
      .orderBy('update_log.document')
      .orderBy('update_log.seq')
      .execute()
    const snapshots = await this.#reader
      .selectFrom('snapshot')
      .select(['document', 'seq', 'data'])
      .where(sql<boolean>`document in ${names}`)
      .execute()
    const contents = new Map<
      DocumentName,
      { snapshot: Uint8Array | undefined; tail: Uint8Array[]; head: number }
    >()
    for (const { document, seq, data } of snapshots)
      contents.set(document as DocumentName, { snapshot: data, tail: [], head: seq })
    for (const { document, seq, data } of tails) {
      const name = document as DocumentName
      const content = contents.get(name) ?? { snapshot: undefined, tail: [], head: 0 }
      content.tail.push(data)
      content.head = Math.max(content.head, seq)
      contents.set(name, content)
    }
    return contents
  }

  async entriesAfter(after: number, limit: number): Promise<readonly LoggedEntry[]> {
    const rows = await this.#reader
      .selectFrom('update_log')
      .select(['seq', 'document', 'author_id', 'author_name', 'origin', 'received_at', 'changes', 'marks'])
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(limit)
      .execute()
    return rows.map((row) => ({
      seq: row.seq,
      document: row.document as DocumentName,
      ...contentOf(row),
      ...marksOf(row),
    }))
  }

  async headOf(organizationId: string): Promise<number> {
    const row = await this.#reader
      .selectFrom('catalogue')
      .select(({ fn }) => fn.max('head').as('head'))
      .where('organization_id', '=', organizationId)
      .executeTakeFirst()
    return row?.head ?? 0
  }

  async head(): Promise<number> {
    const row = await this.#reader
      .selectFrom('update_log')
      .select(({ fn }) => fn.max('seq').as('head'))
      .executeTakeFirst()
    return row?.head ?? 0
  }

  async catalogue(
    organizationId: string,
    { after, limit, territoryIds }: CatalogueQuery,
  ): Promise<readonly CatalogueRow[]> {
    const rows = await this.#reader
      .selectFrom('catalogue')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .where('head', '>', after)
      .$if(territoryIds !== undefined, (query) =>
        query.where(
          sql<boolean>`(territory_id in (select value from json_each(${JSON.stringify(territoryIds)})) or former <> '[]')`,
        ),
      )
      .orderBy('head')
      .limit(limit ?? -1)
      .execute()
    return rows.map((row) => ({
      document: row.document as DocumentName,
      organizationId: row.organization_id,
      kind: row.kind as DocumentKind,
      territoryId: row.territory_id,
      title: row.title,
      summary: JSON.parse(row.summary) as Record<string, unknown>,
      head: row.head,
      updatedAt: row.updated_at,
      former: row.former === '[]' ? [] : (JSON.parse(row.former) as FormerTerritory[]),
      isRemoved: row.removed === 1,
    }))
  }

  async undescribed(): Promise<readonly DocumentName[]> {
    const rows = await this.#reader
      .selectFrom('catalogue')
      .select('document')
      .where('undescribed', '=', 1)
      .execute()
    return rows.map((row) => row.document as DocumentName)
  }

  async territories(): Promise<readonly DocumentTerritory[]> {
    const rows = await this.#reader
      .selectFrom('catalogue')
      .select(['document', 'territory_id', 'removed'])
      .execute()
    return rows.map((row) => ({
      document: row.document as DocumentName,
      territoryId: row.territory_id,
      isRemoved: row.removed === 1,
    }))
  }

  async check(): Promise<void> {
    await this.commit(emptyBatch)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    if (this.#gone === undefined) {
      const exited = once(this.#writer, 'exit')
      this.#writer.postMessage('close')
      await exited
    }
    await this.#reader.destroy()
  }

  #settle(answer: WriterAnswer): void {
    if ('ready' in answer) return
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if ('error' in answer) waiting?.reject(new Error(answer.error))
    else waiting?.resolve(answer.receipt)
  }

  #failAll(error: Error): void {
    this.#gone ??= error
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const commit of waiting) commit.reject(error)
  }
}

type ContentColumns = 'author_id' | 'author_name' | 'origin' | 'received_at' | 'changes'

function contentOf(
  row: Pick<LogDatabase['update_log'], ContentColumns>,
): Omit<TailEntry, 'update' | 'marks'> {
  return {
    author: { id: row.author_id, name: row.author_name },
    origin: row.origin as ChangeOrigin,
    receivedAt: row.received_at,
    changes: JSON.parse(row.changes) as ChangeRecord[],
  }
}

/** Most entries have none. */
function marksOf({ marks }: Pick<LogDatabase['update_log'], 'marks'>): Pick<TailEntry, 'marks'> {
  return marks === '[]' ? {} : { marks: JSON.parse(marks) as EntryMark[] }
}
