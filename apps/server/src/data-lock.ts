import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ConfigError } from './config.ts'

/**
 * Makes sure that one process at a time serves a data folder: two would each hold documents in memory that the other
 * does not know of. The lock is an open SQLite transaction, which the system lifts when the process ends, also by
 * SIGKILL. Returns the function that lifts it; throws a {@link ConfigError} when another server holds it.
 */
export function lockDataDir(dataDir: string): () => void {
  let database: DatabaseSync | undefined
  try {
    mkdirSync(dataDir, { recursive: true })
    database = new DatabaseSync(path.join(dataDir, 'server.lock'))
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
  const held = database
  return () => held.close()
}

const sqliteBusy = 5
