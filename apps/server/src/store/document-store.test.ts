import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { DocumentName } from '@fulqrun/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { documentStoreContract, type StoreUnderTest } from './document-store.contract.ts'
import { emptyBatch, type LogEntry } from './document-store.ts'
import { MemoryDocumentStore } from './memory-document-store.ts'
import { openSqlite as openSqlite3 } from './sqlite/database.ts'
import { SqliteDocumentStore } from './sqlite/sqlite-document-store.ts'

function openMemory(): Promise<StoreUnderTest> {
  const store = new MemoryDocumentStore()
  return Promise.resolve({
    store,
    reopen: () => Promise.resolve(store),
    quarantine: () => Promise.resolve(store.quarantine.map(({ id, code }) => ({ id, code }))),
    close: () => store.close(),
  })
}

documentStoreContract('memory', { open: openMemory, durable: false })

async function openSqlite(): Promise<StoreUnderTest & { readonly file: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fulqrun-store-'))
  const file = path.join(folder, 'nested', 'fulqrun.sqlite')
  let store = await SqliteDocumentStore.open(file)
  return {
    file,
    store,
    async reopen() {
      await store.close()
      return (store = await SqliteDocumentStore.open(file))
    },
    quarantine: () =>
      Promise.resolve(
        query(file, 'select id, code from quarantine').map(({ id, code }) => ({ id, code }) as never),
      ),
    async close() {
      await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

documentStoreContract('SQLite', { open: openSqlite, durable: true })

function query(file: string, sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(file)
  try {
    return database.prepare(sql).all()
  } finally {
    database.close()
  }
}

describe('the SQLite adapter', () => {
  let subject: Awaited<ReturnType<typeof openSqlite>>
  beforeEach(async () => {
    subject = await openSqlite()
  })
  afterEach(() => subject.close())

  const document = 'meridian/opportunity/00000000-0000-7000-8000-000000000001' as DocumentName
  const entry: LogEntry = {
    document,
    update: new Uint8Array([1]),
    author: { id: 'ana', name: 'Ana' },
    origin: 'device',
    receivedAt: 1,
    changes: [],
  }

  test('[STO-3] the database itself refuses to change or remove an entry', async () => {
    await subject.store.commit({ ...emptyBatch, entries: [entry] })
    for (const sql of [
      "update update_log set author_id = 'ben'",
      'delete from update_log',
      "insert or replace into update_log select seq, document, data, 'ben', author_name, origin, received_at, changes, marks from update_log",
    ])
      expect(() => query(subject.file, sql)).toThrow('append-only')
    expect(await subject.store.history(document, { limit: 5 })).toMatchObject([{ author: { id: 'ana' } }])
  })

  test('[STO-5] a commit that fails in the middle has written nothing, and can be given again', async () => {
    const broken = { ...entry, author: { id: 'ana', name: null as unknown as string } }
    await expect(subject.store.commit({ ...emptyBatch, entries: [entry, entry, broken] })).rejects.toThrow(
      'NOT NULL',
    )
    expect(await subject.store.load(document)).toBeUndefined()
    const { seqs } = await subject.store.commit({ ...emptyBatch, entries: [entry, entry] })
    expect(seqs).toHaveLength(2)
    expect((await subject.store.load(document))?.tail).toHaveLength(2)
  })

  test('[STO-5] a batch that cannot be written down is refused, and the next one is not', async () => {
    const unwritable = { ...entry, changes: [{ path: 'x', action: 'set', after: 1n, editedAt: 1 } as const] }
    await expect(subject.store.commit({ ...emptyBatch, entries: [unwritable] })).rejects.toThrow('BigInt')
    await expect(subject.store.check()).resolves.toBeUndefined()
  })

  test('[STO-1] commits reach the disk: full synchronisation and a write-ahead log', () => {
    expect(query(subject.file, 'pragma journal_mode')).toEqual([{ journal_mode: 'wal' }])
    const connection = openSqlite3(subject.file)
    // 2 is full: every commit is flushed.
    expect(connection.prepare('pragma synchronous').get()).toEqual({ synchronous: 2 })
    connection.close()
  })

  test('refuses to work once it is closed', async () => {
    await subject.store.close()
    await expect(subject.store.commit({ ...emptyBatch, entries: [entry] })).rejects.toThrow('closed')
    await subject.store.close()
  })

  test('says so when its file cannot be opened', async () => {
    await expect(SqliteDocumentStore.open(tmpdir())).rejects.toThrow('unable to open')
  })
})
