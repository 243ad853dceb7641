import { type IncomingMessage, request } from 'node:http'
import { gzipSync } from 'node:zlib'
import {
  type DocumentName,
  encodePullRequest,
  encodePush,
  endpoints,
  goneCode,
  limits,
  personHeader,
  type Problem,
  PullDecoder,
  type PullRecord,
  type PullWant,
  type PushAnswer,
  WireFormatError,
} from '@fulqrun/protocol'
import { defineRoots, setField } from '@fulqrun/schema'
import { documentJson } from '@fulqrun/testkit'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { SqliteDocumentStore } from './store/sqlite/sqlite-document-store.ts'
import type { PersonId } from './testing/people.ts'
import { seedRecords } from './testing/seed-records.ts'
import { newOpportunityName, north, openTestServer, south, type TestServer } from './testing/test-server.ts'

/** Catching up by HTTP: what devices pull, while people edit on sockets. */

/** A busy machine takes its time; nothing depends on it being reached. */
const patience = { timeout: 15_000 }
let server: TestServer
let seeded: readonly DocumentName[] = []
let store: SqliteDocumentStore
let edits = 0
let text = 500

beforeEach(async () => {
  edits = 0
  text = 500
  server = await openTestServer({
    async openStore(file) {
      store = await SqliteDocumentStore.open(file)
      return store
    },
  })
})
afterEach(() => server[Symbol.asyncDispose]())

/** Writes records into the log while the server is down, and starts it on them. */
async function seed(count: number): Promise<readonly DocumentName[]> {
  await server.close()
  const closed = await SqliteDocumentStore.open(`${server.dataDir}/fulqrun.sqlite`)
  seeded = await seedRecords(closed, { count, territoryId: north, edits, text })
  await closed.close()
  await server.restart()
  return seeded
}

const want = (name: string, doc?: Y.Doc): PullWant => ({
  name,
  stateVector: doc === undefined ? new Uint8Array() : Y.encodeStateVector(doc),
})

async function post(
  id: PersonId,
  body: Uint8Array<ArrayBuffer>,
  { path = endpoints.pull, headers = {} }: { path?: string; headers?: Record<string, string> } = {},
): Promise<Response> {
  const { bearer } = await server.person(id)
  return fetch(server.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, ...headers },
    body,
  })
}

async function pull(id: PersonId, wants: readonly PullWant[]): Promise<PullRecord[]> {
  const answer = await post(id, encodePullRequest(wants))
  expect(answer.status).toBe(200)
  const decoder = new PullDecoder()
  const records = decoder.push(new Uint8Array(await answer.arrayBuffer()))
  decoder.finish()
  return records
}

function docOf({ update }: PullRecord, onto = new Y.Doc()): Y.Doc {
  defineRoots(onto, 'opportunity')
  Y.applyUpdate(onto, update)
  return onto
}

const problemOf = async (answer: Response) => {
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  return ((await answer.json()) as Problem).code
}

