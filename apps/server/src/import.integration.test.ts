import {
  type CataloguePage,
  documentEndpoint,
  type DocumentName,
  formatDocumentName,
  encodePush,
  endpoints,
  type HistoryPage,
  importEndpoint,
  importLimits,
  type ImportAnswer,
  type ImportRequest,
  type ImportRow,
  type ImportVerdict,
  limits,
  type Problem,
} from '@fulqrun/protocol'
import { createDocument, newDocumentId, readContact, readOpportunity, setField } from '@fulqrun/schema'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as Y from 'yjs'
import { recordIdOf } from './imports/row-id.ts'
import type { PersonId } from './testing/people.ts'
import { north, openTestServer, south, type TestServer } from './testing/test-server.ts'

/** Files of records over HTTP: what each row comes to, and that no row has a way in of its own. */

let server: TestServer
beforeEach(async () => {
  server = await openTestServer()
})
afterEach(() => server[Symbol.asyncDispose]())

const npis = ['1234567893', '1003000126', '1992999874', '1245319599', '1700000003']

interface Order extends Partial<ImportRequest> {
  readonly by?: PersonId
  readonly importId?: string
}

async function send({ by = 'adam', importId = newDocumentId(), ...request }: Order): Promise<Response> {
  const body = { kind: 'contact', mode: 'apply', territoryId: north, label: 'hcps.csv', rows: [], ...request }
  return (await server.person(by)).api('POST', importEndpoint(importId), { body })
}

