import { request } from 'node:http'
import { isDeepStrictEqual } from 'node:util'
import {
  documentEndpoint,
  encodePush,
  endpoints,
  financialsEndpoint,
  type HistoryPage,
  limits,
  type Problem,
  type PushAnswer,
  type PushedUpdate,
  type PushVerdict,
} from '@fulqrun/protocol'
import { createDocument, readProposals } from '@fulqrun/schema'
import { arbitraryHostileEdit, hostileUpdate, seedOfRun, type WireChannel } from '@fulqrun/testkit'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { createDisk } from './testing/failing-store.ts'
import type { PersonId } from './testing/people.ts'
import {
  createOpportunity,
  newOpportunityName,
  openTestServer,
  south,
  type TestServer,
} from './testing/test-server.ts'

/** Updates pushed by HTTP, beside people on `/sync`. */

let server: TestServer
beforeEach(async () => {
  server = await openTestServer()
})
afterEach(() => server[Symbol.asyncDispose]())

async function post(id: PersonId, body: Uint8Array, url = server.url): Promise<Response> {
  const { bearer } = await server.person(id)
  return fetch(url + endpoints.push, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}` },
    body: new Uint8Array(body),
  })
}

async function push(id: PersonId, updates: readonly PushedUpdate[]): Promise<readonly PushVerdict[]> {
  const response = await post(id, encodePush(updates))
  expect(response.status).toBe(200)
  return ((await response.json()) as PushAnswer).verdicts
}

/** What somebody writes who has seen `doc`, under a client id of their own. */
function edit(doc: Y.Doc, change: (doc: Y.Doc) => void, clientId?: number): Uint8Array {
  const copy = new Y.Doc()
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc))
  if (clientId !== undefined) copy.clientID = clientId
  const before = Y.encodeStateVector(copy)
  copy.transact(() => change(copy))
  return Y.encodeStateAsUpdate(copy, before)
}

const nextStep = (text: string) => (doc: Y.Doc) => void doc.getMap('fields').set('nextStep', text)
const nextStepOf = ({ doc }: Pick<WireChannel, 'doc'>) => doc.getMap('fields').get('nextStep')

describe('a push', () => {
  test('[PUSH-2] edits several records, reaches colleagues live, and is on disk when it is answered', async () => {
    const one = await server.newOpportunity('ana')
    const two = await server.newOpportunity('ana')
    const created = newOpportunityName()
    const fresh = new Y.Doc()
    createOpportunity({ doc: fresh }, 'ben', { name: 'Made in the field' })
    const verdicts = await push('ben', [
      { name: one.name, update: edit(one.doc, nextStep('one')) },
      { name: two.name, update: edit(two.doc, nextStep('two')) },
      { name: created, update: Y.encodeStateAsUpdate(fresh) },
    ])
    expect(verdicts).toEqual(
      [one.name, two.name, created].map((name) => ({ name, accepted: true, putBack: [] })),
    )
    await one.until((channel) => nextStepOf(channel) === 'one')
    await two.until((channel) => nextStepOf(channel) === 'two')
    await server.restart()
    const mia = await server.connect('mia')
    expect(nextStepOf(await mia.open(one.name))).toBe('one')
    expect((await mia.open(created)).doc.getMap('fields').get('name')).toBe('Made in the field')
    const person = await server.person('mia')
    const { entries } = await person.get<HistoryPage>(documentEndpoint(one.name, 'history'))
    expect(entries.map(({ author, origin }) => [author.id, origin])[0]).toEqual(['ben', 'device'])
  })

  test('[PUSH-2] is not answered before the disk has it', async () => {
    const disk = createDisk()
    await using failing = await openTestServer({ openStore: (file) => disk.open(file) })
    const ana = await failing.newOpportunity('ana')
    const { bearer } = await failing.person('ana')
    disk.state = 'failing'
    let isAnswered = false
    const answer = fetch(failing.url + endpoints.push, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}` },
      body: new Uint8Array(encodePush([{ name: ana.name, update: edit(ana.doc, nextStep('held')) }])),
    }).finally(() => (isAnswered = true))
    // Colleagues see it, the disk has refused it: the sender has to wait.
    await ana.until((channel) => nextStepOf(channel) === 'held')
    await expect.poll(() => disk.tried).toBeGreaterThan(1)
    expect(isAnswered).toBe(false)
    disk.work()
    expect(((await (await answer).json()) as PushAnswer).verdicts[0]?.accepted).toBe(true)
  })

  test('[PUSH-2] sent twice is admitted once', async () => {
    const ana = await server.newOpportunity('ana')
    const updates = [
      { name: ana.name, update: edit(ana.doc, nextStep('once')) },
      { name: ana.name, update: new Uint8Array([1, 2, 3]) },
    ]
    const first = await push('ben', updates)
    expect(await push('ben', updates)).toEqual(first)
    expect(await push('ben', [...updates, ...updates])).toEqual([...first, ...first])
    expect(first.map(({ accepted }) => accepted)).toEqual([true, false])
    expect(server.quarantine()).toHaveLength(1)
    const ben = await server.person('ben')
    const { entries } = await ben.get<HistoryPage>(documentEndpoint(ana.name, 'history'))
    expect(entries).toHaveLength(2)
  })

  test('[PUSH-2] of nothing is answered with nothing', async () => {
    expect(await push('ana', [])).toEqual([])
  })
})

