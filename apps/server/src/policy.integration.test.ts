import type {
  PolicyAnswer,
  PolicyChangeRequest,
  PolicyHistoryPage,
  Problem,
  PolicyHistoryEntry,
} from '@fulqrun/protocol'
import { endpoints } from '@fulqrun/protocol'
import { defaultPolicyTable } from '@fulqrun/rules'
import { type Conflict, readConflicts, setField } from '@fulqrun/schema'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as Y from 'yjs'
import type { PersonId } from './testing/people.ts'
import { openTestServer, type TestServer } from './testing/test-server.ts'

/** The rules of an organization over HTTP: who reads them, who changes them, and what is kept of it. */

let server: TestServer
beforeEach(async () => {
  server = await openTestServer()
})
afterEach(() => server[Symbol.asyncDispose]())

const phone: PolicyChangeRequest['change'] = {
  type: 'strategy',
  kind: 'contact',
  path: 'fields.phone',
  strategy: 'user-choice',
}
const limits = { type: 'approvals', managerMaxAmount: 50_000, managerMaxDiscount: 10 } as const

async function put(
  person: PersonId,
  body: unknown,
  headers: Readonly<Record<string, string>> = { 'if-match': '"1"' },
): Promise<Response> {
  return (await server.person(person)).api('PUT', endpoints.policy, { body, headers })
}

async function tableOf(person: PersonId): Promise<PolicyAnswer> {
  return (await server.person(person)).get<PolicyAnswer>(endpoints.policy)
}

async function historyOf(person: PersonId): Promise<readonly PolicyHistoryEntry[]> {
  return (await (await server.person(person)).get<PolicyHistoryPage>(endpoints.policyHistory)).entries
}

async function problemOf(answer: Response): Promise<Problem> {
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  return (await answer.json()) as Problem
}

test('[API-7] everybody of an organization reads its rules, and nobody who is not signed in', async () => {
  const { version, settings } = defaultPolicyTable
  for (const person of ['ana', 'mia', 'finn', 'cora', 'adam', 'eve'] as const)
    expect(await tableOf(person)).toEqual({ version, settings })
  for (const path of [endpoints.policy, endpoints.policyHistory]) {
    const answer = await fetch(server.url + path)
    expect((await problemOf(answer)).code).toBe('auth/required')
  }
})

test('[API-8] an admin changes one thing with a reason, for this organization only', async () => {
  const answer = await put('adam', { change: phone, reason: 'Wrong numbers were kept' })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('etag')).toContain('"2"')
  const changed = (await answer.json()) as PolicyAnswer
  expect(changed).toEqual({
    version: 2,
    settings: {
      ...defaultPolicyTable.settings,
      overrides: [{ kind: 'contact', path: 'fields.phone', strategy: 'user-choice' }],
    },
  })
  expect(await tableOf('ana')).toEqual(changed)
  expect((await tableOf('eve')).version).toBe(1)
})

test('[API-8] nobody but an admin changes them', async () => {
  for (const person of ['ana', 'mia', 'finn', 'cora', 'eve'] as const) {
    const answer = await put(person, { change: phone, reason: 'I want to' })
    expect(answer.status).toBe(403)
    expect((await problemOf(answer)).code).toBe('access/role')
  }
  expect((await tableOf('adam')).version).toBe(1)
})

test('[API-8] what is wrong is said in words, and changes nothing', async () => {
  const strategy = (path: string, wanted: string) => ({
    change: { type: 'strategy', kind: 'opportunity', path, strategy: wanted },
    reason: 'x',
  })
  const wrong: [unknown, string][] = [
    [strategy('financials.amount', 'client-wins'), 'financials.amount'],
    [strategy('fields.closeDate', 'server-wins'), 'client-wins'],
    [strategy('fields.salary', 'user-choice'), 'There is no field fields.salary'],
    [{ change: phone, reason: '   ' }, 'Say why'],
    [{ change: phone }, 'reason'],
    [{ change: { ...limits, managerMaxDiscount: 101 }, reason: 'x' }, '0 to 100'],
    [{ change: { ...phone, kind: 'secret' }, reason: 'x' }, 'change.kind'],
    [{ change: phone, reason: 'x', version: 7 }, 'version'],
    ['nothing', 'body'],
  ]
  for (const [body, words] of wrong) {
    const problem = await problemOf(await put('adam', body))
    expect(problem).toMatchObject({ status: 400, code: 'input/invalid' })
    expect(problem.detail).toContain(words)
  }
  expect((await problemOf(await put('adam', { change: phone, reason: 'x' }, {}))).code).toBe(
    'version/required',
  )
  expect(await historyOf('adam')).toEqual([])
})