describe('a pull', () => {
  test('[PULL-3] brings each record whole, in order, from the log and from memory alike', async () => {
    const names = await seed(120)
    const [open = newOpportunityName()] = names
    const ana = await (await server.connect('ana')).open(open)
    setField(ana.doc, 'fields.nextStep', 'Call Dr. Reyes', { now: Date.now() })
    await ana.answered()
    const wanted = names.toReversed()
    const records = await pull(
      'ben',
      wanted.map((name) => want(name)),
    )
    expect(records.map(({ name }) => name)).toEqual(wanted)
    expect(new Set(records.map(({ status }) => status))).toEqual(new Set(['full']))
    const last = records.at(-1)
    if (last === undefined) throw new Error('there are 120')
    expect(documentJson(docOf(last))).toEqual(documentJson(ana.doc))
    expect(last.head).toBeGreaterThan(records[0]?.head ?? Infinity)
    const mia = await server.connect('mia')
    for (const record of records.slice(0, 3)) {
      const channel = await mia.open(record.name as DocumentName)
      expect(documentJson(docOf(record))).toEqual(documentJson(channel.doc))
    }
  })

  test('[PULL-3] brings only what is missing, and nothing when nothing is', async () => {
    const [one = newOpportunityName(), two = newOpportunityName()] = await seed(2)
    const copies = new Map(
      (await pull('ben', [want(one), want(two)])).map((record) => [record.name, docOf(record)]),
    )
    const copy = copies.get(one)
    // From the log, and then from memory.
    for (const round of [1, 2]) {
      const [unchanged] = await pull('ben', [want(one, copy)])
      expect(unchanged).toMatchObject({ status: 'unchanged', update: new Uint8Array() })
      const ana = await server.connect('ana')
      const channel = await ana.open(one)
      setField(channel.doc, 'fields.nextStep', `Step ${round}`, { now: Date.now() })
      await channel.answered()
      if (round === 1) {
        await ana[Symbol.asyncDispose]()
        await expect.poll(() => server.metric('fulqrun_documents_loaded'), patience).toBe(0)
      }
      const [diff] = await pull('ben', [want(one, copy)])
      if (diff === undefined) throw new Error('asked for one')
      expect(diff.status).toBe('diff')
      expect(diff.update.byteLength).toBeLessThan(200)
      expect(documentJson(docOf(diff, copy))).toEqual(documentJson(channel.doc))
      expect(diff.head).toBeGreaterThan(unchanged?.head ?? Infinity)
      if (round === 2) await ana[Symbol.asyncDispose]()
    }
    expect((await pull('ben', [want(two, copies.get(two))]))[0]?.status).toBe('unchanged')
  })

  test('[PULL-4] replaces a copy of another lineage, open or not', async () => {
    const [name = newOpportunityName()] = await seed(1)
    const [whole] = await pull('ben', [want(name)])
    if (whole === undefined) throw new Error('asked for one')
    // What the device has from before a backup was restored: things that this server has never had.
    const foreign = docOf(whole)
    setField(foreign, 'fields.nextStep', 'from the other future', { now: Date.now() })
    expect(await pull('ben', [want(name, foreign)])).toEqual([whole])
    await (await server.connect('ana')).open(name)
    const [open] = await pull('ben', [want(name, foreign)])
    expect(open?.status).toBe('full')
    expect(documentJson(docOf(open ?? whole))).toEqual(documentJson(docOf(whole)))
  })

  test('[PULL-5] says why something is not to be had, and never a word about what is out of reach', async () => {
    const [kept = newOpportunityName(), moved = newOpportunityName(), removed = newOpportunityName()] =
      await seed(3)
    const adam = await server.person('adam')
    await adam.api('PUT', `/api/documents/${moved}/territory`, { body: { territoryId: south, reason: 'x' } })
    await adam.api('DELETE', `/api/documents/${removed}`, { body: { reason: 'x' } })
    await adam.api('PATCH', '/api/admin/people/ana', { body: { territoryIds: [north] } })
    const nowhere = newOpportunityName()
    const rival = newOpportunityName('rival')
    const records = await pull(
      'ana',
      [kept, moved, removed, nowhere, rival, 'no name', kept].map((name) => want(name)),
    )
    expect(records.map((record) => (record.status === 'gone' ? goneCode(record) : record.status))).toEqual([
      'full',
      'access/denied',
      'document/removed',
      'document/not-found',
      'access/denied',
      'document/name-invalid',
      'full',
    ])
    expect(server.errors()).toEqual([])
  })

  test('[PULL-6] over the limits is refused whole, a state vector that is none makes its own record gone', async () => {
    const [name = newOpportunityName()] = await seed(1)
    const many = Array.from({ length: limits.maxPullDocuments + 1 }, () => want(newOpportunityName()))
    const tooMany = await post('ana', encodePullRequest(many))
    expect([tooMany.status, await problemOf(tooMany)]).toEqual([413, 'input/too-large'])
    const tooLong = await post('ana', new Uint8Array(limits.maxPullBytes + 1))
    expect([tooLong.status, await problemOf(tooLong)]).toEqual([413, 'input/too-large'])
    for (const body of [new Uint8Array(), new Uint8Array([7]), new Uint8Array([1, 200, 5])]) {
      const answer = await post('ana', body)
      expect([answer.status, await problemOf(answer)]).toEqual([400, 'input/invalid'])
    }
    // A thousand names that do not exist cost a look at each and nothing else.
    const gone = await pull('ana', many.slice(1))
    expect(new Set(gone.map(goneCode))).toEqual(new Set(['document/not-found']))
    const vectors = [
      new Uint8Array([255, 255]),
      new Uint8Array(limits.maxStateVectorBytes + 1),
      new Uint8Array([1, 1]),
    ]
    const records = await pull('ana', [...vectors.map((stateVector) => ({ name, stateVector })), want(name)])
    expect(records.map(({ status }) => status)).toEqual(['gone', 'gone', 'gone', 'full'])
    expect(records.slice(0, 3).map(goneCode)).toEqual(['input/invalid', 'input/too-large', 'input/invalid'])
    expect((await fetch(server.url + endpoints.pull, { method: 'POST' })).status).toBe(401)
    expect(server.errors()).toEqual([])
  })

  test('[PULL-8] for somebody else than who is signed in is answered with nothing, and so are a push and the list', async () => {
    const [name = newOpportunityName()] = await seed(1)
    const update = Y.encodeStateAsUpdate(new Y.Doc({ guid: 'x' }))
    for (const [path, body] of [
      [endpoints.pull, encodePullRequest([want(name)])],
      [endpoints.push, encodePush([{ name, update }])],
    ] as const) {
      const refused = await post('ben', body, { path, headers: { [personHeader]: 'ana' } })
      expect([refused.status, await problemOf(refused)]).toEqual([409, 'auth/other-person'])
      expect((await post('ben', body, { path, headers: { [personHeader]: 'ben' } })).status).toBe(200)
    }
    const { bearer } = await server.person('ben')
    const list = (id: string) =>
      fetch(server.url + endpoints.catalogue, {
        headers: { authorization: `Bearer ${bearer}`, [personHeader]: id },
      })
    const refused = await list('ana')
    expect([refused.status, await problemOf(refused)]).toEqual([409, 'auth/other-person'])
    expect((await list('ben')).status).toBe(200)
  })

  test('[PULL-9] of long tails takes snapshots, so that the next one passes bytes on', async () => {
    edits = 8
    const names = await seed(30)
    const wants = names.map((name) => want(name))
    const first = await pull('ben', wants)
    await expect
      .poll(
        async () => [...(await store.contents(names)).values()].filter(({ tail }) => tail.length > 0).length,
        patience,
      )
      .toBe(0)
    const second = await pull('ben', wants)
    expect(second).toEqual(first)
    const stored = await store.contents(names)
    for (const { name, update } of second) expect(update).toEqual(stored.get(name as DocumentName)?.snapshot)
    // The server opens them with everything that it knew before.
    const ana = await (await server.connect('ana')).open(names[0] ?? newOpportunityName())
    expect(documentJson(ana.doc)).toEqual(documentJson(docOf(first[0] ?? ({} as PullRecord))))
    setField(ana.doc, 'fields.nextStep', 'after the snapshot', { now: Date.now() })
    await ana.answered()
    expect(ana.verdicts.at(-1)).toBe(true)
  })
})