describe('one refused update', () => {
  test('[PUSH-3] a poison update between good ones takes nothing with it', async () => {
    const ana = await server.newOpportunity('ana')
    const other = await server.newOpportunity('ana')
    const poison = [new Uint8Array(), new Uint8Array([255, 255, 255]), Buffer.from('not an update')]
    const verdicts = await push('ben', [
      { name: ana.name, update: edit(ana.doc, nextStep('before')) },
      ...poison.map((update) => ({ name: ana.name, update })),
      { name: other.name, update: edit(other.doc, nextStep('beside')) },
      { name: ana.name, update: edit(ana.doc, (doc) => doc.getMap('fields').set('product', 'after')) },
    ])
    expect(verdicts.map(({ accepted }) => accepted)).toEqual([true, false, false, false, true, true])
    for (const { code, quarantineId } of verdicts.slice(1, 4)) {
      expect(code).toBe('update/malformed')
      expect(quarantineId).toMatch(/^[0-9a-f]{64}$/)
    }
    await ana.until(({ doc }) => doc.getMap('fields').get('product') === 'after')
    expect(nextStepOf(ana)).toBe('before')
    expect(server.quarantine().map(({ author_id }) => author_id)).toEqual(['ben', 'ben', 'ben'])
    expect(await server.metric('fulqrun_refused_total{code="update/malformed"}')).toBe(3)
  })

  test('[PUSH-3] of two records one is out of reach: the other one is written, and nothing is told of the first', async () => {
    const ana = await server.newOpportunity('ana')
    const adam = await (await server.connect('adam')).open(newOpportunityName())
    createDocument(adam.doc, {
      kind: 'opportunity',
      territoryId: south,
      createdBy: 'adam',
      createdAt: Date.now(),
      fields: { name: 'South' },
    })
    await adam.answered()
    const update = edit(adam.doc, nextStep('from the north'))
    const rival = newOpportunityName('rival')
    const verdicts = await push('ben', [
      { name: adam.name, update },
      { name: rival, update },
      { name: 'meridian/secret/x', update },
      { name: ana.name, update: edit(ana.doc, nextStep('fine')) },
    ])
    expect(verdicts).toEqual([
      { name: adam.name, accepted: false, code: 'access/denied', putBack: [] },
      { name: rival, accepted: false, code: 'access/denied', putBack: [] },
      { name: 'meridian/secret/x', accepted: false, code: 'document/name-invalid', putBack: [] },
      { name: ana.name, accepted: true, putBack: [] },
    ])
    await adam.client.ping()
    expect(nextStepOf(adam)).toBeUndefined()
    expect(server.quarantine()).toEqual([])
  })

  test('[PUSH-3] an update that builds on one that has not arrived waits for nobody', async () => {
    const ana = await server.newOpportunity('ana')
    const updates: Uint8Array[] = []
    const doc = new Y.Doc()
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(ana.doc))
    doc.on('update', (update: Uint8Array) => updates.push(update))
    nextStep('first')(doc)
    doc.getMap('financials').set('amount', 1)
    const [first = new Uint8Array(), second = new Uint8Array()] = updates
    const seen: unknown[] = []
    ana.watch(() => seen.push(...ana.doc.getMap('financials').values()))
    const [early] = await push('ben', [{ name: ana.name, update: second }])
    expect(early).toMatchObject({ accepted: false, code: 'update/not-applied' })
    // Its foundation does not bring it to life, for it was judged by itself.
    expect(await push('ben', [{ name: ana.name, update: first }])).toMatchObject([{ accepted: true }])
    await ana.until((channel) => nextStepOf(channel) === 'first')
    const [late] = await push('ben', [{ name: ana.name, update: second }])
    expect(late?.accepted).toBe(true)
    expect(late?.putBack).toMatchObject([{ path: 'financials.amount' }])
    expect(seen).toEqual([])
  })

  test('[PUSH-6] what was edited after a restart may come before what it builds on: all of it is admitted', async () => {
    const name = newOpportunityName()
    const doc = new Y.Doc()
    const updates: Uint8Array[] = []
    doc.on('update', (update: Uint8Array) => updates.push(update))
    createDocument(doc, {
      kind: 'opportunity',
      territoryId: 'meridian-north',
      createdBy: 'ana',
      createdAt: Date.now(),
      fields: { name: 'Made offline' },
    })
    const later = edit(doc, nextStep('typed after a restart'))
    const last = edit(doc, (copy) => copy.getMap('fields').set('name', 'Named anew'))
    const verdicts = await push(
      'ana',
      [later, last, ...updates].map((update) => ({ name, update })),
    )
    expect(verdicts.map(({ accepted }) => accepted)).toEqual(verdicts.map(() => true))
    const ben = await (await server.connect('ben')).open(name)
    expect(nextStepOf(ben)).toBe('typed after a restart')
    expect(ben.doc.getMap('fields').get('name')).toBe('Named anew')
  })

  test('[PUSH-3] what does not say what it is makes no record', async () => {
    const nothing = newOpportunityName()
    const [verdict] = await push('ben', [
      { name: nothing, update: edit(new Y.Doc(), nextStep('on nothing')) },
    ])
    expect(verdict).toMatchObject({ accepted: false, code: 'document/not-created' })
  })

  test('[PUSH-3] a reader pushes what the server has already, and nothing else', async () => {
    const ana = await server.newOpportunity('ana')
    const verdicts = await push('cora', [
      { name: ana.name, update: Y.encodeStateAsUpdate(ana.doc) },
      { name: ana.name, update: edit(ana.doc, nextStep('by a reader')) },
    ])
    expect(verdicts).toMatchObject([{ accepted: true }, { accepted: false, code: 'access/read-only' }])
    await ana.client.ping()
    expect(nextStepOf(ana)).toBeUndefined()
    expect(server.quarantine()).toMatchObject([{ code: 'access/read-only', author_id: 'cora' }])
  })
})

