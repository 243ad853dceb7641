import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { addEntry, setField } from '@fulqrun/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestServer, type TestServer } from './testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

/** What the newest snapshot of a document says about who wrote which value. */
function savedEdits(
  document: string,
): ReadonlyMap<string, { readonly author: string; readonly before?: unknown }> {
  const database = new DatabaseSync(path.join(server.dataDir, 'fulqrun.sqlite'), { readOnly: true })
  try {
    const row = database.prepare('select last_edits from snapshot where document = ?').get(document)
    return new Map(JSON.parse(String(row?.['last_edits'] ?? '[]')) as [])
  } finally {
    database.close()
  }
}

test('[DOC-6] who wrote which value is known over snapshots, unloading and restarts', async () => {
  const created = await server.newOpportunity('ana')
  const { name, client } = created
  const activity = addEntry(created.doc, 'activities', { type: 'call', subject: 'Call' }, { now: Date.now() })
  setField(created.doc, 'fields.nextStep', 'of Ana', { now: Date.now() })
  await created.answered()
  await client[Symbol.asyncDispose]()
  await expect.poll(() => server.metric('fulqrun_documents_loaded')).toBe(0)
  await server.restart()

  const ben = await (await server.connect('ben')).open(name)
  for (let step = 0; step < 60; step++) {
    setField(ben.doc, `activities.${activity}.subject`, `Call ${step}`, { now: Date.now() })
    await ben.answered()
  }
  await ben.client[Symbol.asyncDispose]()
  await expect.poll(() => savedEdits(name).size).toBeGreaterThan(0)
  const ids = { ana: (await server.person('ana')).id, ben: (await server.person('ben')).id }
  const saved = savedEdits(name)
  expect(saved.get('fields.nextStep')?.author).toBe(ids.ana)
  expect(saved.get(`activities.${activity}`)?.author).toBe(ids.ana)
  expect(saved.get(`activities.${activity}.subject`)).toMatchObject({ author: ids.ben, before: 'Call 58' })
  expect(server.errors()).toEqual([])
})
