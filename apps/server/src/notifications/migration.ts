import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Tables of Web Push, in the log's database and its list of migrations. */
export interface NotificationTables {
  /** `settings`: JSON of NotificationSettings. */
  notification_settings: { user_id: string; settings: string; updated_at: number }
  push_subscription: {
    endpoint: string
    user_id: string
    organization_id: string
    /** What this session may do is what its device may hear. */
    session_id: string
    p256dh: string
    auth: string
    created_at: number
  }
  /** What came in quiet hours, counted by kind; told at `due_at`. */
  notice_deferred: { user_id: string; kind: string; count: number; due_at: number }
}

export const notificationMigrations: Record<string, Migration> = {
  '0010-notifications': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('notification_settings')
        .addColumn('user_id', 'text', (column) => column.primaryKey())
        .addColumn('settings', 'text', (column) => column.notNull())
        .addColumn('updated_at', 'integer', (column) => column.notNull())
        .execute()
      await db.schema
        .createTable('push_subscription')
        .addColumn('endpoint', 'text', (column) => column.primaryKey())
        .addColumn('user_id', 'text', (column) => column.notNull())
        .addColumn('organization_id', 'text', (column) => column.notNull())
        .addColumn('session_id', 'text', (column) => column.notNull())
        .addColumn('p256dh', 'text', (column) => column.notNull())
        .addColumn('auth', 'text', (column) => column.notNull())
        .addColumn('created_at', 'integer', (column) => column.notNull())
        .execute()
      await db.schema
        .createIndex('push_subscription_user')
        .on('push_subscription')
        .columns(['organization_id', 'user_id'])
        .execute()
      await db.schema
        .createTable('notice_deferred')
        .addColumn('user_id', 'text', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('count', 'integer', (column) => column.notNull())
        .addColumn('due_at', 'integer', (column) => column.notNull())
        .addPrimaryKeyConstraint('notice_deferred_user_kind', ['user_id', 'kind'])
        .execute()
    },
  },
}