describe('pinned values', () => {
  const seed = seedOfRun()

  test(`[PUSH-2] [ADM-1] hostile pushes become proposals, and a colleague at the wire never sees them (seed ${seed})`, async () => {
    const ana = await server.newOpportunity('ana')
    const finn = await server.person('finn')
    const official = { amount: 45_000, currency: 'USD', version: 1, source: 'ERP' }
    const put = await finn.api('PUT', financialsEndpoint(ana.name.split('/')[2] ?? ''), {
      body: { amount: 45_000, currency: 'USD', source: 'ERP' },
      headers: { 'if-match': '0' },
    })
    expect(put.status).toBe(200)
    const mia = await (await server.connect('mia')).open(ana.name)
    const wrong: unknown[] = []
    mia.watch(() => {
      const shown = mia.doc.getMap('financials').toJSON()
      if (!isDeepStrictEqual(shown, official)) wrong.push(shown)
    })
    const attacks: ((doc: Y.Doc) => void)[] = [
      (doc) => doc.getMap('financials').set('amount', 1),
      (doc) => doc.getMap('financials').delete('amount'),
      (doc) => doc.getMap('financials').clear(),
      (doc) => doc.getMap('financials').set('amount', new Y.Map([['amount', 1]])),
      (doc) => doc.getMap('conflicts').set('c', { path: 'financials.amount' }),
      (doc) => doc.getMap('meta').set('territoryId', south),
    ]
    const clientIds = [1, 4_294_967_295]
    const verdicts = await push(
      'ben',
      clientIds.flatMap((clientId, round) =>
        attacks.map((attack, index) => ({
          name: ana.name,
          update: edit(mia.doc, attack, round === 0 ? clientId + index : clientId - index),
        })),
      ),
    )
    expect(verdicts.every(({ accepted }) => accepted)).toBe(true)
    expect(verdicts[0]?.putBack).toMatchObject([{ path: 'financials.amount' }])
    const edits = fc.sample(arbitraryHostileEdit('opportunity'), { numRuns: 150, seed })
    await push(
      'ben',
      edits.map((hostile, index) => ({
        name: ana.name,
        update: hostileUpdate(mia.doc, hostile, 100_000 + index),
      })),
    )
    await mia.client.ping()
    expect(wrong).toEqual([])
    expect(mia.doc.getMap('financials').toJSON()).toEqual(official)
    expect(readProposals(mia.doc)).toMatchObject(readProposals(mia.doc).map(() => ({ author: 'ben' })))
    expect(readProposals(mia.doc).length).toBeGreaterThan(0)
    expect(server.errors()).toEqual([])
  })
})

