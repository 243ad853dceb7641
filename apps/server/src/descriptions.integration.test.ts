import { rm } from 'node:fs/promises'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { CataloguePage } from '@fulqrun/protocol'
import { setField } from '@fulqrun/schema'
import { WireClient, type WireChannel } from '@fulqrun/testkit'
import { expect, test } from 'vitest'
import { signIn } from './testing/people.ts'
import { spawnServer } from './testing/spawn-server.ts'
import {
  createOpportunity,
  newOpportunityName,
  openTestServer,
  prepareDataDir,
  syncUrlOf,
} from './testing/test-server.ts'

/** Lists while records are edited faster than they are summed up. */

async function rename(channel: WireChannel, name: string): Promise<void> {
  setField(channel.doc, 'fields.name', name, { now: Date.now() })
  await channel.answered()
}

interface Row {
  readonly title: string
  readonly undescribed: number
}

function rowOnDisk(dataDir: string, document: string): Row {
  const database = new DatabaseSync(path.join(dataDir, 'fulqrun.sqlite'), { readOnly: true })
  try {
    const row = database.prepare('select title, undescribed from catalogue where document = ?').get(document)
    return row as unknown as Row
  } finally {
    database.close()
  }
}

test('[LOG-8] a list shows the newest name, page after page, however fast it changes', async () => {
  await using server = await openTestServer()
  const ana = await server.newOpportunity('ana')
  const mia = await server.person('mia')
  let cursor = ''
  for (let round = 0; round < 20; round++) {
    await rename(ana, `Name ${round}`)
    const page = await mia.get<CataloguePage>(`/api/catalogue?cursor=${cursor}`)
    expect(page.entries.map(({ title }) => title)).toEqual([`Name ${round}`])
    cursor = page.cursor
  }
})

test('[LOG-8] [DOC-1] a document leaves memory with its description on disk', async () => {
  await using server = await openTestServer()
  const ana = await server.newOpportunity('ana')
  for (let round = 0; round < 5; round++) await rename(ana, `Name ${round}`)
  await ana.client[Symbol.asyncDispose]()
  await expect.poll(() => server.metric('fulqrun_documents_loaded')).toBe(0)
  expect(rowOnDisk(server.dataDir, ana.name)).toEqual({ title: 'Name 4', undescribed: 0 })
  expect(server.errors()).toEqual([])
})

test('[LOG-8] a server that stops leaves no row behind', async () => {
  await using server = await openTestServer()
  const ana = await server.newOpportunity('ana')
  for (let round = 0; round < 5; round++) await rename(ana, `Name ${round}`)
  await server.close()
  expect(rowOnDisk(server.dataDir, ana.name)).toEqual({ title: 'Name 4', undescribed: 0 })
  await server.restart()
})

test('[LOG-8] a server that is killed before it described a record does so when it is started again', async () => {
  const dataDir = await prepareDataDir()
  let server = await spawnServer({ dataDir })
  try {
    const ana = await signIn(() => server.url, 'ana')
    const name = newOpportunityName()
    const connection = { url: syncUrlOf(server.url), token: await ana.token() }
    const channel = await (await WireClient.connect(connection)).open(name)
    createOpportunity(channel, 'ana')
    await channel.answered()
    // Edited until the row is behind: a description may just have been due.
    for (let round = 0; rowOnDisk(dataDir, name).undescribed === 0; round++)
      await rename(channel, `Name ${round}`)
    await server.end('SIGKILL')
    expect(rowOnDisk(dataDir, name).undescribed).toBe(1)
    const title = channel.doc.getMap('fields').get('name')
    expect(rowOnDisk(dataDir, name).title).not.toBe(title)
    server = await spawnServer({ dataDir })
    const { entries } = await ana.get<CataloguePage>('/api/catalogue')
    expect(entries.map((entry) => entry.title)).toEqual([title])
    expect(rowOnDisk(dataDir, name)).toEqual({ title, undescribed: 0 })
  } finally {
    await server[Symbol.asyncDispose]()
    await rm(dataDir, { recursive: true, force: true })
  }
})
