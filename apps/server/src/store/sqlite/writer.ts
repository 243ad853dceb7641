import { parentPort, workerData } from 'node:worker_threads'
import type { CommitReceipt } from '../document-store.ts'
import { BatchWriter, type PackedBatch } from './batch-writer.ts'
import { kyselyOver, type LogDatabase, openSqlite } from './database.ts'
import { migrateLog } from './migrations.ts'

/**
 * The worker thread that owns the log's writing connection, so that disk flushes never block the event loop of the
 * server. One batch at a time: the next one gathers while this one is on its way to disk.
 */

export type WriterRequest = { readonly id: number; readonly batch: PackedBatch }
export type WriterAnswer =
  | { readonly id: number; readonly receipt: CommitReceipt }
  | { readonly id: number; readonly error: string }
  | { readonly ready: true }

const port = parentPort
if (port === null) throw new Error('writer.ts runs as a worker thread')
const { path } = workerData as { path: string }

const database = openSqlite(path)
const db = kyselyOver<LogDatabase>(database)
await migrateLog(db)
const writer = new BatchWriter(db, database)

let queue = Promise.resolve()
port.on('message', (request: WriterRequest | 'close') => {
  queue = queue.then(async () => {
    if (request === 'close') {
      await db.destroy()
      port.close()
      return
    }
    try {
      const receipt = writer.write(request.batch)
      port.postMessage({ id: request.id, receipt } satisfies WriterAnswer)
    } catch (error) {
      port.postMessage({ id: request.id, error: String(error) } satisfies WriterAnswer)
    }
  })
})
port.postMessage({ ready: true } satisfies WriterAnswer)