describe('a body', () => {
  test('[PUSH-1] that is none is a problem with a reason, and nothing of it is admitted', async () => {
    const ana = await server.newOpportunity('ana')
    const good = encodePush([{ name: ana.name, update: edit(ana.doc, nextStep('not this one')) }])
    const bodies = [new Uint8Array(), new Uint8Array([9]), good.slice(0, -1), new Uint8Array([...good, 5])]
    const codes = ['input/invalid', 'input/invalid', 'sync/checksum', 'sync/checksum']
    for (const [index, body] of bodies.entries()) {
      const response = await post('ana', body)
      expect(response.status).toBe(400)
      expect(response.headers.get('content-type')).toBe('application/problem+json')
      const problem = (await response.json()) as Problem
      expect(problem.code).toBe(codes[index])
      expect(problem.detail).not.toBe('')
    }
    await ana.client.ping()
    expect(nextStepOf(ana)).toBeUndefined()
  })

  test('[PUSH-4] over the limits is refused whole, an update over its limit alone', async () => {
    const ana = await server.newOpportunity('ana')
    const update = edit(ana.doc, nextStep('beside the large one'))
    const large = new Uint8Array(limits.maxFrameBytes + 1)
    const verdicts = await push('ben', [
      { name: ana.name, update: large },
      { name: ana.name, update },
    ])
    expect(verdicts).toMatchObject([{ accepted: false, code: 'update/too-large' }, { accepted: true }])
    const overBytes = encodePush([{ name: ana.name, update: new Uint8Array(limits.maxPushBytes) }])
    const overCount = encodePush(
      Array.from({ length: limits.maxPushUpdates + 1 }, () => ({ name: ana.name, update })),
    )
    for (const body of [overBytes, overCount]) {
      const response = await post('ana', body)
      expect(response.status).toBe(413)
      expect(((await response.json()) as Problem).code).toBe('input/too-large')
    }
    expect(await statusOfChunked(overBytes)).toBe(413)
  })

  test('[PUSH-2] of nobody, of a cookie from another page or of a token that is none is not read', async () => {
    const ana = await server.newOpportunity('ana')
    const body = new Uint8Array(encodePush([{ name: ana.name, update: edit(ana.doc, nextStep('whose?')) }]))
    const { bearer } = await server.person('ana')
    const cases: [headers: Record<string, string>, status: number][] = [
      [{}, 401],
      [{ authorization: 'Bearer nonsense' }, 401],
      [{ cookie: `better-auth.session_token=${bearer}`, origin: 'https://evil.example' }, 403],
      [{ cookie: `better-auth.session_token=${bearer}` }, 403],
    ]
    for (const [headers, status] of cases) {
      const response = await fetch(server.url + endpoints.push, { method: 'POST', headers, body })
      expect(response.status).toBe(status)
    }
    await ana.client.ping()
    expect(nextStepOf(ana)).toBeUndefined()
  })
})

/** A body of unknown length, as a stream has it. */
async function statusOfChunked(body: Uint8Array): Promise<number | undefined> {
  const { bearer } = await server.person('ana')
  return new Promise((resolve, reject) => {
    const call = request(
      server.url + endpoints.push,
      { method: 'POST', headers: { authorization: `Bearer ${bearer}` } },
      (response) => {
        response.resume()
        resolve(response.statusCode)
      },
    )
    call.on('error', reject)
    call.write(body)
    call.end()
  })
}
