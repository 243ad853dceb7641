import { type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { identityMigrations } from '../../log/identity-migration.ts'
import { notificationMigrations } from '../../notifications/migration.ts'

/** Schema changes of the log, by name, in order; a released one is never edited. */
const migrations: Record<string, Migration> = {
  '0001-log': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('update_log')
        .addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement())
        .addColumn('document', 'text', (column) => column.notNull())
        .addColumn('data', 'blob', (column) => column.notNull())
        .addColumn('author_id', 'text', (column) => column.notNull())
        .addColumn('author_name', 'text', (column) => column.notNull())
        .addColumn('origin', 'text', (column) => column.notNull())
        .addColumn('received_at', 'integer', (column) => column.notNull())
        .addColumn('changes', 'text', (column) => column.notNull())
        .execute()
      await db.schema
        .createIndex('update_log_document')
        .on('update_log')
        .columns(['document', 'seq'])
        .execute()
      // Append-only by the database's own word (Part 11, 11.10(e)): not even a bug of ours can rewrite history.
      await sql`create trigger update_log_no_update before update on update_log
        begin select raise(abort, 'the log is append-only'); end`.execute(db)
      await sql`create trigger update_log_no_delete before delete on update_log
        begin select raise(abort, 'the log is append-only'); end`.execute(db)
      await db.schema
        .createTable('snapshot')
        .addColumn('document', 'text', (column) => column.primaryKey())
        .addColumn('seq', 'integer', (column) => column.notNull())
        .addColumn('data', 'blob', (column) => column.notNull())
        .execute()
      await db.schema
        .createTable('catalogue')
        .addColumn('document', 'text', (column) => column.primaryKey())
        .addColumn('organization_id', 'text', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('territory_id', 'text', (column) => column.notNull())
        .addColumn('title', 'text', (column) => column.notNull())
        .addColumn('summary', 'text', (column) => column.notNull())
        .addColumn('head', 'integer', (column) => column.notNull())
        .addColumn('updated_at', 'integer', (column) => column.notNull())
        .execute()
      await db.schema
        .createIndex('catalogue_feed')
        .on('catalogue')
        .columns(['organization_id', 'head'])
        .execute()
      await db.schema
        .createTable('quarantine')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('document', 'text', (column) => column.notNull())
        .addColumn('code', 'text', (column) => column.notNull())
        .addColumn('author_id', 'text', (column) => column.notNull())
        .addColumn('received_at', 'integer', (column) => column.notNull())
        .addColumn('data', 'blob', (column) => column.notNull())
        .execute()
    },
  },
  '0002-log-replace': {
    async up(db: Kysely<unknown>) {
      // `insert or replace` removes the old row without asking the delete trigger.
      await sql`create trigger update_log_no_replace before insert on update_log
        when exists (select 1 from update_log where seq = new.seq)
        begin select raise(abort, 'the log is append-only'); end`.execute(db)
    },
  },
  '0003-snapshot-writers': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .alterTable('snapshot')
        .addColumn('writers', 'text', (column) => column.notNull().defaultTo('[]'))
        .execute()
    },
  },
  '0004-policy-changes': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('policy_changes')
        .addColumn('organization_id', 'text', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('author_id', 'text', (column) => column.notNull())
        .addColumn('author_name', 'text', (column) => column.notNull())
        .addColumn('at', 'integer', (column) => column.notNull())
        .addColumn('reason', 'text', (column) => column.notNull())
        .addColumn('detail', 'text', (column) => column.notNull())
        .addColumn('settings', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('policy_changes_version', ['organization_id', 'version'])
        .execute()
      for (const event of ['update', 'delete'])
        await sql`create trigger ${sql.id(`policy_changes_no_${event}`)} before ${sql.raw(event)} on policy_changes
          begin select raise(abort, 'the audit of rules is append-only'); end`.execute(db)
      // Also keeps `insert or replace` out, which removes the old row without asking the delete trigger.
      await sql`create trigger policy_changes_in_order before insert on policy_changes
        when new.version <> (select max(version) + 1 from policy_changes where organization_id = new.organization_id)
        begin select raise(abort, 'the version does not follow the last one'); end`.execute(db)
    },
  },
  '0005-snapshot-last-edits': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .alterTable('snapshot')
        .addColumn('last_edits', 'text', (column) => column.notNull().defaultTo('[]'))
        .execute()
    },
  },
  '0006-catalogue-undescribed': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .alterTable('catalogue')
        .addColumn('undescribed', 'integer', (column) => column.notNull().defaultTo(0))
        .execute()
      await sql`create index catalogue_undescribed on catalogue (document) where undescribed = 1`.execute(db)
    },
  },
  '0007-moved-and-removed': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .alterTable('catalogue')
        .addColumn('former', 'text', (column) => column.notNull().defaultTo('[]'))
        .execute()
      await db.schema
        .alterTable('catalogue')
        .addColumn('removed', 'integer', (column) => column.notNull().defaultTo(0))
        .execute()
      await db.schema
        .alterTable('update_log')
        .addColumn('marks', 'text', (column) => column.notNull().defaultTo('[]'))
        .execute()
    },
  },
  ...notificationMigrations,
  ...identityMigrations,
}

/** Brings the log's tables up to date. Rejects with the migration's own error when one fails. */
export async function migrateLog<T>(db: Kysely<T>): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    migrationTableName: 'log_migration',
    migrationLockTableName: 'log_migration_lock',
  })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}
