import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Batch, CommitReceipt } from '../document-store.ts'
import type { LogDatabase } from './database.ts'
import { eachEntry, type PackedEntries } from './packed-entries.ts'

/** A batch as it crosses to the worker thread. */
export interface PackedBatch extends Omit<Batch, 'entries'> {
  readonly entries: PackedEntries
}

interface Statements {
  readonly entry: StatementSync
  readonly head: StatementSync
  readonly description: StatementSync
  /** For a document without an entry in the batch. */
  readonly redescription: StatementSync
  readonly mark: StatementSync
  readonly removal: StatementSync
  readonly snapshot: StatementSync
  readonly quarantine: StatementSync
}

interface Head {
  readonly seq: number
  readonly at: number
}

/**
 * Writes batches, each in one transaction. Runs in the worker thread.
 *
 * Kysely says the SQL once, at start; running it builds no query, because a batch is written for every few keystrokes
 * and building its queries took three times as long as running them.
 */
export class BatchWriter {
  readonly #database: DatabaseSync
  readonly #statements: Statements

  constructor(db: Kysely<LogDatabase>, database: DatabaseSync) {
    this.#database = database
    this.#statements = prepareStatements(db, database)
  }

  /** Throws when the database refuses; nothing of the batch is written then. */
  write(batch: PackedBatch): CommitReceipt {
    this.#database.exec('begin immediate')
    try {
      const receipt = this.#writeRows(batch)
      this.#database.exec('commit')
      return receipt
    } catch (error) {
      // A full disk may have ended the transaction already.
      if (this.#database.isTransaction) this.#database.exec('rollback')
      throw error
    }
  }

  #writeRows(batch: PackedBatch): CommitReceipt {
    const { entries, descriptions, undescribed, removed, snapshots, quarantine } = batch
    const seqs: number[] = []
    const heads = new Map<string, Head>()
    eachEntry(entries, ([document, authorId, authorName, origin, at, changes, marks], update) => {
      const values = [document, update, authorId, authorName, origin, at, changes, marks]
      const seq = Number(this.#statements.entry.run(...values).lastInsertRowid)
      seqs.push(seq)
      heads.set(document, { seq, at })
    })
    for (const { document, organizationId, kind, territoryId, title, summary } of descriptions) {
      const head = heads.get(document)
      const shown = [title, JSON.stringify(summary)]
      if (head === undefined) {
        this.#statements.redescription.run(territoryId, kind, territoryId, ...shown, 0, document)
      } else {
        this.#statements.description.run(
          document,
          organizationId,
          kind,
          territoryId,
          ...shown,
          head.seq,
          head.at,
          0,
        )
        heads.delete(document)
      }
    }
    for (const [document, { seq, at }] of heads) this.#statements.head.run(seq, at, document)
    for (const document of undescribed) this.#statements.mark.run(1, document)
    for (const document of removed) this.#statements.removal.run(1, document)
    for (const { document, seq, data, writers = [], lastEdits = [] } of snapshots)
      this.#statements.snapshot.run(document, seq, data, JSON.stringify(writers), JSON.stringify(lastEdits))
    for (const { id, document, code, authorId, receivedAt, update } of quarantine)
      this.#statements.quarantine.run(id, document, code, authorId, receivedAt, update)
    return { seqs }
  }
}

/** The `former` of a row whose document is in `territory` from now on: with the one that it leaves, when it does. */
function leaving(at: RawBuilder<unknown>, territory: RawBuilder<unknown>): RawBuilder<string> {
  return sql<string>`case when catalogue.territory_id = ${territory} then catalogue.former else
    json_insert(catalogue.former, '$[#]', json_object('territoryId', catalogue.territory_id, 'leftAt', ${at})) end`
}

/** The values given to Kysely only name the columns and their order; each run binds its own. */
function prepareStatements(db: Kysely<LogDatabase>, database: DatabaseSync): Statements {
  const prepare = ({ sql }: { readonly sql: string }): StatementSync => database.prepare(sql)
  const bytes = new Uint8Array()
  return {
    entry: prepare(
      db
        .insertInto('update_log')
        .values({
          // Left out of the statement: the database numbers the rows.
          seq: undefined as unknown as number,
          document: '',
          data: bytes,
          author_id: '',
          author_name: '',
          origin: '',
          received_at: 0,
          changes: '',
          marks: '',
        })
        .compile(),
    ),
    head: prepare(
      db.updateTable('catalogue').set({ head: 0, updated_at: 0 }).where('document', '=', '').compile(),
    ),
    redescription: prepare(
      db
        .updateTable('catalogue')
        .set({
          // A document that was described late may have moved: with its last entry.
          former: leaving(sql.ref('head'), sql`${''}`),
          kind: '',
          territory_id: '',
          title: '',
          summary: '',
          undescribed: 0,
        })
        .where('document', '=', '')
        .compile(),
    ),
    mark: prepare(db.updateTable('catalogue').set({ undescribed: 1 }).where('document', '=', '').compile()),
    removal: prepare(db.updateTable('catalogue').set({ removed: 1 }).where('document', '=', '').compile()),
    description: prepare(
      db
        .insertInto('catalogue')
        .values({
          document: '',
          organization_id: '',
          kind: '',
          territory_id: '',
          title: '',
          summary: '',
          head: 0,
          updated_at: 0,
          undescribed: 0,
        })
        .onConflict((conflict) =>
          conflict.column('document').doUpdateSet((excluded) => ({
            former: leaving(sql.ref('excluded.head'), sql.ref('excluded.territory_id')),
            kind: excluded.ref('excluded.kind'),
            territory_id: excluded.ref('excluded.territory_id'),
            title: excluded.ref('excluded.title'),
            summary: excluded.ref('excluded.summary'),
            head: excluded.ref('excluded.head'),
            updated_at: excluded.ref('excluded.updated_at'),
            undescribed: excluded.ref('excluded.undescribed'),
          })),
        )
        .compile(),
    ),
    snapshot: prepare(
      db
        .insertInto('snapshot')
        .values({ document: '', seq: 0, data: bytes, writers: '', last_edits: '' })
        .onConflict((conflict) =>
          conflict.column('document').doUpdateSet((excluded) => ({
            seq: excluded.ref('excluded.seq'),
            data: excluded.ref('excluded.data'),
            writers: excluded.ref('excluded.writers'),
            last_edits: excluded.ref('excluded.last_edits'),
          })),
        )
        .compile(),
    ),
    quarantine: prepare(
      db
        .insertInto('quarantine')
        .values({ id: '', document: '', code: '', author_id: '', received_at: 0, data: bytes })
        // The same refused edit comes back at every reconnect of a stock provider, under the same id.
        .onConflict((conflict) => conflict.column('id').doNothing())
        .compile(),
    ),
  }
}
