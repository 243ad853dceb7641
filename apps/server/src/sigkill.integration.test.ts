import { rm } from 'node:fs/promises'
import { documentJson, type WireChannel, WireClient } from '@fulqrun/testkit'
import { setField } from '@fulqrun/schema'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type * as Y from 'yjs'
import { type Person, type PersonId, signIn } from './testing/people.ts'
import { type ServerProcess, spawnServer } from './testing/spawn-server.ts'
import { createOpportunity, newOpportunityName, prepareDataDir, syncUrlOf } from './testing/test-server.ts'

/** Real processes that are killed and stopped while people write. */

/** Less than what the socket library waits for a peer that does not answer a close, and ample for a busy machine. */
const patienceMs = 25_000

let dataDir: string
let server: ServerProcess
const people = new Map<PersonId, Person>()
beforeEach(async () => {
  dataDir = await prepareDataDir()
  server = await spawnServer({ dataDir })
  for (const id of ['ana', 'ben', 'mia'] as const) people.set(id, await signIn(() => server.url, id))
})
afterEach(async () => {
  await server[Symbol.asyncDispose]()
  await rm(dataDir, { recursive: true, force: true })
})

async function connect(id: PersonId): Promise<WireClient> {
  const token = await people.get(id)?.token()
  return WireClient.connect({ url: syncUrlOf(server.url), token })
}

async function freshCopy(name: WireChannel['name']): Promise<Y.Doc> {
  const client = await connect('mia')
  const channel = await client.open(name)
  await client[Symbol.asyncDispose]()
  return channel.doc
}

/** Somebody who writes marks, one per frame, as fast as the answers come, and remembers which were acknowledged. */
interface Writer {
  readonly channel: WireChannel
  readonly marks: readonly string[]
  acknowledged(): readonly string[]
  stop(): void
}

function startWriting(channel: WireChannel, label: string): Writer {
  const marks: string[] = []
  const firstAnswer = channel.sent
  const state = { running: true }
  const write = () => {
    // A window of eight unanswered writes, so that the log always has a batch under way and one that gathers.
    while (state.running && channel.client.isOpen && channel.sent - channel.verdicts.length < 8) {
      const mark = `${label}-${marks.length}`
      marks.push(mark)
      channel.doc.transact(() => {
        setField(channel.doc, 'fields.nextStep', mark, { now: Date.now() })
        channel.doc.getText('text:meddpicc.metrics.currentCost').insert(0, `${mark} `)
      })
    }
  }
  channel.client.onFrame(write)
  write()
  return {
    channel,
    marks,
    acknowledged: () => marks.filter((_, index) => channel.verdicts[firstAnswer + index] ?? false),
    stop: () => (state.running = false),
  }
}

describe('the process is killed while people write', () => {
  test('[STO-1] [LOG-1] twenty times: no acknowledged edit is missing after the restart (SYNC 2)', async () => {
    const name = newOpportunityName()
    const creator = await (await connect('ana')).open(name)
    createOpportunity(creator, 'ana')
    await creator.answered()
    await creator.client[Symbol.asyncDispose]()
    const acknowledged: string[] = []
    const missing: string[] = []
    for (let round = 0; round < 20; round++) {
      const clients = await Promise.all([connect('ana'), connect('ben'), connect('ana')])
      const channels = await Promise.all(clients.map((client) => client.open(name)))
      const writers = channels.map((channel, index) => startWriting(channel, `r${round}w${index}`))
      const enough = 20 + round * 5
      await Promise.all(
        writers.map(({ channel }) =>
          channel.until(({ verdicts }) => verdicts.length > enough, 'some answers'),
        ),
      )
      await server.end('SIGKILL')
      await Promise.all(clients.map(({ closed }) => closed))
      for (const writer of writers) acknowledged.push(...writer.acknowledged())
      server = await spawnServer({ dataDir })
      const text = (await freshCopy(name)).getText('text:meddpicc.metrics.currentCost').toJSON()
      const present = new Set(text.split(' '))
      missing.push(...acknowledged.filter((mark) => !present.has(mark)))
    }
    expect(acknowledged.length).toBeGreaterThan(20 * 3 * 5)
    expect(missing).toEqual([])
    // A start of a process takes seconds on a busy machine, and this takes twenty of them.
  }, 900_000)

  test('a device that has unacknowledged edits brings them back, once (SYNC 2)', async () => {
    const name = newOpportunityName()
    const ana = await (await connect('ana')).open(name)
    createOpportunity(ana, 'ana')
    await ana.answered()
    const writer = startWriting(ana, 'kept')
    await ana.until(({ verdicts }) => verdicts.length > 50)
    await server.end('SIGKILL')
    await ana.client.closed
    writer.stop()
    server = await spawnServer({ dataDir })
    const back = await (await connect('ana')).open(name, { doc: ana.doc })
    await back.answered()
    const fresh = await freshCopy(name)
    expect(documentJson(fresh)).toEqual(documentJson(back.doc))
    const words = fresh.getText('text:meddpicc.metrics.currentCost').toJSON().trim().split(' ')
    expect(words).toHaveLength(writer.marks.length)
  })
})

describe('the process is asked to stop while people write', () => {
  test('exits in time with nothing acknowledged lost, although clients stay and write on (SYNC 27)', async () => {
    const name = newOpportunityName()
    const ana = await (await connect('ana')).open(name)
    createOpportunity(ana, 'ana')
    await ana.answered()
    const clients = await Promise.all(
      (['ana', 'ben', 'ana', 'ben', 'ana', 'ben'] as const).map((id) => connect(id)),
    )
    const channels = await Promise.all(clients.map((client) => client.open(name)))
    const writers = channels.map((channel, index) => startWriting(channel, `w${index}`))
    // One that stays without reading: it neither answers the close nor goes.
    const stubborn = await (await connect('ben')).open(name)
    stubborn.client.stopReading()
    await Promise.all(writers.map(({ channel }) => channel.until(({ verdicts }) => verdicts.length > 40)))
    const deadline = AbortSignal.timeout(patienceMs)
    const exit = await server.end('SIGTERM')
    expect(deadline.aborted).toBe(false)
    expect(exit).toEqual({ code: 0, signal: null })
    await Promise.all(clients.map(({ closed }) => closed))
    expect(clients.map(({ close }) => close?.reason)).toEqual(clients.map(() => 'server/stopping'))
    stubborn.client.terminate()
    const acknowledged = writers.flatMap((writer) => writer.acknowledged())
    server = await spawnServer({ dataDir })
    const present = new Set(
      (await freshCopy(name)).getText('text:meddpicc.metrics.currentCost').toJSON().split(' '),
    )
    expect(acknowledged.filter((mark) => !present.has(mark))).toEqual([])
    expect(acknowledged.length).toBeGreaterThan(6 * 20)
  })
})
