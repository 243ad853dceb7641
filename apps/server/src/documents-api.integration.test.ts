import {
  type CataloguePage,
  documentEndpoint,
  type DocumentName,
  financialsEndpoint,
  type HistoryPage,
  type Problem,
} from '@fulqrun/protocol'
import { propose, readProposals, setField } from '@fulqrun/schema'
import type { WireChannel } from '@fulqrun/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PersonId } from './testing/people.ts'
import { newOpportunityName, openTestServer, type TestServer } from './testing/test-server.ts'

/** The HTTP side of documents: lists, official values, proposals, history and restore. */

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const idOf = (name: DocumentName) => name.split('/')[2] ?? ''

async function put(who: PersonId, name: DocumentName, body: object, version?: string | number) {
  const person = await server.person(who)
  const headers = version === undefined ? {} : { 'if-match': String(version) }
  return person.api('PUT', financialsEndpoint(idOf(name)), { body, headers })
}

async function problemOf(answer: Response): Promise<Pick<Problem, 'status' | 'code' | 'version'>> {
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  const { status, code, version } = (await answer.json()) as Problem
  return { status, code, ...(version === undefined ? {} : { version }) }
}

async function historyOf(who: PersonId, name: DocumentName, query = ''): Promise<HistoryPage> {
  return (await server.person(who)).get<HistoryPage>(documentEndpoint(name, 'history') + query)
}

async function decide(who: PersonId, name: DocumentName, id: string, decision: string, comment?: string) {
  const person = await server.person(who)
  return person.api('POST', documentEndpoint(name, `proposals/${id}`), { body: { decision, comment } })
}

async function proposal(channel: WireChannel, value: number): Promise<string> {
  const id = propose(channel.doc, {
    path: 'financials.amount',
    value,
    reason: 'volume',
    author: 'whoever',
    now: Date.now(),
  })
  await channel.answered()
  return id
}

describe('catalogue', () => {
  test('[API-1] shows what is new since the cursor, with titles and summaries, in its own organization only', async () => {
    const ana = await server.person('ana')
    const start = await ana.get<CataloguePage>('/api/catalogue')
    const made: WireChannel[] = []
    for (const name of ['One', 'Two', 'Three'])
      made.push(await server.newOpportunity('ana', { name, product: 'Velorin' }))
    const page = await ana.get<CataloguePage>(`/api/catalogue?cursor=${start.cursor}`)
    expect(page.complete).toBe(false)
    expect(page.entries.map(({ title }) => title)).toEqual(['One', 'Two', 'Three'])
    expect(page.entries[0]).toMatchObject({ kind: 'opportunity', summary: { product: 'Velorin' } })
    const [one] = made
    if (one === undefined) throw new Error('there are three')
    setField(one.doc, 'fields.name', 'One, renamed', { now: Date.now() })
    await one.answered()
    const next = await ana.get<CataloguePage>(`/api/catalogue?cursor=${page.cursor}`)
    expect(next.entries.map(({ title }) => title)).toEqual(['One, renamed'])
    expect(next.entries[0]?.head).toBeGreaterThan(page.entries[0]?.head ?? Infinity)
    const eve = await (await server.person('eve')).get<CataloguePage>('/api/catalogue')
    expect(eve.entries).toEqual([])
    const strange = await ana.get<CataloguePage>('/api/catalogue?cursor=nonsense')
    expect(strange.complete).toBe(true)
    expect(strange.entries.length).toBeGreaterThanOrEqual(3)
  })

  test('[API-1] text moves the head of a record to the end of the list without a new summary', async () => {
    const ana = await server.newOpportunity('ana', { name: 'With text' })
    const person = await server.person('ana')
    const { cursor } = await person.get<CataloguePage>('/api/catalogue')
    ana.doc.getText('text:meddpicc.metrics.currentCost').insert(0, 'words')
    await ana.answered()
    const page = await person.get<CataloguePage>(`/api/catalogue?cursor=${cursor}`)
    expect(page.entries.map(({ title }) => title)).toEqual(['With text'])
  })
})