test('[API-8] of two admins at once, one is told that the version has passed', async () => {
  const answers = await Promise.all([
    put('adam', { change: phone, reason: 'one tab' }),
    put('adam', { change: limits, reason: 'another tab' }),
  ])
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409])
  const refused = answers.find(({ status }) => status === 409)
  expect(refused && (await problemOf(refused))).toMatchObject({ code: 'version/mismatch', version: 2 })
  expect(await historyOf('adam')).toHaveLength(1)
})

/** Two people change a field apart from each other; resolves with the conflict that everybody then has. */
async function clash(path: string, values: readonly [string, string]): Promise<Conflict> {
  const ana = await server.newOpportunity('ana', { name: 'Formulary, St. Vincent', product: 'Before' })
  const ben = await (await server.connect('ben')).open(ana.name)
  const away = new Y.Doc()
  Y.applyUpdate(away, Y.encodeStateAsUpdate(ben.doc))
  const seen = Y.encodeStateVector(away)
  setField(away, path, values[1], { now: Date.now() })
  setField(ana.doc, path, values[0], { now: Date.now() - 1000 })
  await ana.answered()
  ben.send(Y.encodeStateAsUpdate(away, seen))
  await ben.answered()
  await ana.until(({ doc }) => readConflicts(doc).length > 0)
  const [conflict] = readConflicts(ana.doc)
  if (conflict === undefined) throw new Error('no conflict')
  return conflict
}

test('[API-8] [POL-7] the next update on is judged by the changed rule, which the conflict names, after a restart too', async () => {
  const product = { type: 'strategy', kind: 'opportunity', path: 'fields.product' } as const
  expect(await clash('fields.product', ['A', 'B'])).toMatchObject({ status: 'resolved', policyVersion: 1 })
  const changed = await put('adam', {
    change: { ...product, strategy: 'user-choice' },
    reason: 'Products were mixed up',
  })
  expect(changed.status).toBe(200)
  const asked = { status: 'open', rule: 'RES-3', policyVersion: 2 }
  expect(await clash('fields.product', ['A', 'B'])).toMatchObject(asked)
  await server.restart()
  expect(await clash('fields.product', ['A', 'B'])).toMatchObject(asked)
})

test('[API-9] the history says who, when, why and what, newest first, after a restart too', async () => {
  const before = Date.now()
  await put('adam', { change: phone, reason: 'first' })
  await put('adam', { change: limits, reason: 'second' }, { 'if-match': '"2"' })
  await put('adam', { change: { ...phone, strategy: 'client-wins' }, reason: 'third' }, { 'if-match': '"3"' })
  const history = await historyOf('cora')
  expect(history.map(({ version, reason }) => [version, reason])).toEqual([
    [4, 'third'],
    [3, 'second'],
    [2, 'first'],
  ])
  expect(history[0]).toMatchObject({
    author: { id: 'adam' },
    detail: { kind: 'contact', path: 'fields.phone', before: 'user-choice', after: 'client-wins' },
  })
  expect(history[1]?.detail).toEqual({
    type: 'approvals',
    before: defaultPolicyTable.settings.approvals,
    after: { managerMaxAmount: 50_000, managerMaxDiscount: 10 },
  })
  for (const { at } of history) expect(at).toBeGreaterThanOrEqual(before)
  await server.restart()
  expect(await historyOf('mia')).toEqual(history)
  expect(await tableOf('ana')).toMatchObject({
    version: 4,
    settings: { overrides: [], approvals: history[1]?.detail.after },
  })
})

test('[API-9] the history is read page by page, by those who answer for it, and in their organization', async () => {
  await put('adam', { change: phone, reason: 'first' })
  await put('adam', { change: limits, reason: 'second' }, { 'if-match': '"2"' })
  const adam = await server.person('adam')
  const page = await adam.get<PolicyHistoryPage>(`${endpoints.policyHistory}?limit=1`)
  expect(page).toMatchObject({ entries: [{ reason: 'second' }], next: 3 })
  const rest = await adam.get<PolicyHistoryPage>(`${endpoints.policyHistory}?limit=1&before=${page.next}`)
  expect(rest).toMatchObject({ entries: [{ reason: 'first' }] })
  expect(rest).not.toHaveProperty('next')
  for (const person of ['ana', 'finn', 'eve'] as const) {
    const answer = await (await server.person(person)).api('GET', endpoints.policyHistory)
    expect((await problemOf(answer)).code).toBe('access/role')
  }
})
