import type { Kysely } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'

/** Schema changes of the tables of attached files, by name, in order; a released one is never edited. */
const migrations: Record<string, Migration> = {
  '0001-uploads': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('attachment_upload')
        .addColumn('organization_id', 'text', (column) => column.notNull())
        .addColumn('user_id', 'text', (column) => column.notNull())
        .addColumn('hash', 'text', (column) => column.notNull())
        .addColumn('size', 'integer', (column) => column.notNull())
        .addColumn('touched_at', 'integer', (column) => column.notNull())
        .addColumn('complete', 'integer', (column) => column.notNull())
        .addPrimaryKeyConstraint('attachment_upload_key', ['organization_id', 'user_id', 'hash'])
        .execute()
      // For which records a person has sent a file: these may show it, whoever wrote its name into them.
      await db.schema
        .createTable('attachment_grant')
        .addColumn('organization_id', 'text', (column) => column.notNull())
        .addColumn('hash', 'text', (column) => column.notNull())
        .addColumn('document', 'text', (column) => column.notNull())
        .addColumn('user_id', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('attachment_grant_key', ['organization_id', 'hash', 'document', 'user_id'])
        .execute()
    },
  },
}

/** Brings the tables up to date. They have a list of their own, so that they do not wait for the log's. */
export async function migrateAttachments(db: Kysely<unknown>): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    migrationTableName: 'attachment_migration',
    migrationLockTableName: 'attachment_migration_lock',
  })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}