describe('official values', () => {
  test('[API-3] are set by finance, for the version that was seen, and shown on open screens', async () => {
    const ana = await server.newOpportunity('ana')
    const { name } = ana
    expect(await problemOf(await put('finn', name, { amount: 1 }))).toEqual({
      status: 428,
      code: 'version/required',
    })
    const first = await put('finn', name, { amount: 10_000, currency: 'EUR' }, 0)
    expect(first.status).toBe(200)
    // Weak, because the body travels compressed.
    expect(first.headers.get('etag')).toMatch(/^(W\/)?"1"$/)
    await ana.until(({ doc }) => doc.getMap('financials').get('amount') === 10_000)
    expect(await problemOf(await put('finn', name, { amount: 2 }, 0))).toEqual({
      status: 409,
      code: 'version/mismatch',
      version: 1,
    })
    expect((await put('finn', name, { amount: 20_000 }, '"1"')).status).toBe(200)
    for (const who of ['ana', 'mia', 'cora', 'adam'] as const)
      expect(await problemOf(await put(who, name, { amount: 3 }, 2))).toEqual({
        status: 403,
        code: 'access/role',
      })
    const eve = await put('eve', name, { amount: 3 }, 2)
    expect(eve.status).toBe(403)
    const proto = JSON.parse('{"__proto__":{"amount":1}}') as object
    const wrong = [{ version: 9 }, { unknown: 1 }, { amount: 'much' }, { currency: 5 }, [], 'x', {}, proto]
    for (const body of wrong)
      expect(await problemOf(await put('finn', name, body as object, 2))).toMatchObject({ status: 400 })
    expect(await problemOf(await put('finn', name, { amount: 4 }, 'abc'))).toMatchObject({ status: 400 })
    const read = await (await server.person('ana')).api('GET', financialsEndpoint(idOf(name)))
    expect(await read.json()).toMatchObject({ version: 2, values: { amount: 20_000, currency: 'EUR' } })
  })

  test('[API-3] a value nested without end is refused like any other that is no amount', async () => {
    const ana = await server.newOpportunity('ana')
    const { bearer } = await server.person('finn')
    const answer = await fetch(server.url + financialsEndpoint(idOf(ana.name)), {
      method: 'PUT',
      headers: { authorization: `Bearer ${bearer}`, 'if-match': '0' },
      body: `{"amount":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
    })
    expect(await problemOf(answer)).toEqual({ status: 400, code: 'input/invalid' })
  })

  test('[API-3] two who set at once: one wins, the other is told the version', async () => {
    const ana = await server.newOpportunity('ana')
    const answers = await Promise.all([1, 2, 3, 4].map((amount) => put('finn', ana.name, { amount }, 0)))
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([
      200, 409, 409, 409,
    ])
  })

  test('[API-3] of records that are not there or not one’s own', async () => {
    const finn = await server.person('finn')
    for (const [id, status] of [
      ['0198-not-a-uuid', 400],
      [idOf(newOpportunityName()), 404],
    ] as const)
      expect((await finn.api('GET', financialsEndpoint(id))).status).toBe(status)
    const anonymous = await fetch(server.url + financialsEndpoint(idOf(newOpportunityName())))
    expect(anonymous.status).toBe(401)
  })
})

describe('proposals', () => {
  test('[API-4] are decided by finance and managers, never by their authors, never twice', async () => {
    const ana = await server.newOpportunity('ana')
    const id = await proposal(ana, 70_000)
    for (const who of ['ana', 'ben', 'cora'] as const)
      expect(await problemOf(await decide(who, ana.name, id, 'approved'))).toMatchObject({ status: 403 })
    expect(await problemOf(await decide('ben', ana.name, id, 'withdrawn'))).toMatchObject({ status: 403 })
    expect(await problemOf(await decide('finn', ana.name, 'nothing', 'approved'))).toMatchObject({
      status: 404,
    })
    expect((await decide('finn', ana.name, id, 'maybe')).status).toBe(400)
    expect((await decide('finn', ana.name, id, 'approved', 'as agreed')).status).toBe(204)
    await ana.until(({ doc }) => doc.getMap('financials').get('amount') === 70_000)
    expect(readProposals(ana.doc)).toMatchObject([
      { id, status: 'approved', decidedBy: 'finn', author: 'ana', comment: 'as agreed' },
    ])
    expect(ana.doc.getMap('financials').get('version')).toBe(1)
    expect(await problemOf(await decide('mia', ana.name, id, 'rejected'))).toEqual({
      status: 409,
      code: 'proposal/closed',
    })
    const { entries } = await historyOf('ana', ana.name)
    expect(entries[0]?.author.id).toBe('finn')
    expect(entries[0]?.changes.map(({ path }) => path)).toContain('financials.amount')
  })

  test('[API-4] of a manager are decided by somebody else; authors withdraw their own', async () => {
    const ana = await server.newOpportunity('ana')
    const mia = await (await server.connect('mia')).open(ana.name)
    const id = await proposal(mia, 5000)
    expect(await problemOf(await decide('mia', ana.name, id, 'approved'))).toMatchObject({ status: 403 })
    expect((await decide('mia', ana.name, id, 'withdrawn')).status).toBe(204)
    await ana.until(({ doc }) => readProposals(doc)[0]?.status === 'withdrawn')
    expect(ana.doc.getMap('financials').has('amount')).toBe(false)
    const second = await proposal(mia, 6000)
    expect((await decide('finn', ana.name, second, 'rejected')).status).toBe(204)
    await ana.until(({ doc }) => readProposals(doc).some(({ status }) => status === 'rejected'))
    expect(ana.doc.getMap('financials').has('amount')).toBe(false)
  })
})

describe('history', () => {
  test('[API-5] tells who changed what and when, newest first, page by page', async () => {
    const ana = await server.newOpportunity('ana', { name: 'Before' })
    const ben = await (await server.connect('ben')).open(ana.name)
    const editedAt = Date.now() - 60_000
    setField(ana.doc, 'fields.name', 'After', { now: editedAt })
    await ana.answered()
    await ben.until(({ doc }) => doc.getMap('fields').get('name') === 'After')
    ben.doc.getText('text:meddpicc.metrics.currentCost').insert(0, 'Readmissions')
    await ben.answered()
    await put('finn', ana.name, { amount: 5 }, 0)
    const { entries } = await historyOf('mia', ana.name)
    expect(entries.map(({ author, origin }) => `${author.name} ${origin}`)).toEqual([
      'Finn Gallagher api',
      'Ben Okafor device',
      'Ana Castillo device',
      'Ana Castillo device',
    ])
    expect(entries[1]?.changes).toMatchObject([
      { path: 'text:meddpicc.metrics.currentCost', action: 'text', inserted: 'Readmissions' },
    ])
    expect(entries[2]?.changes).toMatchObject([
      { path: 'fields.name', action: 'set', before: 'Before', after: 'After', editedAt },
    ])
    expect(entries[2]?.receivedAt).toBeGreaterThan(editedAt)
    const first = await historyOf('mia', ana.name, '?limit=3')
    expect(first.entries).toHaveLength(3)
    const rest = await historyOf('mia', ana.name, `?limit=3&before=${first.next}`)
    expect([...first.entries, ...rest.entries]).toEqual(entries)
    expect(rest.next).toBeUndefined()
  })

  test('[API-5] is as closed as the record', async () => {
    const ana = await server.newOpportunity('ana')
    const path = documentEndpoint(ana.name, 'history')
    expect((await (await server.person('eve')).api('GET', path)).status).toBe(403)
    expect((await fetch(server.url + path)).status).toBe(401)
    expect((await (await server.person('cora')).api('GET', path)).status).toBe(200)
    const elsewhere = newOpportunityName('rival')
    expect(
      (await (await server.person('eve')).api('GET', documentEndpoint(elsewhere, 'history'))).status,
    ).toBe(404)
    expect((await (await server.person('ana')).api('GET', `${path}?limit=0`)).status).toBe(400)
  })

  test('[API-6] a value is restored as a new edit; official values are not', async () => {
    const ana = await server.newOpportunity('ana', { name: 'First' })
    setField(ana.doc, 'fields.name', 'Second', { now: Date.now() })
    await ana.answered()
    setField(ana.doc, 'fields.nextStep', 'Call', { now: Date.now() })
    await ana.answered()
    await put('finn', ana.name, { amount: 5 }, 0)
    const { entries } = await historyOf('ana', ana.name)
    const find = (path: string, index: number) => ({ path, seq: entries[index]?.seq })
    const restore = async (who: PersonId, body: object) =>
      (await server.person(who)).api('POST', documentEndpoint(ana.name, 'restore'), { body })
    expect((await restore('cora', find('fields.name', 2))).status).toBe(403)
    expect((await restore('eve', find('fields.name', 2))).status).toBe(403)
    expect((await restore('ana', find('financials.amount', 0))).status).toBe(403)
    expect((await restore('ana', { path: 'fields.name', seq: 1_000_000 })).status).toBe(400)
    expect((await restore('ana', { path: 'fields.product', seq: entries[2]?.seq })).status).toBe(400)
    const ben = await restore('ben', find('fields.name', 2))
    expect(ben.status).toBe(200)
    await ana.until(({ doc }) => doc.getMap('fields').get('name') === 'First')
    expect((await restore('ben', find('fields.nextStep', 1))).status).toBe(200)
    await ana.until(({ doc }) => !doc.getMap('fields').has('nextStep'))
    const after = await historyOf('ana', ana.name)
    expect(after.entries).toHaveLength(entries.length + 2)
    expect(after.entries[1]).toMatchObject({
      author: { id: 'ben' },
      origin: 'restore',
      changes: [{ path: 'fields.name', action: 'restore', before: 'Second', after: 'First' }],
    })
    expect(ana.doc.getMap('financials').get('amount')).toBe(5)
  })

  test('[API-6] what is restored is judged by the rules of whoever restores it', async () => {
    const ana = await server.newOpportunity('ana', { name: 'Through the gate' })
    const mia = await (await server.connect('mia')).open(ana.name)
    const wish = { path: 'fields.stage', value: 'engaging', author: 'mia', now: Date.now() }
    propose(mia.doc, { ...wish, reason: 'The board decided early' })
    await ana.until(({ doc }) => doc.getMap('fields').get('stage') === 'engaging')
    setField(ana.doc, 'fields.stage', 'prospecting', { now: Date.now() })
    await ana.answered()
    const { entries } = await historyOf('ana', ana.name)
    const seq = entries.find(({ changes }) => changes.some(({ after }) => after === 'prospecting'))?.seq
    const answer = await (
      await server.person('ana')
    ).api('POST', documentEndpoint(ana.name, 'restore'), { body: { path: 'fields.stage', seq } })
    expect(answer.status).toBe(403)
    expect(await answer.json()).toMatchObject({ detail: expect.stringContaining('gate') as string })
    expect(ana.doc.getMap('fields').get('stage')).toBe('prospecting')
  })
})
