import { DatabaseSync } from 'node:sqlite'
import { type Generated, Kysely, SqliteDialect } from 'kysely'

/** Tables of the log, as Kysely types them. */
export interface LogDatabase {
  update_log: {
    seq: number
    document: string
    data: Uint8Array
    author_id: string
    author_name: string
    origin: string
    received_at: number
    /** JSON array of ChangeRecord: what the update changed, written with it. */
    changes: string
    /** JSON array of EntryMark: what became of conflicts and proposals. */
    marks: string
  }
  /** `writers`: JSON pairs of Yjs client id and author id; `last_edits`: JSON pairs of path and LastEdit. */
  snapshot: { document: string; seq: number; data: Uint8Array; writers: string; last_edits: string }
  catalogue: {
    document: string
    organization_id: string
    kind: string
    territory_id: string
    title: string
    summary: string
    head: number
    updated_at: number
    /** 1 when title and summary are older than the log: the process meant to renew them, and ended before it did. */
    undescribed: number
    /** JSON array of FormerTerritory. */
    former: Generated<string>
    /** 1 when the document was removed. */
    removed: Generated<number>
  }
  quarantine: {
    id: string
    document: string
    code: string
    author_id: string
    received_at: number
    data: Uint8Array
  }
  /** `detail` and `settings`: JSON of what was changed and of everything that holds afterwards. */
  policy_changes: {
    organization_id: string
    version: number
    author_id: string
    author_name: string
    at: number
    reason: string
    detail: string
    settings: string
  }
}

/**
 * Opens the embedded database as the log needs it: WAL, so that readers never wait for the writer, and a disk flush
 * with every commit, because an acknowledgement is given on its word.
 */
export function openSqlite(path: string): DatabaseSync {
  const database = new DatabaseSync(path)
  database.exec(
    'pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 5000; pragma foreign_keys = on;',
  )
  return database
}

/** Kysely over `node:sqlite`. Statements are prepared once per SQL text: preparing costs more than running them. */
export function kyselyOver<T>(database: DatabaseSync): Kysely<T> {
  const prepared = new Map<string, ReturnType<DatabaseSync['prepare']>>()
  const prepare = (sql: string) => {
    let statement = prepared.get(sql)
    if (statement === undefined) {
      // Bulk inserts differ in their number of rows; the cache is bounded by dropping it whole, which is rare.
      if (prepared.size >= 500) prepared.clear()
      prepared.set(sql, (statement = database.prepare(sql)))
    }
    const run = statement
    type Parameters = Parameters_<typeof run.all>
    return {
      reader: run.columns().length > 0,
      all: (parameters: readonly unknown[]) => run.all(...(parameters as Parameters)),
      run: (parameters: readonly unknown[]) => {
        const { changes, lastInsertRowid } = run.run(...(parameters as Parameters))
        return { changes, lastInsertRowid }
      },
      iterate: (parameters: readonly unknown[]) => run.iterate(...(parameters as Parameters)),
    }
  }
  return new Kysely<T>({
    dialect: new SqliteDialect({ database: { prepare, close: () => database.close() } }),
  })
}

type Parameters_<F> = F extends (...args: infer P) => unknown ? P : never