/** Reads an answer as it comes, with the means to stop reading. */
async function openPull(id: PersonId, wants: readonly PullWant[], headers: Record<string, string> = {}) {
  const { bearer } = await server.person(id)
  const body = encodePullRequest(wants)
  return new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = request(server.url + endpoints.pull, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-length': body.length, ...headers },
    })
    outgoing.on('response', resolve)
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** What is read of an answer to its end, however it ends. */
async function readOut(
  chunks: AsyncIterable<Uint8Array>,
  decoder = new PullDecoder(),
): Promise<PullRecord[]> {
  const records: PullRecord[] = []
  try {
    for await (const chunk of chunks) records.push(...decoder.push(new Uint8Array(chunk)))
  } catch (error) {
    // Cut off by the server.
    if (error instanceof WireFormatError) throw error
  }
  return records
}

describe('an answer on its way', () => {
  test('[PULL-7] waits for a client that does not read, and others edit meanwhile', async () => {
    text = 60_000
    const names = await seed(400)
    const answer = await openPull(
      'ben',
      names.map((name) => want(name)),
    )
    // Nobody reads: the server stops making batches once the ones on their way fill the buffers.
    const pulled = () => server.metric('fulqrun_pull_documents_total{status="full"}')
    await expect.poll(pulled, patience).toBeGreaterThan(5)
    const ana = await (await server.connect('ana')).open(names[0] ?? newOpportunityName())
    for (let index = 0; index < 20; index++) {
      setField(ana.doc, 'fields.nextStep', `Step ${index}`, { now: Date.now() })
      await ana.answered()
    }
    expect(await pulled()).toBeLessThan(350)
    const decoder = new PullDecoder()
    const records = await readOut(answer, decoder)
    expect(decoder.isEnded).toBe(true)
    expect(records.map(({ name }) => name)).toEqual(names)
    expect(await pulled()).toBe(400)
  })

  test('[PULL-5] turns to gone where access is lost, and is cut where the session ends', async () => {
    text = 60_000
    const names = await seed(400)
    const wants = names.map((name) => want(name))
    const adam = await server.person('adam')
    const narrowed = await openPull('ben', wants)
    const blocked = await openPull('ana', wants)
    const pulled = () => server.metric('fulqrun_pull_documents_total{status="full"}')
    await expect.poll(pulled, patience).toBeGreaterThan(10)
    await adam.api('PATCH', '/api/admin/people/ben', { body: { territoryIds: [south] } })
    await adam.api('PATCH', '/api/admin/people/ana', { body: { blocked: true } })
    const decoder = new PullDecoder()
    const records = await readOut(narrowed, decoder)
    expect(decoder.isEnded).toBe(true)
    const denied = records.findIndex(({ status }) => status === 'gone')
    expect(denied).toBeGreaterThan(0)
    expect(new Set(records.slice(denied).map(goneCode))).toEqual(new Set(['access/denied']))
    const cut = new PullDecoder()
    expect((await readOut(blocked, cut)).length).toBeLessThan(names.length)
    expect(() => cut.finish()).toThrow('cut')
    expect(server.errors()).toEqual([])
  })

  test('[PULL-10] what is out of reach is not even read for whoever asks', async () => {
    edits = 8
    const names = await seed(3)
    const adam = await server.person('adam')
    await adam.api('PATCH', '/api/admin/people/ben', { body: { territoryIds: [south] } })
    const read = vi.spyOn(store, 'contents')
    const records = await pull(
      'ben',
      names.map((name) => want(name)),
    )
    expect(records.map(goneCode)).toEqual(names.map(() => 'access/denied'))
    expect(read.mock.calls.flatMap(([asked]) => asked)).toEqual([])
  })

  test('[PULL-10] a person has a few at once, and another one when one is given up', async () => {
    text = 60_000
    const names = await seed(400)
    const wants = names.map((name) => want(name))
    const packed = { 'accept-encoding': 'gzip' }
    const open = await Promise.all(
      Array.from({ length: 6 }, (_, index) => openPull('ben', wants, index % 2 === 0 ? {} : packed)),
    )
    const refused = await post('ben', encodePullRequest(wants))
    expect([refused.status, await problemOf(refused)]).toEqual([503, 'server/overloaded'])
    expect((await pull('ana', wants.slice(0, 3))).length).toBe(3)
    for (const answer of open) answer.destroy()
    await expect
      .poll(async () => (await post('ben', encodePullRequest(wants.slice(0, 1)))).status, patience)
      .toBe(200)
    // As many as before: every one of them was counted out.
    const again = await Promise.all(Array.from({ length: 6 }, () => openPull('ben', wants)))
    expect(again.map(({ statusCode }) => statusCode)).toEqual(again.map(() => 200))
    for (const answer of again) answer.destroy()
  })

  test('[PULL-2] that is cut gives what came whole, and the rest is asked for again', async () => {
    text = 20_000
    const names = await seed(100)
    const answer = await openPull(
      'ben',
      names.map((name) => want(name)),
    )
    const decoder = new PullDecoder()
    const records: PullRecord[] = []
    for await (const chunk of answer) {
      records.push(...decoder.push(new Uint8Array(chunk as Buffer)))
      if (records.length > 0) break
    }
    expect(() => decoder.finish()).toThrow('cut')
    expect(records.length).toBeLessThan(names.length)
    const came = new Set(records.map(({ name }) => name))
    const rest = await pull(
      'ben',
      names.filter((name) => !came.has(name)).map((name) => want(name)),
    )
    expect([...records, ...rest].map(({ name }) => name)).toEqual(names)
    // The server has let go of the one that was cut.
    await expect.poll(() => server.metric('fulqrun_catch_up_seconds_count{step="pull"}'), patience).toBe(2)
    expect(server.errors()).toEqual([])
  })

  test('[PULL-7] is compressed for whoever takes it, and read the same', async () => {
    const names = await seed(300)
    const wants = names.map((name) => want(name))
    const plain = await openPull('ben', wants)
    expect(plain.headers['content-encoding']).toBeUndefined()
    const records = await readOut(plain)
    expect(records).toHaveLength(300)
    for (const accepted of ['gzip', 'br, gzip;q=0.8']) {
      const { headers } = await openPull('ben', wants, { 'accept-encoding': accepted })
      expect(headers['content-encoding']).toBe('gzip')
    }
    expect(
      (await openPull('ben', wants, { 'accept-encoding': 'gzip;q=0' })).headers['content-encoding'],
    ).toBeUndefined()
    // fetch asks for gzip and unpacks it.
    expect(await pull('ben', wants)).toEqual(records)
  })
})

