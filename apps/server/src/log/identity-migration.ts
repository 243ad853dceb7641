import { randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** One row; none in a backup, which is given one at its first start. */
export interface IdentityTables {
  log_identity: { id: string }
}

export const identityMigrations: Record<string, Migration> = {
  '0011-log-identity': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('log_identity')
        .addColumn('id', 'text', (column) => column.notNull())
        .execute()
      await (db as Kysely<IdentityTables>).insertInto('log_identity').values({ id: newLogId() }).execute()
    },
  },
}

/** Without a dash or a dot: it stands in cursors. */
export function newLogId(): string {
  return randomBytes(6).toString('hex')
}
