import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ConfigError } from './config.ts'

/**
 * Makes sure that one process at a time serves a data folder: two would each hold documents in memory that the other
 * does not know of. The lock is an open SQLite transaction, which the system lifts when the process ends, also by
 * SIGKILL. Throws a {@link ConfigError} when another server holds it.
 */
export function lockDataDir(dataDir: string): void {
  let database: DatabaseSync | undefined
  try {
    mkdirSync(dataDir, { recursive: true })
    database = new DatabaseSync(path.join(dataDir, 'server.lock'))
    // A predecessor that is just ending gets a moment.
    database.exec('pragma busy_timeout = 2000')
    database.exec('begin exclusive')
  } catch (cause) {
    database?.close()
    const busy = (cause as { errcode?: number }).errcode === sqliteBusy
    throw new ConfigError(
      'DATA_DIR',
      busy ? `${dataDir} is in use by another server` : `${dataDir} cannot be used`,
      {
        cause,
      },
    )
  }
  held.add(database)
}

const sqliteBusy = 5
/** For the life of the process: a connection that nothing refers to is closed by the garbage collector. */
const held = new Set<DatabaseSync>()
