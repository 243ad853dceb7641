import { isDeepStrictEqual } from 'node:util'
import { type DocumentName, financialsEndpoint } from '@fulqrun/protocol'
import {
  addEntry,
  createDocument,
  defineRoots,
  newDocumentId,
  propose,
  readConflicts,
  readProposals,
  setField,
} from '@fulqrun/schema'
import { documentJson, type WireChannel } from '@fulqrun/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { Attacker, doors, newClientId, openDoor, Witness } from './testing/attack.ts'
import { newOpportunityName, north, openTestServer, south, type TestServer } from './testing/test-server.ts'

/**
 * Raw Yjs against every path whose rule does not leave it to the writer, through every door. A colleague has the record
 * open: every frame that reaches them is applied to a replica, and none may show a forbidden value.
 */

let server: TestServer
beforeAll(async () => {
  server = await openTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const now = Date.now()
const official = { amount: 45_000, currency: 'USD', discount: 5, version: 1 }

async function freshCopy(name: DocumentName): Promise<Y.Doc> {
  const client = await server.connect('mia')
  const { doc } = await client.open(name)
  await client[Symbol.asyncDispose]()
  return doc
}

/** The entries of a collection, as plain values. */
function entries(doc: Y.Doc, root: string): Readonly<Record<string, unknown>> {
  return doc.getMap(root).toJSON()
}

// The records under attack ---------------------------------------------------------------------------------------------

const outLine = {
  channel: 'email',
  optType: 'opt_out',
  capturedAt: now,
  capturedBy: 'ben',
  scope: 'Velorin',
  textVersion: 'EN-3',
}
const inLine = { ...outLine, channel: 'phone', optType: 'opt_in', expiresOn: '2030-01-31' }
const sample = {
  product: 'Velorin 10 mg',
  quantity: 4,
  lotNumber: 'L-17',
  deliveredAt: now,
  deliveredBy: 'ben',
}
const signature = {
  signedName: 'Grace Okafor',
  meaning: 'received',
  statement: 'I received four packs.',
  signedAt: now,
  sampleId: 'sample',
}

/** A contact of Ben's, open at Ben's. */
async function openContact(): Promise<WireChannel> {
  const name = `meridian/contact/${newDocumentId()}` as DocumentName
  const ben = await (await server.connect('ben')).open(name)
  createDocument(ben.doc, {
    kind: 'contact',
    territoryId: north,
    createdBy: 'ben',
    createdAt: now,
    fields: { firstName: 'Grace', lastName: 'Okafor' },
  })
  addEntry(ben.doc, 'consents', outLine, { now, id: 'out' })
  addEntry(ben.doc, 'consents', inLine, { now, id: 'in' })
  addEntry(ben.doc, 'samples', sample, { now, id: 'sample' })
  addEntry(ben.doc, 'signatures', signature, { now, id: 'sig' })
  await ben.answered()
  await ben.client.ping()
  expect(ben.refused).toBe(0)
  return ben
}

/** A deal of Ben's with official values, a waiting proposal of his, an open question and a completed activity. */
async function openDeal(): Promise<WireChannel> {
  const name = newOpportunityName()
  const ben = await (await server.connect('ben')).open(name)
  createDocument(ben.doc, {
    kind: 'opportunity',
    territoryId: north,
    createdBy: 'ben',
    createdAt: now,
    fields: { name: 'Formulary', account: 'St. Vincent', stage: 'prospecting' },
  })
  addEntry(ben.doc, 'activities', { type: 'call', subject: 'Call' }, { now, id: 'act' })
  await ben.answered()
  const finn = await server.person('finn')
  const { version: _version, ...values } = official
  const put = await finn.api('PUT', financialsEndpoint(name.split('/')[2] ?? ''), {
    body: values,
    headers: { 'if-match': '0' },
  })
  expect(put.status).toBe(200)
  await ben.until(({ doc }) => doc.getMap('financials').get('version') === 1)
  propose(ben.doc, { path: 'financials.discount', value: 9, author: 'ben', now, id: 'of-ben' })
  // Mia has renamed it meanwhile, and Ben has not seen that: somebody has to choose.
  const mia = await (await server.connect('mia')).open(name)
  const apart = new Y.Doc()
  defineRoots(apart, 'opportunity')
  Y.applyUpdate(apart, Y.encodeStateAsUpdate(ben.doc))
  setField(mia.doc, 'fields.account', 'St. Vincent Hospital', { now })
  await mia.answered()
  const before = Y.encodeStateVector(apart)
  setField(apart, 'fields.account', 'St. Vincent Clinic', { now })
  ben.send(Y.encodeStateAsUpdate(apart, before))
  setField(ben.doc, 'activities.act.status', 'completed', { now })
  await ben.answered()
  await ben.until(({ doc }) => readConflicts(doc).some(({ status }) => status === 'open'))
  await mia.client[Symbol.asyncDispose]()
  await ben.client.ping()
  expect(ben.refused).toBe(0)
  return ben
}

async function openKpi(): Promise<WireChannel> {
  const mia = await (await server.connect('mia')).open(`meridian/kpi/${newDocumentId()}` as DocumentName)
  createDocument(mia.doc, {
    kind: 'kpi',
    territoryId: north,
    createdBy: 'mia',
    createdAt: now,
    fields: { period: '2026-Q3', title: 'North' },
  })
  await mia.answered()
  const finn = await server.person('finn')
  const id = mia.name.split('/')[2] ?? ''
  const trx = { value: 812, asOf: now, formulaVersion: 1 }
  expect((await finn.api('PUT', `/api/kpis/${id}/values`, { body: { trx } })).status).toBe(204)
  expect((await finn.api('PUT', `/api/kpis/${id}/targets`, { body: { trx: 1000 } })).status).toBe(204)
  const ben = await (await server.connect('ben')).open(mia.name)
  await ben.until(({ doc }) => doc.getMap('targets').get('trx') === 1000)
  return ben
}

// What may be done to them: nothing -------------------------------------------------------------------------------------

type Act = (doc: Y.Doc) => void
/** One after the other; each is an update of its own. */
type Attack = readonly Act[]

const map = (doc: Y.Doc, root: string) => doc.getMap(root)
const entry = (doc: Y.Doc, root: string, id: string) => doc.getMap(root).get(id) as Y.Map<unknown>
const asMap = (values: object) => new Y.Map<unknown>(Object.entries(values))

/** Ways to give a key of a root another value, or none. */
function onKey(root: string, key: string, values: readonly unknown[]): Attack[] {
  const put = (value: unknown) => (doc: Y.Doc) => map(doc, root).set(key, value)
  const take = (doc: Y.Doc) => map(doc, root).delete(key)
  return [
    ...values.map((value) => [put(value)]),
    ...values.map((value) => [
      (doc: Y.Doc) => {
        take(doc)
        put(value)(doc)
      },
    ]),
    ...values.map((value) => [take, put(value)]),
    [take],
    [(doc) => map(doc, root).clear()],
    [(doc) => map(doc, root).set(key, asMap({ nested: asMap({ deep: 1 }) }))],
    [(doc) => map(doc, root).set(key, new Y.Text(String(values[0])))],
    [(doc) => map(doc, root).set(key, Y.Array.from([values[0]] as never[]))],
    [put(new Uint8Array(3)), put(undefined), put(null), put(NaN)],
  ]
}

/** Ways to change, replace or remove an entry that stays as it is. */
function onEntry(root: string, id: string, { change, whole }: { change: object; whole: object }): Attack[] {
  const fields = Object.entries(change)
  const changeAll: Act = (doc) => fields.forEach(([key, value]) => entry(doc, root, id).set(key, value))
  const replace: Act = (doc) => map(doc, root).set(id, asMap({ ...whole, ...change }))
  const remove: Act = (doc) => map(doc, root).delete(id)
  const both: Act = (doc) => {
    remove(doc)
    replace(doc)
  }
  return [
    ...fields.map(([key, value]): Attack => [(doc) => entry(doc, root, id).set(key, value)]),
    ...Object.keys(whole).map((key): Attack => [(doc) => entry(doc, root, id).delete(key)]),
    ...fields.map(([key]): Attack => [(doc) => entry(doc, root, id).set(key, new Y.Text('opt_in'))]),
    [(doc) => entry(doc, root, id).set('unlisted', 1)],
    [(doc) => entry(doc, root, id).clear()],
    [changeAll],
    [replace],
    [both],
    [remove, replace],
    [remove, remove, changeAll],
    [changeAll, remove],
    [
      (doc) => {
        changeAll(doc)
        remove(doc)
      },
    ],
    [(doc) => map(doc, root).set(id, 'gone')],
    [(doc) => map(doc, root).set(id, null)],
    [(doc) => map(doc, root).set(id, new Y.Array())],
    [(doc) => map(doc, root).set(id, new Y.XmlHook('x'))],
    [(doc) => map(doc, root).set(id, asMap({}))],
    [(doc) => map(doc, root).clear()],
  ]
}

const stampAll = (paths: readonly string[], time: unknown): Attack => [
  (doc) => paths.forEach((path) => map(doc, 'edited').set(path, time)),
  (doc) => paths.forEach((path) => map(doc, 'edited').delete(path)),
]
const absurdTimes = [8.64e15, 1e300, -1e300, -1, 0, NaN, Infinity, '2030', null, { at: 1 }]

function decide(doc: Y.Doc, decision: object): void {
  map(doc, 'decisions').set(newDocumentId(), { at: now, ...decision })
}

const contactAttacks: Readonly<Record<string, readonly Attack[]>> = {
  'an opt-out': onEntry('consents', 'out', {
    change: {
      optType: 'opt_in',
      channel: 'post',
      scope: 'All',
      capturedAt: 1,
      expiresOn: '2031-01-01',
      replaces: ['out'],
    },
    whole: outLine,
  }),
  'an opt-in': onEntry('consents', 'in', {
    change: {
      optType: 'double_opt_in',
      channel: 'sms',
      scope: 'All',
      capturedAt: 1,
      expiresOn: '2031-01-01',
    },
    whole: inLine,
  }),
  'a record of samples': onEntry('samples', 'sample', {
    change: { quantity: 400, product: 'Other', lotNumber: '', note: 'added later' },
    whole: sample,
  }),
  'a signature': onEntry('signatures', 'sig', {
    change: {
      signedName: 'Ana',
      meaning: 'reviewed',
      statement: 'Nothing.',
      sampleId: 'other',
      signedBy: 'ana',
    },
    whole: signature,
  }),
  'times of evidence': absurdTimes.map((time) =>
    stampAll(['consents.out.optType', 'consents.out', 'samples.sample.quantity', 'samples.sample'], time),
  ),
}

/** What is wrong with what a colleague sees of the contact. */
function wrongsOfContact(doc: Y.Doc, before: Readonly<Record<string, unknown>>): string[] {
  const roots = ['consents', 'samples', 'signatures', 'meta', 'decisions', 'conflicts']
  return roots.flatMap((root) => {
    const shown = entries(doc, root)
    return isDeepStrictEqual(shown, before[root]) ? [] : [`${root}: ${JSON.stringify(shown)}`]
  })
}

const dealAttacks: Readonly<Record<string, readonly Attack[]>> = {
  'official values': Object.entries(official).flatMap(([key, value]) =>
    onKey('financials', key, typeof value === 'number' ? [value + 1, -1, 'x', 1e300] : ['EUR', 1]),
  ),
  'what the record is': Object.entries({
    kind: 'kpi',
    territoryId: south,
    createdBy: 'ana',
    createdAt: 1,
    schemaVersion: 99,
  }).flatMap(([key, value]) => onKey('meta', key, [value])),
  'the stage': [
    ...['engaging', 'advancing', 'key_decision', 'closed_won'].map((stage): Attack => [
      (doc) => map(doc, 'fields').set('stage', stage),
    ]),
    // Answers that are taken back in the same change do not open the gate.
    [
      (doc) => {
        const answers = ['identifyPain', 'champion', 'economicBuyer']
        for (const pillar of answers) map(doc, 'fields').set(`meddpicc.${pillar}.score`, 100)
        map(doc, 'fields').set('stage', 'engaging')
        for (const pillar of answers) map(doc, 'fields').delete(`meddpicc.${pillar}.score`)
      },
    ],
  ],
  'times of official values': absurdTimes.map((time) =>
    stampAll(
      ['financials.amount', 'financials.version', 'meta.kind', 'proposals.of-ben', 'conflicts.c'],
      time,
    ),
  ),
}

function wrongsOfDeal(doc: Y.Doc, before: Readonly<Record<string, unknown>>): string[] {
  const wrongs = ['financials', 'meta', 'decisions', 'conflicts'].flatMap((root) => {
    const shown = entries(doc, root)
    return isDeepStrictEqual(shown, before[root]) ? [] : [`${root}: ${JSON.stringify(shown)}`]
  })
  const { stage } = entries(doc, 'fields')
  const ofBen = entries(doc, 'proposals')['of-ben']
  const proposalsBefore = before['proposals'] as Record<string, unknown>
  const times = ['financials.amount', 'financials.version', 'proposals.of-ben']
  const editedBefore = before['edited'] as Record<string, unknown>
  const forged = Object.entries(entries(doc, 'proposals')).filter(([id, stored]) => {
    const { author, status } = stored as Record<string, unknown>
    return id !== 'of-ben' && (author !== 'ana' || (status !== 'waiting' && status !== 'superseded'))
  })
  return [
    ...wrongs,
    ...(stage === 'prospecting' ? [] : [`stage: ${String(stage)}`]),
    ...(isDeepStrictEqual(ofBen, proposalsBefore['of-ben']) ? [] : [`proposal: ${JSON.stringify(ofBen)}`]),
    ...forged.map(([id, stored]) => `proposal ${id}: ${JSON.stringify(stored)}`),
    ...times
      .filter((path) => entries(doc, 'edited')[path] !== editedBefore[path])
      .map((path) => `time of ${path}`),
  ]
}

const forgedProposal = {
  path: 'financials.amount',
  value: 1,
  author: 'ben',
  proposedAt: 1,
  status: 'approved',
  decidedBy: 'finn',
  decidedAt: 2,
}

/** Attacks that need to know what is in the record. */
function dealBookAttacks(doc: Y.Doc): Readonly<Record<string, readonly Attack[]>> {
  const [conflict] = readConflicts(doc)
  if (conflict === undefined) throw new Error('there is no conflict')
  const { id, ...stored } = conflict
  const forged = {
    ...stored,
    path: 'financials.amount',
    candidates: stored.candidates.map((c) => ({ ...c, value: 1 })),
  }
  const [candidate] = stored.candidates
  return {
    conflicts: [
      ...onKey('conflicts', id, [
        { ...stored, status: 'resolved', decision: { by: 'ben', at: now, value: 'x' } },
        { ...stored, candidates: [] },
        forged,
        'nonsense',
      ]),
      ...onKey('conflicts', 'forged', [stored, forged, 1]),
      // Forged and decided in one breath, and in two.
      ...[forged, { ...forged, path: 'meta.territoryId' }, { ...forged, path: 'proposals.of-ben' }].flatMap(
        (lie): Attack[] => {
          const forge: Act = (d) => map(d, 'conflicts').set('forged', lie)
          const act: Act = (d) => {
            decide(d, { type: 'choose', conflict: 'forged', candidate: candidate?.id, seen: [] })
            decide(d, { type: 'edit', conflict: 'forged', value: 1, seen: [] })
            decide(d, { type: 'undo', conflict: 'forged' })
          }
          const together: Act = (d) => {
            forge(d)
            act(d)
          }
          return [[together], [forge, act]]
        },
      ),
    ],
    proposals: [
      ...onKey('proposals', 'of-ben', [forgedProposal, { ...forgedProposal, author: 'ana' }, 'nonsense']),
      ...[
        forgedProposal,
        { ...forgedProposal, path: 'fields.stage', value: 'closed_won', reason: 'because' },
        { ...forgedProposal, status: 'waiting', path: 'meta.territoryId', value: south },
      ].map((lie): Attack => [(d) => map(d, 'proposals').set(newDocumentId(), lie)]),
    ],
    decisions: [
      ...(['approved', 'rejected', 'withdrawn'] as const).map((decision): Attack => [
        (d) => decide(d, { type: 'proposal', proposal: 'of-ben', decision }),
        // In another's name: a decision says nothing about who made it.
        (d) =>
          decide(d, {
            type: 'proposal',
            proposal: 'of-ben',
            decision,
            by: 'finn',
            author: 'finn',
            role: 'finance',
          }),
      ]),
      // One's own, made and approved in one breath.
      [
        (d) => {
          const own = newDocumentId()
          map(d, 'proposals').set(own, { ...forgedProposal, status: 'waiting' })
          decide(d, { type: 'proposal', proposal: own, decision: 'approved' })
        },
      ],
      [
        (d) => decide(d, { type: 'accept', conflict: 'of-ben' }),
        (d) => decide(d, { type: 'accept', conflict: 'nothing' }),
      ],
      [
        (d) => decide(d, { type: 'choose', conflict: 'nothing', candidate: 'x', seen: [] }),
        (d) => decide(d, { type: 'choose', conflict: '__proto__', candidate: 'constructor', seen: [] }),
        (d) => decide(d, { type: 'keep-both', conflict: id }),
        (d) => decide(d, { type: 'undo', conflict: id }),
        (d) => decide(d, { type: 'edit', conflict: id, value: { not: 'a name' }, seen: [] }),
        (d) => decide(d, { type: 'edit', conflict: id, value: 'x'.repeat(10_000), seen: [] }),
        (d) => map(d, 'decisions').set('nested', asMap({ type: 'undo', conflict: id, at: 1 })),
        (d) => map(d, 'decisions').set('deep', JSON.parse('['.repeat(2000) + ']'.repeat(2000)) as unknown),
        (d) => map(d, 'decisions').set('late', { type: 'undo', conflict: id, at: NaN }),
      ],
      [(d) => Array.from({ length: 3000 }).forEach(() => decide(d, { type: 'undo', conflict: id }))],
    ],
  }
}

const kpiAttacks: Readonly<Record<string, readonly Attack[]>> = {
  'computed values': onKey('values', 'trx', [{ value: 9, asOf: now, formulaVersion: 1 }, 9, 'x']),
  targets: onKey('targets', 'trx', [9, 1e9, 'x']),
  'its period': onKey('fields', 'period', ['1999-Q1']),
}

function wrongsOfKpi(doc: Y.Doc, before: Readonly<Record<string, unknown>>): string[] {
  return ['values', 'targets', 'meta', 'fields'].flatMap((root) => {
    const shown = entries(doc, root)
    return isDeepStrictEqual(shown, before[root]) ? [] : [`${root}: ${JSON.stringify(shown)}`]
  })
}

interface Target {
  readonly open: () => Promise<WireChannel>
  readonly attacks: (doc: Y.Doc) => Readonly<Record<string, readonly Attack[]>>
  readonly wrongs: (doc: Y.Doc, before: Readonly<Record<string, unknown>>) => string[]
}

const targets: Readonly<Record<string, Target>> = {
  '[RES-6] [RES-7] a contact': { open: openContact, attacks: () => contactAttacks, wrongs: wrongsOfContact },
  '[POL-1] [GAT-1] a deal': { open: openDeal, attacks: () => dealAttacks, wrongs: wrongsOfDeal },
  '[POL-3] [POL-4] [CON-3] [PRO-3] the books of a deal': {
    open: openDeal,
    attacks: dealBookAttacks,
    wrongs: wrongsOfDeal,
  },
  '[POL-1] [POL-2] a KPI set': { open: openKpi, attacks: () => kpiAttacks, wrongs: wrongsOfKpi },
}

describe.each(doors)('a hostile rep who comes through %s', (doorName) => {
  for (const [title, target] of Object.entries(targets)) {
    test.each(['low', 'high'] as const)(
      `${title} shows nothing forbidden at any frame, with %s client ids`,
      async (side) => {
        const ben = await target.open()
        const before = documentJson(ben.doc)
        const empty = Object.fromEntries([...ben.doc.share.keys()].map((root) => [root, {}]))
        let current = ''
        const witness = new Witness(ben, (doc) =>
          target.wrongs(doc, { ...empty, ...before }).map((wrong) => `${current}: ${wrong}`),
        )
        const door = await openDoor(server, doorName, { person: 'ana', name: ben.name })
        for (const [what, attacks] of Object.entries(target.attacks(ben.doc))) {
          for (const [index, attack] of attacks.entries()) {
            current = `${what} ${index}`
            const attacker = new Attacker(door, ben, newClientId(side))
            for (const act of attack) await attacker.strike(act)
            // And the same once more, blindly: as it was, and undone.
            if (attack.length === 1) await attacker.send(Y.encodeStateAsUpdate(attacker.doc))
          }
        }
        expect(witness.seen.slice(0, 5)).toEqual([])
        // The colleague has seen that something happened, so the door was open.
        expect(witness.frames).toBeGreaterThan(20)
        const fresh = await freshCopy(ben.name)
        expect(target.wrongs(fresh, { ...empty, ...before })).toEqual([])
        expect(documentJson(fresh)).toEqual(documentJson(ben.doc))
        // What is not read as JSON is not there either: no shared type hides in a scalar's place.
        expect(readProposals(fresh).every(({ author }) => author === 'ana' || author === 'ben')).toBe(true)
      },
    )
  }
})

test('nothing of the above was an error at the server', () => {
  expect(server.errors()).toEqual([])
})
