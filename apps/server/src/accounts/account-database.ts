import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { Kysely, sql, type SqliteDatabase, SqliteDialect } from 'kysely'

/** Tables that better-auth creates (camelCase is its choice), as far as we read them; times are ISO 8601 text. */
export interface AccountTables {
  user: {
    id: string
    name: string
    email: string
    emailVerified: number
    createdAt: string
    updatedAt: string
    role: string | null
    banned: number | null
    banReason: string | null
    banExpires: string | null
  }
  account: {
    id: string
    accountId: string
    providerId: string
    userId: string
    password: string | null
    createdAt: string
    updatedAt: string
  }
  session: { id: string; userId: string; expiresAt: string; activeOrganizationId: string | null }
  organization: { id: string; name: string; slug: string; createdAt: string }
  member: { id: string; organizationId: string; userId: string; role: string; createdAt: string }
  team: { id: string; name: string; memberCount: number; organizationId: string; createdAt: string }
  teamMember: { id: string; teamId: string; userId: string; membershipKey: string; createdAt: string }
  jwks: { id: string; publicKey: string; alg: string | null; expiresAt: string | null }
  /** Keys of integrations; the key itself is shown once and never stored. */
  api_key: {
    id: string
    organization_id: string
    name: string
    role: string
    /** SHA-256 of the key, hexadecimal. The key has 256 random bits, so a slow hash would add nothing. */
    hash: string
    created_at: number
    revoked_at: number | null
  }
  /** Browser profiles in which people have signed in; see devices.ts. Times are server times in ms. */
  device: {
    id: string
    user_id: string
    organization_id: string
    /** The session that it was last seen with. */
    session_id: string
    label: string
    first_seen_at: number
    last_seen_at: number
    last_synced_at: number | null
    wipe_requested_at: number | null
    wipe_requested_by: string | null
    wipe_reason: string | null
    keeps_unsent: number
    wiped_at: number | null
  }
  /** One row. Triggers on every table above raise `version`, so that "did any permission change?" is one cheap read. */
  accounts_version: { id: number; version: number }
}

export type AccountDatabase = Kysely<AccountTables>

/**
 * Opens the accounts' own connection to the embedded database. Writes are rare (sign-in, administration), so they are
 * made on the main thread; the documents' log has its own connection in a worker.
 */
export function openAccountDatabase(dataDir: string): AccountDatabase {
  mkdirSync(dataDir, { recursive: true })
  const database = new DatabaseSync(path.join(dataDir, 'fulqrun.sqlite'))
  database.exec('pragma journal_mode = wal')
  database.exec('pragma synchronous = full')
  database.exec('pragma busy_timeout = 5000')
  database.exec('pragma foreign_keys = on')
  return new Kysely<AccountTables>({ dialect: new SqliteDialect({ database: forKysely(database) }) })
}

/** Kysely's SQLite dialect was written for better-sqlite3; this gives `node:sqlite` the same three methods. */
function forKysely(database: DatabaseSync): SqliteDatabase {
  return {
    close: () => database.close(),
    prepare: (text) => {
      // A transaction that reads before it writes would fail at once when the log has written in between: SQLite does not
      // wait for a lock on a snapshot that is out of date. Taking the write lock first waits for it.
      const statement = database.prepare(text === 'begin' ? 'begin immediate' : text)
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
        run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
        iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])),
      }
    },
  }
}

const watchedTables = ['user', 'session', 'organization', 'member', 'team', 'teamMember', 'api_key'] as const

/** Creates what better-auth does not know: API keys, devices, and the change counter with its triggers. Safe to repeat. */
export async function migrateAccountExtras(db: AccountDatabase): Promise<void> {
  await db.schema
    .createTable('api_key')
    .ifNotExists()
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('organization_id', 'text', (column) =>
      column.notNull().references('organization.id').onDelete('cascade'),
    )
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull().unique())
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .addColumn('revoked_at', 'integer')
    .execute()
  await createDeviceTable(db)
  await db.schema
    .createTable('accounts_version')
    .ifNotExists()
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('version', 'integer', (column) => column.notNull())
    .execute()
  await db
    .insertInto('accounts_version')
    .values({ id: 1, version: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  for (const table of watchedTables) await createVersionTriggers(db, table)
}

async function createDeviceTable(db: AccountDatabase): Promise<void> {
  await db.schema
    .createTable('device')
    .ifNotExists()
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('user_id', 'text', (column) => column.notNull().references('user.id').onDelete('cascade'))
    .addColumn('organization_id', 'text', (column) => column.notNull())
    .addColumn('session_id', 'text', (column) => column.notNull())
    .addColumn('label', 'text', (column) => column.notNull())
    .addColumn('first_seen_at', 'integer', (column) => column.notNull())
    .addColumn('last_seen_at', 'integer', (column) => column.notNull())
    .addColumn('last_synced_at', 'integer')
    .addColumn('wipe_requested_at', 'integer')
    .addColumn('wipe_requested_by', 'text')
    .addColumn('wipe_reason', 'text')
    .addColumn('keeps_unsent', 'integer', (column) => column.notNull())
    .addColumn('wiped_at', 'integer')
    .addPrimaryKeyConstraint('device_key', ['id', 'user_id'])
    .execute()
}

async function createVersionTriggers(
  db: AccountDatabase,
  table: (typeof watchedTables)[number],
): Promise<void> {
  for (const event of ['insert', 'update', 'delete'] as const) {
    await sql`
      create trigger if not exists ${sql.id(`accounts_version_${table}_${event}`)}
      after ${sql.raw(event)} on ${sql.table(table)}
      begin update accounts_version set version = version + 1 where id = 1; end`.execute(db)
  }
}

/** Changes with every committed change of a person, session, membership, territory or key. */
export async function readAccountsVersion(db: AccountDatabase): Promise<number> {
  const row = await db.selectFrom('accounts_version').select('version').executeTakeFirstOrThrow()
  return row.version
}
