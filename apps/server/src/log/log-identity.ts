import { DatabaseSync } from 'node:sqlite'
import type { Kysely } from 'kysely'
import { kyselyOver, openSqlite } from '../store/sqlite/database.ts'
import { migrateLog } from '../store/sqlite/migrations.ts'
import { type IdentityTables, newLogId } from './identity-migration.ts'

/**
 * Which log it is. Its sequences are given out a second time when the server is restored from a backup: then it is
 * another log, and what devices know of sequences counts no more (LST-9).
 */
export interface LogIdentity {
  readonly id: string
  /** The log has been found to be shorter than what a device knows of it. Does nothing the second time in one process. */
  outrun(): Promise<void>
}

/** Kept in the log's database. */
export class SqliteLogIdentity implements LogIdentity {
  readonly #db: Kysely<IdentityTables>
  #id: string
  #outrun: Promise<void> | undefined
  /** The database is a backup, and this is its first start. */
  readonly isRestored: boolean

  private constructor(db: Kysely<IdentityTables>, { id, isRestored }: { id: string; isRestored: boolean }) {
    this.#db = db
    this.#id = id
    this.isRestored = isRestored
  }

  /** Rejects when the file cannot be opened or migrated. */
  static async open(file: string): Promise<SqliteLogIdentity> {
    const db = kyselyOver<IdentityTables>(openSqlite(file))
    await migrateLog(db)
    const row = await db.selectFrom('log_identity').select('id').executeTakeFirst()
    if (row !== undefined) return new SqliteLogIdentity(db, { id: row.id, isRestored: false })
    const id = newLogId()
    await db.insertInto('log_identity').values({ id }).execute()
    return new SqliteLogIdentity(db, { id, isRestored: true })
  }

  get id(): string {
    return this.#id
  }

  /** Once: it is only between two processes that a log can become shorter, and a cursor can be made up. */
  outrun(): Promise<void> {
    this.#outrun ??= this.#renew()
    return this.#outrun
  }

  async close(): Promise<void> {
    await this.#db.destroy()
  }

  async #renew(): Promise<void> {
    const id = newLogId()
    await this.#db.updateTable('log_identity').set({ id }).execute()
    this.#id = id
  }
}

/** Whatever starts with this database is another log than the one that it was copied from. */
export function forgetLogIdentity(file: string): void {
  const database = new DatabaseSync(file, { timeout: 5000 })
  try {
    const table = database.prepare("select 1 from sqlite_master where name = 'log_identity'").get()
    if (table !== undefined) database.exec('delete from log_identity')
  } finally {
    database.close()
  }
}
