import type { Kysely } from 'kysely'
import type { Batch, CommitReceipt } from '../document-store.ts'
import type { LogDatabase } from './database.ts'

/** Rows per insert: eight columns each, far below SQLite's 32,766 variables, and few distinct statements to prepare. */
const rowsPerInsert = 64

/** Writes one batch in one transaction. Runs in the worker thread. */
export async function writeBatch(db: Kysely<LogDatabase>, batch: Batch): Promise<CommitReceipt> {
  return db.transaction().execute(async (transaction) => {
    const seqs: number[] = []
    const heads = new Map<string, { head: number; updated_at: number }>()
    for (let from = 0; from < batch.entries.length; from += rowsPerInsert) {
      const entries = batch.entries.slice(from, from + rowsPerInsert)
      const result = await transaction
        .insertInto('update_log')
        .values(
          entries.map((entry) => ({
            seq: undefined as unknown as number,
            document: entry.document,
            data: entry.update,
            author_id: entry.author.id,
            author_name: entry.author.name,
            origin: entry.origin,
            received_at: entry.receivedAt,
            changes: JSON.stringify(entry.changes),
          })),
        )
        .executeTakeFirstOrThrow()
      const last = Number(result.insertId)
      entries.forEach((entry, index) => {
        const seq = last - entries.length + 1 + index
        seqs.push(seq)
        heads.set(entry.document, { head: seq, updated_at: entry.receivedAt })
      })
    }
    for (const { document, organizationId, kind, territoryId, title, summary } of batch.descriptions) {
      const head = heads.get(document)
      if (head === undefined) continue
      const described = { kind, title, territory_id: territoryId, summary: JSON.stringify(summary), ...head }
      await transaction
        .insertInto('catalogue')
        .values({ document, organization_id: organizationId, ...described })
        .onConflict((conflict) => conflict.column('document').doUpdateSet(described))
        .execute()
      heads.delete(document)
    }
    for (const [document, head] of heads) {
      await transaction.updateTable('catalogue').set(head).where('document', '=', document).execute()
    }
    for (const { document, seq, data } of batch.snapshots) {
      await transaction
        .insertInto('snapshot')
        .values({ document, seq, data })
        .onConflict((conflict) => conflict.column('document').doUpdateSet({ seq, data }))
        .execute()
    }
    for (const { id, document, code, authorId, receivedAt, update } of batch.quarantine) {
      await transaction
        .insertInto('quarantine')
        .values({ id, document, code, author_id: authorId, received_at: receivedAt, data: update })
        // A client sends what was refused again at every reconnect; it is kept once (STO-6).
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute()
    }
    return { seqs }
  })
}