describe('a pushed body', () => {
  const nextStep = (doc: Y.Doc) => doc.getMap('fields').get('nextStep')

  test('[PUSH-5] may be compressed, and is refused whole when a byte of it has changed', async () => {
    const ana = await server.newOpportunity('ana')
    const copy = new Y.Doc()
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(ana.doc))
    setField(copy, 'fields.nextStep', 'packed', { now: Date.now() })
    const body = encodePush([
      { name: ana.name, update: Y.encodeStateAsUpdate(copy, Y.encodeStateVector(ana.doc)) },
    ])
    const push = (bytes: Uint8Array, encoding?: string) =>
      post('ben', new Uint8Array(bytes), {
        path: endpoints.push,
        headers: encoding === undefined ? {} : { 'content-encoding': encoding },
      })
    for (let at = 1; at < body.length; at += 7) {
      const damaged = body.slice()
      damaged[at] = (damaged[at] ?? 0) ^ 4
      const answer = await push(damaged)
      expect([answer.status, await problemOf(answer)]).toEqual([400, 'sync/checksum'])
    }
    const packed = gzipSync(body)
    expect(await problemOf(await push(packed.subarray(0, -3), 'gzip'))).toBe('sync/checksum')
    expect(await problemOf(await push(body, 'gzip'))).toBe('sync/checksum')
    expect(await problemOf(await push(body, 'br'))).toBe('input/invalid')
    // Small on the wire, large unpacked.
    const bomb = await push(gzipSync(new Uint8Array(limits.maxPushBytes + 1)), 'gzip')
    expect([bomb.status, await problemOf(bomb)]).toEqual([413, 'input/too-large'])
    expect(nextStep(ana.doc)).toBeUndefined()
    const answer = (await (await push(packed, 'gzip')).json()) as PushAnswer
    expect(answer.verdicts).toEqual([{ name: ana.name, accepted: true, putBack: [] }])
    await ana.until(({ doc }) => nextStep(doc) === 'packed')
    expect(await server.metric('fulqrun_push_verdicts_total{verdict="accepted"}')).toBe(1)
  })
})