async function imported(order: Order): Promise<readonly ImportVerdict[]> {
  const answer = await send(order)
  if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`)
  return ((await answer.json()) as ImportAnswer).verdicts
}

async function problemOf(answer: Response): Promise<Problem> {
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  return (await answer.json()) as Problem
}

function contact(row: number, values: ImportRow['values'], existing?: ImportRow['existing']): ImportRow {
  const named = { 'fields.lastName': `Person ${row}`, ...values }
  return { row, values: named, ...(existing === undefined ? {} : { existing }) }
}

function deal(row: number, values: ImportRow['values'], existing?: ImportRow['existing']): ImportRow {
  const named = { 'fields.name': `Deal ${row}`, 'fields.account': 'Lakeside', ...values }
  return { row, values: named, ...(existing === undefined ? {} : { existing }) }
}

async function docOf(name: DocumentName | undefined): Promise<Y.Doc> {
  if (name === undefined) throw new Error('the row made no record')
  return (await (await server.connect('adam')).open(name)).doc
}

async function contactOf(name: DocumentName | undefined) {
  return readContact(await docOf(name)).view
}

async function countOf(by: PersonId = 'adam'): Promise<number> {
  return (await (await server.person(by)).get<CataloguePage>(endpoints.catalogue)).entries.length
}

async function historyOf(name: DocumentName | undefined) {
  if (name === undefined) throw new Error('the row made no record')
  const path = documentEndpoint(name, 'history')
  return (await (await server.person('adam')).get<HistoryPage>(path)).entries
}

test('[IMP-2] a row becomes a record: durable, in the catalogue, in the history of whoever imports', async () => {
  const importId = newDocumentId()
  const row = contact(7, { 'fields.npi': npis[0] ?? '', 'affiliations.organization': 'St. Vincent' })
  const [verdict] = await imported({ importId, rows: [row], ownerId: 'ana' })
  expect(verdict).toMatchObject({ row: 7, outcome: 'create', title: 'Person 7', problems: [], kept: [] })
  await server.restart()
  const view = await contactOf(verdict?.name)
  expect(view.fields).toMatchObject({ lastName: 'Person 7', npi: npis[0], ownerId: 'ana' })
  expect(view.affiliations).toMatchObject([{ organization: 'St. Vincent', isPrimary: true }])
  expect(view.meta).toMatchObject({ territoryId: north, createdBy: 'adam' })
  const [entry] = await historyOf(verdict?.name)
  expect(entry).toMatchObject({ origin: 'import', author: { id: 'adam' } })
  const reason = `Import of hcps.csv (row 7, import ${importId})`
  expect(entry?.changes.find(({ path }) => path === 'fields.npi')).toMatchObject({ after: npis[0], reason })
  const { entries } = await (await server.person('ana')).get<CataloguePage>(endpoints.catalogue)
  expect(entries).toMatchObject([
    { name: verdict?.name, summary: { npi: npis[0], organization: 'St. Vincent' } },
  ])
})

test('[IMP-1] a row that the schema does not allow is refused by column; the others are imported', async () => {
  const verdicts = await imported({
    rows: [
      contact(1, { 'fields.npi': '1234567890' }),
      contact(2, { 'fields.email': 'nowhere', 'fields.segment': 'z' }),
      { row: 3, values: { 'fields.firstName': 'Nameless' } },
      contact(4, { 'fields.title': 'x'.repeat(201) }),
      contact(5, { 'fields.isActive': 'yes' }),
      contact(6, { 'fields.ownerId': 'eve' }),
      contact(7, {}),
    ],
  })
  const told = verdicts.map(({ outcome, problems }) => [outcome, ...problems.map(({ path }) => path)])
  expect(told).toEqual([
    ['refused', 'fields.npi'],
    ['refused', 'fields.email', 'fields.segment'],
    ['refused', 'fields.lastName'],
    ['refused', 'fields.title'],
    ['refused', 'fields.isActive'],
    ['refused', 'fields.ownerId'],
    ['create'],
  ])
  expect(await countOf()).toBe(1)
})

test('[IMP-1] what files may not say is refused: derived and pinned paths, bookkeeping, prototypes', async () => {
  const paths = [
    'financials.version',
    'financials.source',
    'values.trx',
    'meta.createdBy',
    'meta.territoryId',
    'edited.fields.name',
    'conflicts.x',
    'proposals.x',
    'decisions.x',
    'fields.accountId',
    'fields.meddpicc',
    'fields.constructor',
    'constructor',
    'toString',
    'notes',
    'text:description',
  ]
  const rows = paths.map((path, index) => deal(index + 1, { [path]: '1' }))
  const own = JSON.parse('{"fields.name": "P", "__proto__": "x"}') as ImportRow['values']
  const verdicts = await imported({ kind: 'opportunity', rows: [...rows, { row: 99, values: own }] })
  const told = verdicts.map(({ outcome, problems }) => [outcome, ...problems.map(({ path }) => path)])
  expect(told.slice(0, paths.length)).toEqual(paths.map((path) => ['refused', path]))
  expect(await countOf()).toBe(verdicts.filter(({ outcome }) => outcome === 'create').length)
  expect(({} as Record<string, unknown>)['x']).toBeUndefined()
})

test('[IMP-2] official values wait as proposals, a stage behind its gate too, whoever imports', async () => {
  const row = deal(1, { 'financials.amount': 120_000, 'fields.stage': 'advancing', 'fields.probability': 40 })
  const [checked] = await imported({ kind: 'opportunity', mode: 'check', rows: [row] })
  const [verdict] = await imported({ kind: 'opportunity', rows: [row] })
  for (const each of [checked, verdict])
    expect(each?.proposed.map(({ path, to }) => [path, to])).toEqual(
      expect.arrayContaining([
        ['financials.amount', 120_000],
        ['fields.stage', 'advancing'],
      ]),
    )
  const { view } = readOpportunity(await docOf(verdict?.name))
  expect(view.financials.amount).toBeUndefined()
  expect(view.fields).toMatchObject({ stage: 'prospecting', probability: 40 })
  expect(view.proposals.map(({ path, author, status }) => `${path} ${author} ${status}`).toSorted()).toEqual([
    'fields.stage adam waiting',
    'financials.amount adam waiting',
  ])
  // The same file again, a month later: the same wishes are not made twice.
  const [again] = await imported({ kind: 'opportunity', rows: [{ ...row, existing: 'update' }] })
  expect(again?.proposed.map(({ path }) => path)).not.toContain('financials.amount')
  expect(readOpportunity(await docOf(verdict?.name)).view.proposals).toHaveLength(2)
})

test('[IMP-8] a check says what an import does, and writes nothing', async () => {
  const [made] = await imported({
    rows: [contact(1, { 'fields.npi': npis[0] ?? '', 'fields.city': 'Oslo' })],
  })
  const rows = [
    contact(1, { 'fields.npi': npis[0] ?? '', 'fields.city': 'Bergen' }, 'update'),
    contact(2, { 'fields.npi': npis[1] ?? '' }),
    contact(3, { 'fields.npi': '12' }),
  ]
  const before = await countOf()
  const checked = await imported({ mode: 'check', rows })
  expect(await countOf()).toBe(before)
  expect(await historyOf(made?.name)).toHaveLength(1)
  expect((await contactOf(made?.name)).fields.city).toBe('Oslo')
  const applied = await imported({ rows })
  const told = (verdicts: readonly ImportVerdict[]) =>
    verdicts.map(({ outcome, changes, problems }) => ({ outcome, changes, problems }))
  expect(told(applied)).toEqual(told(checked))
  expect(applied[0]?.changes).toEqual(
    expect.arrayContaining([{ path: 'fields.city', from: 'Oslo', to: 'Bergen' }]),
  )
})

test('[IMP-9] what is there already is left alone unless the row says update; in files too', async () => {
  const npi = npis[0] ?? ''
  const first = contact(1, { 'fields.npi': npi, 'fields.phone': '555 0100' })
  const [made] = await imported({ rows: [first] })
  const changed = { 'fields.lastName': 'Person 1', 'fields.npi': npi, 'fields.phone': '555 0199' }
  const [left] = await imported({ rows: [{ row: 1, values: changed }] })
  expect(left).toMatchObject({
    outcome: 'duplicate',
    name: made?.name,
    changes: [{ path: 'fields.phone', from: '555 0100', to: '555 0199' }],
  })
  expect((await contactOf(made?.name)).fields.phone).toBe('555 0100')
  const [same] = await imported({ rows: [{ ...first, existing: 'update' }] })
  expect(same?.outcome).toBe('same')
  expect(await historyOf(made?.name)).toHaveLength(1)
  const [update] = await imported({ rows: [{ row: 1, values: changed, existing: 'update' }] })
  expect(update).toMatchObject({ outcome: 'change', name: made?.name })
  expect((await contactOf(made?.name)).fields.phone).toBe('555 0199')
  const twice = await imported({
    rows: [contact(4, { 'fields.npi': npis[1] ?? '' }), contact(9, { 'fields.npi': npis[1] ?? '' })],
  })
  expect(twice.map(({ outcome }) => outcome)).toEqual(['create', 'refused'])
  expect(twice[1]?.problems).toEqual([{ path: 'fields.npi', message: 'Row 4 has the same NPI' }])
})

test('[IMP-9] without an NPI email and last name tell, but never against another NPI; deals by name and account', async () => {
  const email = { 'fields.lastName': 'Osei', 'fields.email': 'Office@Clinic.example' }
  await imported({ rows: [contact(1, { ...email, 'fields.npi': npis[0] ?? '' })] })
  const verdicts = await imported({
    mode: 'check',
    rows: [
      contact(2, { ...email, 'fields.email': 'office@clinic.example' }),
      contact(3, { ...email, 'fields.npi': npis[1] ?? '' }),
      contact(4, { ...email, 'fields.lastName': 'Colleague' }),
      contact(5, { ...email, 'fields.lastName': 'colleague' }),
    ],
  })
  expect(verdicts.map(({ outcome }) => outcome)).toEqual(['duplicate', 'refused', 'create', 'refused'])
  expect(verdicts[3]?.problems).toEqual([
    { path: 'fields.email', message: 'Row 4 has the same name and email' },
  ])
  await imported({ kind: 'opportunity', rows: [deal(1, {})] })
  const deals = await imported({
    kind: 'opportunity',
    mode: 'check',
    rows: [
      { row: 5, values: { 'fields.name': ' deal  1', 'fields.account': 'LAKESIDE' } },
      { row: 6, values: { 'fields.name': 'Deal 1', 'fields.account': 'Elsewhere' } },
    ],
  })
  expect(deals.map(({ outcome }) => outcome)).toEqual(['duplicate', 'create'])
})

test('[IMP-3] admins import, managers contacts into their territories; nobody else, and nowhere else', async () => {
  const rows = [contact(1, {})]
  for (const by of ['ana', 'finn', 'cora', 'eve'] as const) {
    const answer = await send({ by, rows })
    expect([by, answer.status]).toEqual([by, 403])
    expect((await problemOf(answer)).code).toBe('access/role')
  }
  expect((await problemOf(await send({ by: 'mia', kind: 'opportunity', rows: [deal(1, {})] }))).code).toBe(
    'access/role',
  )
  const admin = await server.person('adam')
  const narrowed = await admin.api('PATCH', '/api/admin/people/mia', { body: { territoryIds: [north] } })
  expect(narrowed.status).toBe(204)
  expect((await problemOf(await send({ by: 'mia', rows, territoryId: south }))).code).toBe('input/invalid')
  expect((await problemOf(await send({ rows, territoryId: 'rival-west' }))).code).toBe('input/invalid')
  // A record out of reach is neither found nor told of: the row makes one of the manager's own.
  const npi = npis[0] ?? ''
  const [hidden] = await imported({ territoryId: south, rows: [contact(1, { 'fields.npi': npi })] })
  const [own] = await imported({ by: 'mia', rows: [contact(2, { 'fields.npi': npi }, 'update')] })
  expect(own?.outcome).toBe('create')
  expect((await contactOf(hidden?.name)).fields.lastName).toBe('Person 1')
  expect((await fetch(server.url + importEndpoint(newDocumentId()), { method: 'POST' })).status).toBe(401)
})

test('[IMP-4] a request is bounded, and one that is malformed changes nothing', async () => {
  const many = Array.from({ length: importLimits.maxRows + 1 }, (_, index) => contact(index + 1, {}))
  const twice = [contact(1, {}), contact(1, {})]
  const wrong: Order[] = [
    { rows: many },
    { rows: [] },
    { rows: twice },
    { rows: [contact(0, {})] },
    { rows: [contact(1, {})], importId: 'not-a-uuid' },
    { rows: [contact(1, { 'fields.title': { nested: 1 } as unknown as string })] },
    { rows: [contact(1, {})], label: 'x'.repeat(importLimits.maxLabelLength + 1) },
    { rows: [contact(1, {})], ownerId: 'eve' },
    { rows: [contact(1, {})], kind: 'kpi' as 'contact' },
  ]
  for (const order of wrong) expect((await problemOf(await send(order))).code).toBe('input/invalid')
  const large = await send({ rows: [contact(1, { 'fields.title': 'x'.repeat(limits.maxFrameBytes) })] })
  expect((await problemOf(large)).code).toBe('input/too-large')
  expect(await countOf()).toBe(0)
})

test('[IMP-5] what is sent again is not done again, also over what came after it', async () => {
  const npi = npis[0] ?? ''
  const [known] = await imported({ rows: [contact(1, { 'fields.npi': npi, 'fields.city': 'Oslo' })] })
  const importId = newDocumentId()
  const rows = [
    {
      row: 1,
      values: { 'fields.lastName': 'Person 1', 'fields.npi': npi, 'fields.city': 'Bergen' },
      existing: 'update',
    } as const,
    contact(2, { 'fields.npi': npis[1] ?? '', 'fields.city': 'Bergen' }),
  ]
  const first = await imported({ importId, rows })
  expect(first.map(({ outcome }) => outcome)).toEqual(['change', 'create'])
  const ana = await server.connect('ana')
  for (const { name } of first) {
    if (name === undefined) throw new Error('the row made no record')
    const channel = await ana.open(name)
    setField(channel.doc, 'fields.city', 'Tromso', { now: Date.now() })
    await channel.answered()
  }
  await server.restart()
  const second = await imported({ importId, rows })
  expect(second.map(({ outcome, name, again }) => [outcome, name, again])).toEqual(
    first.map(({ outcome, name }) => [outcome, name, true]),
  )
  expect(second[0]?.changes).toEqual([{ path: 'fields.city', from: 'Oslo', to: 'Bergen' }])
  for (const { name } of first) expect((await contactOf(name)).fields.city).toBe('Tromso')
  expect(await countOf()).toBe(2)
  expect(first[0]?.name).toBe(known?.name)
  // Somebody else's import under the same id is another one.
  const [theirs] = await imported({ by: 'mia', importId, rows: [contact(2, {})] })
  expect(theirs?.again).toBeUndefined()
})

test('[IMP-5] an import that is cut while it is worked off is sent again, and comes out once', async () => {
  const importId = newDocumentId()
  const rows = Array.from({ length: importLimits.maxRows }, (_, index) =>
    contact(index + 1, { 'fields.city': 'Oslo' }),
  )
  const cut = send({ importId, rows }).catch(() => undefined)
  await expect.poll(() => countOf()).toBeGreaterThan(0)
  await server.restart()
  await cut
  const verdicts = await imported({ importId, rows })
  expect(verdicts.every(({ outcome }) => outcome === 'create')).toBe(true)
  expect(await countOf()).toBe(rows.length)
})

test('[IMP-6] what somebody typed without having seen the import stands, and the value of the file is kept', async () => {
  const npi = npis[0] ?? ''
  const [made] = await imported({ rows: [contact(1, { 'fields.npi': npi, 'fields.phone': '555 0100' })] })
  const doc = await docOf(made?.name)
  const copy = new Y.Doc()
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc))
  const before = Y.encodeStateVector(copy)
  setField(copy, 'fields.phone', '555 0111', { now: Date.now() })
  // The file comes later than what was typed.
  const row = {
    row: 1,
    values: { 'fields.lastName': 'Person 1', 'fields.npi': npi, 'fields.phone': '555 0122' },
  }
  const [update] = await imported({ rows: [{ ...row, existing: 'update' }] })
  expect(update?.outcome).toBe('change')
  await server.restart()
  const body = encodePush([{ name: made?.name as DocumentName, update: Y.encodeStateAsUpdate(copy, before) }])
  const { bearer } = await server.person('ana')
  const headers = { authorization: `Bearer ${bearer}` }
  expect(
    (await fetch(server.url + endpoints.push, { method: 'POST', headers, body: new Uint8Array(body) }))
      .status,
  ).toBe(200)
  const view = await contactOf(made?.name)
  expect(view.fields.phone).toBe('555 0111')
  const [conflict] = view.conflicts
  expect(conflict).toMatchObject({ path: 'fields.phone', status: 'resolved' })
  expect(conflict?.candidates.map(({ value }) => value)).toEqual(
    expect.arrayContaining(['555 0111', '555 0122']),
  )
})

test('[IMP-7] a file makes a wish not to be contacted, and never takes one back', async () => {
  const npi = npis[0] ?? ''
  const wish = (doNotCall: boolean) =>
    contact(1, { 'fields.npi': npi, 'fields.doNotCall': doNotCall }, 'update')
  const [made] = await imported({ rows: [wish(true)] })
  const [back] = await imported({ rows: [wish(false)] })
  expect(back).toMatchObject({ outcome: 'same', kept: [{ path: 'fields.doNotCall' }] })
  expect((await contactOf(made?.name)).fields.doNotCall).toBe(true)
})

test('[IMP-7] a value that is empty says nothing: it takes no wish back and clears nothing', async () => {
  const known = { 'fields.npi': npis[0] ?? '', 'fields.phone': '555 0100', 'fields.doNotCall': true }
  const [made] = await imported({ rows: [contact(1, known)] })
  const empty = { ...known, 'fields.phone': '', 'fields.doNotCall': '' }
  const [left] = await imported({ rows: [contact(1, empty, 'update')] })
  expect(left).toMatchObject({ outcome: 'same', changes: [] })
  expect((await contactOf(made?.name)).fields).toMatchObject({ doNotCall: true, phone: '555 0100' })
  const [nameless] = await imported({ rows: [contact(2, { 'fields.lastName': ' ' })] })
  expect(nameless?.problems.map(({ path }) => path)).toEqual(['fields.lastName'])
  await imported({ kind: 'opportunity', rows: [deal(1, { 'fields.competitors': ['Rival'] })] })
  const [deals] = await imported({
    kind: 'opportunity',
    rows: [deal(1, { 'fields.competitors': [] }, 'update')],
  })
  expect(deals?.outcome).toBe('same')
})

test('[IMP-9] a last name within another one is another last name', async () => {
  const email = 'office@clinic.example'
  const oliver = { 'fields.firstName': 'Ana', 'fields.lastName': 'Oliver', 'fields.credentials': 'MD' }
  await imported({ rows: [contact(1, { ...oliver, 'fields.email': email })] })
  const names = ['Li', 'Live', 'Oliver', 'Ana Oliver']
  const rows = names.map((name, index) =>
    contact(index + 2, { 'fields.lastName': name, 'fields.email': email }),
  )
  const outcomes = await Promise.all(
    rows.map(
      async (row) =>
        (await imported({ by: row.row < 4 ? 'adam' : 'mia', mode: 'check', rows: [row] }))[0]?.outcome,
    ),
  )
  expect(outcomes).toEqual(['create', 'create', 'same', 'duplicate'])
})

test('[IMP-5] a record that somebody else put where a row would go is not taken for the row', async () => {
  const importId = newDocumentId()
  const id = recordIdOf({ organizationId: 'meridian', userId: 'adam', importId, row: 1 })
  const name = formatDocumentName({ organizationId: 'meridian', kind: 'contact', id })
  const channel = await (await server.connect('ana')).open(name)
  const fields = { lastName: 'Decoy' }
  createDocument(channel.doc, {
    kind: 'contact',
    territoryId: north,
    createdBy: 'adam',
    createdAt: 1,
    fields,
  })
  await channel.answered()
  const [verdict] = await imported({ importId, rows: [contact(1, {})] })
  expect(verdict?.outcome).toBe('refused')
  expect(verdict?.again).toBeUndefined()
  expect((await contactOf(name)).fields.lastName).toBe('Decoy')
})

test('[IMP-9] a record that was removed is not found again, and one that an import made does not come back', async () => {
  const npi = npis[0] ?? ''
  const importId = newDocumentId()
  const rows = [contact(1, { 'fields.npi': npi })]
  const [made] = await imported({ importId, rows })
  const admin = await server.person('adam')
  const gone = await admin.api('DELETE', documentEndpoint(made?.name as DocumentName), {
    body: { reason: 'Retired' },
  })
  expect(gone.status).toBe(204)
  const [again] = await imported({ importId, rows })
  expect(again?.outcome).toBe('refused')
  const [anew] = await imported({ rows })
  expect(anew?.outcome).toBe('create')
})
