import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { addEntry, getText, setField } from '@fulqrun/schema'
import { copyDocument, documentJson, type WireChannel } from '@fulqrun/testkit'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { createOpportunity, openTestServer, type TestServer } from './testing/test-server.ts'

/** Records under a name that devices know, and that are not what the devices have: restored backups, records made anew. */

function fill(channel: WireChannel, words: string): void {
  getText(channel.doc, 'description').insert(0, words)
  addEntry(channel.doc, 'activities', { type: 'call', subject: words }, { now: Date.now() })
}

/** What the server has, as a device without a copy sees it. */
async function freshCopy(server: TestServer, name: WireChannel['name']): Promise<Y.Doc> {
  const { client, doc } = await (await server.connect('mia')).open(name)
  await client[Symbol.asyncDispose]()
  return doc
}

test('[DOC-5] a copy of another record under the same name is kept aside whole, and its owner goes on (SYNC 15)', async () => {
  await using before = await openTestServer()
  const old = await before.newOpportunity('ana')
  fill(old, 'of the old record')
  await old.answered()
  const device = copyDocument(old.doc, 'opportunity', 7)
  setField(device, 'fields.nextStep', 'typed offline', { now: Date.now() })

  // A server that has lost everything, and the record made anew from an export.
  await using server = await openTestServer()
  const ben = await (await server.connect('ben')).open(old.name)
  createOpportunity(ben, 'ben')
  fill(ben, 'of the new record')
  await ben.answered()
  const current = documentJson(await freshCopy(server, old.name))
  const received = ben.received.length

  const ana = await (await server.connect('ana')).open(old.name, { doc: device })
  await ana.until(({ messages }) => messages.length > 0)
  expect(ana.messages).toMatchObject([{ type: 'refused', code: 'document/outdated' }])
  expect(ana.acknowledged).toBe(0)
  expect(documentJson(await freshCopy(server, old.name))).toEqual(current)
  expect(ben.received).toHaveLength(received)
  expect(server.quarantine()).toMatchObject([
    { document: old.name, code: 'document/outdated', author_id: (await server.person('ana')).id },
  ])

  const again = await (await server.connect('ana')).open(old.name)
  setField(again.doc, 'fields.nextStep', 'typed again', { now: Date.now() })
  await again.answered()
  await ben.until(({ doc }) => doc.getMap('fields').get('nextStep') === 'typed again')
  expect(again.refused).toBe(0)
  expect(server.errors()).toEqual([])
})

test('[DOC-5] only the newest words of a copy of another record: the rest is asked for, and all of it kept aside', async () => {
  await using before = await openTestServer()
  const old = await before.newOpportunity('ana')
  fill(old, 'of the old record')
  await old.answered()

  await using server = await openTestServer()
  const ben = await (await server.connect('ben')).open(old.name)
  createOpportunity(ben, 'ben')
  await ben.answered()
  const ana = await (await server.connect('ana')).open(old.name, { doc: old.doc, answersSync: false })
  getText(old.doc, 'description').insert(0, 'more ')
  await ana.client.ping()
  expect(ana.verdicts).toEqual([])
  await ana.until(({ questions }) => questions > 1)
  ana.send(Y.encodeStateAsUpdate(old.doc))
  await ana.until(({ messages }) => messages.length > 0)
  expect(ana.messages).toMatchObject([{ type: 'refused', code: 'document/outdated' }])
  await ana.answered()
  expect(ana.acknowledged).toBe(0)
})

test('[DOC-5] after a backup was restored, a copy of the same record brings back what came later, once (SYNC 15)', async () => {
  await using server = await openTestServer()
  const made = await server.newOpportunity('ana')
  const { name } = made
  fill(made, 'before the backup. ')
  await made.answered()
  const backup = await mkdtemp(path.join(tmpdir(), 'fulqrun-backup-'))
  await server.close()
  await cp(server.dataDir, backup, { recursive: true })
  await server.restart()

  const ana = await (
    await server.connect('ana')
  ).open(name, { doc: copyDocument(made.doc, 'opportunity', 8) })
  fill(ana, 'after the backup. ')
  await ana.answered()
  const later = documentJson(ana.doc)
  await server.close()
  await rm(server.dataDir, { recursive: true })
  await cp(backup, server.dataDir, { recursive: true })
  await server.restart()

  expect(documentJson(await freshCopy(server, name))).toEqual(documentJson(made.doc))
  const again = await (await server.connect('ana')).open(name, { doc: ana.doc })
  await again.answered()
  expect(again.refused).toBe(0)
  expect(documentJson(await freshCopy(server, name))).toEqual(later)
  await rm(backup, { recursive: true })
})
