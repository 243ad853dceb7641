import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Database } from '@hocuspocus/extension-database'
import { Server } from '@hocuspocus/server'

/**
 * Peer: Hocuspocus as its manual sets it up. The database extension stores whole documents by name; debounce settings
 * are the stock ones (2 s after the last change, at the latest 10 s), no hook of ours runs.
 */

const port = Number(process.env['PORT'])
const database = new DatabaseSync(join(process.env['DATA_DIR'] ?? '.', 'hocuspocus.sqlite'))
database.exec('pragma journal_mode = wal')
database.exec('create table if not exists documents (name text primary key, data blob not null)')
const select = database.prepare('select data from documents where name = ?')
const upsert = database.prepare(
  'insert into documents (name, data) values (?, ?) on conflict (name) do update set data = excluded.data',
)

/** Without them more than a hundred documents on one socket never sync at all (SYNC E1). */
const raisedLimits =
  process.env['RAISED_LIMITS'] === '1'
    ? {
        maxPendingDocuments: 1_000_000,
        maxUnauthenticatedQueueMessages: 10_000_000,
        maxUnauthenticatedQueueSize: 500_000_000,
      }
    : {}

const server = new Server({
  ...raisedLimits,
  port,
  address: '127.0.0.1',
  quiet: true,
  extensions: [
    new Database({
      fetch: async ({ documentName }) => {
        const data = select.get(documentName)?.['data']
        return data instanceof Uint8Array ? data : null
      },
      store: async ({ documentName, state }) => {
        upsert.run(documentName, state)
      },
    }),
  ],
})

await server.listen()
