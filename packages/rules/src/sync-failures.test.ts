import type { DocumentKind } from '@fulqrun/protocol'
import {
  addEntry,
  decideOnProposal,
  getText,
  propose,
  readConflicts,
  readDocument,
  readProposals,
  rootsOf,
  setField,
  setPinned,
} from '@fulqrun/schema'
import {
  appendNotes,
  arbitraryCableStep,
  arbitraryTeam,
  copyDocument,
  documentJson,
  makeContact,
  makeDocument,
  makeOpportunity,
  type Person,
  startOfHistory,
  Team,
  runsOf,
} from '@fulqrun/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { TestDoor } from './test-door.ts'

/** Failures of Yjs systems seen in the field (SYNC.md 0.1), each against admission. */

const ana: Person = { id: 'user-ana', name: 'Ana', role: 'rep' }
const ben: Person = { id: 'user-ben', name: 'Ben', role: 'rep' }
const mia: Person = { id: 'user-mia', name: 'Mia', role: 'manager' }
const finn: Person = { id: 'user-finn', name: 'Finn', role: 'finance' }
const highest = 4_294_967_295

/** A server with one document, and the log of what it admitted. */
class Office {
  readonly server: Y.Doc
  readonly kind: DocumentKind
  readonly door = new TestDoor()
  now = startOfHistory

  constructor(server: Y.Doc, kind: DocumentKind) {
    this.server = server
    this.kind = kind
    server.clientID = 500
  }

  join(clientId: number): Y.Doc {
    return copyDocument(this.server, this.kind, clientId)
  }

  send(person: Person, update: Uint8Array) {
    this.now += 1000
    return this.door.receive({
      document: this.server,
      kind: this.kind,
      person,
      update,
      receivedAt: this.now,
    })
  }

  /** What the server lacks of a copy. */
  take(person: Person, copy: Y.Doc) {
    return this.send(person, Y.encodeStateAsUpdate(copy, Y.encodeStateVector(this.server)))
  }

  official(change: (document: Y.Doc) => void): void {
    this.door.edit({
      document: this.server,
      kind: this.kind,
      person: finn,
      receivedAt: this.now,
      change,
    })
  }
}

/** Collects the updates that a copy makes. */
function updatesOf(copy: Y.Doc): Uint8Array[] {
  const updates: Uint8Array[] = []
  copy.on('update', (update: Uint8Array) => updates.push(update))
  return updates
}

test('[POL-1] SYNC 13: an official value stands against an offline client with a higher client id, which Yjs would let win', () => {
  const office = new Office(makeOpportunity(), 'opportunity')
  const offline = office.join(highest)
  offline.getMap('financials').set('amount', 99)
  office.official((doc) => setPinned(doc, 'financials', { amount: 60_000 }, { now: office.now }))
  const withoutRules = copyDocument(office.server, 'opportunity', 501)
  Y.applyUpdate(withoutRules, Y.encodeStateAsUpdate(offline))
  expect(withoutRules.getMap('financials').get('amount')).toBe(99)

  const colleague = office.join(7)
  office.server.on('update', (update: Uint8Array) => {
    Y.applyUpdate(colleague, update)
    expect(colleague.getMap('financials').get('amount')).toBe(60_000)
  })
  office.take(ana, offline)
  Y.applyUpdate(offline, Y.encodeStateAsUpdate(office.server))
  for (const doc of [office.server, colleague, offline])
    expect(doc.getMap('financials').get('amount')).toBe(60_000)
  expect(readProposals(office.server)).toMatchObject([{ value: 99, author: ana.id, status: 'waiting' }])
})

test('[POL-4] SYNC 13: what was approved does not go back to waiting because an offline client wrote it over', () => {
  const office = new Office(makeOpportunity(), 'opportunity')
  const proposer = office.join(20)
  const id = propose(proposer, {
    path: 'financials.amount',
    value: 70_000,
    author: ana.id,
    now: office.now,
    id: 'p-1',
  })
  office.take(ana, proposer)
  const offline = office.join(highest)
  offline.getMap('proposals').set(id, { ...(offline.getMap('proposals').get(id) as object), value: 1 })
  const finance = office.join(30)
  decideOnProposal(finance, id, 'approved', { now: office.now })
  office.take(finn, finance)
  office.take(ana, offline)
  expect(readProposals(office.server)).toMatchObject([{ id, value: 70_000, status: 'approved' }])
  expect(office.server.getMap('financials').get('amount')).toBe(70_000)
})

test('[RES-8] SYNC 14: of what two people create offline nothing is lost and nothing doubles, whatever the client ids are', () => {
  const clientIds = fc.uniqueArray(fc.integer({ min: 2, max: highest }), { minLength: 2, maxLength: 2 })
  fc.assert(
    fc.property(clientIds, fc.boolean(), ([first = 2, second = 3], sameWords) => {
      const office = new Office(makeContact({ entries: {}, notes: [] }), 'contact')
      const devices = [office.join(first), office.join(second)] as const
      for (const [index, device] of devices.entries()) {
        const now = office.now
        // The first activity and the first note of a record, and a row that both devices put under the same id.
        addEntry(
          device,
          'activities',
          { type: 'call', subject: `Call ${index}` },
          { now, id: `own-${index}` },
        )
        appendNotes(device, [`Note ${index}`])
        const subject = sameWords ? 'Welcome call' : `Welcome call ${index}`
        addEntry(device, 'activities', { type: 'call', subject }, { now, id: 'seed' })
      }
      office.take(ana, devices[0])
      office.take(ben, devices[1])
      for (const device of devices) Y.applyUpdate(device, Y.encodeStateAsUpdate(office.server))

      for (const doc of [office.server, ...devices]) {
        const { view } = readDocument(doc, 'contact')
        const activities = 'activities' in view ? view.activities : []
        const subjects = activities.map(({ subject }) => subject)
        const seed = sameWords ? 'Welcome call' : 'Welcome call 0'
        expect(subjects.toSorted()).toEqual(['Call 0', 'Call 1', seed].toSorted())
        expect(view.notes).toContain('Note 0')
        expect(view.notes).toContain('Note 1')
      }
      const candidates = readConflicts(office.server).flatMap((conflict) => conflict.candidates)
      const asked = candidates.map(({ value }) => (value as { subject: string }).subject)
      expect(asked).toEqual(sameWords ? [] : ['Welcome call 0', 'Welcome call 1'])
    }),
    runsOf(30),
  )
}, 60_000)

test('[POL-5] SYNC 14: the first words of every text, written by two people offline, are all there; what is counted adds up', () => {
  const clientIds = fc.uniqueArray(fc.integer({ min: 2, max: highest }), { minLength: 2, maxLength: 2 })
  fc.assert(
    fc.property(fc.constantFrom('opportunity' as const, 'contact' as const), clientIds, (kind, ids) => {
      const office = new Office(makeDocument(kind), kind)
      const texts = rootsOf(kind).filter(({ type }) => type === 'text')
      const devices = ids.map((id) => office.join(id))
      for (const [index, device] of devices.entries()) {
        const now = office.now
        for (const { name } of texts) getText(device, name).insert(0, ` first${index} `)
        if (kind === 'contact')
          addEntry(device, 'samples', { product: 'Velorin 10 mg', quantity: 3 + index }, { now })
      }
      const before = quantities(office.server)
      for (const [index, device] of devices.entries()) office.take(index === 0 ? ana : ben, device)
      for (const device of devices) Y.applyUpdate(device, Y.encodeStateAsUpdate(office.server))
      for (const doc of [office.server, ...devices]) {
        for (const { name } of texts)
          for (const words of ['first0', 'first1']) expect(getText(doc, name).toJSON()).toContain(words)
        expect(quantities(doc) - before).toBe(kind === 'contact' ? 7 : 0)
      }
    }),
    runsOf(30),
  )
}, 60_000)

/** Units handed out: each handing-over is an entry of its own, so that two people cannot count each other's away. */
function quantities(doc: Y.Doc): number {
  const samples = Object.values(doc.getMap('samples').toJSON()) as { quantity: number }[]
  return samples.reduce((sum, { quantity }) => sum + quantity, 0)
}

test('[ADM-13] SYNC 14: a record that was made on two devices under one name is there once', () => {
  const office = new Office(makeOpportunity(), 'opportunity')
  const before = documentJson(office.server)
  const twin = makeOpportunity({ clientId: highest })
  expect(office.send(ben, Y.encodeStateAsUpdate(twin)).sort).toBe('refused')
  expect(documentJson(office.server)).toEqual(before)
})

test('[ADM-13] SYNC 26: what builds on something missing waits outside, and is applied in its author’s name when that arrives', () => {
  const office = new Office(makeContact(), 'contact')
  const device = office.join(20)
  const updates = updatesOf(device)
  setField(device, 'fields.phone', '+1 555 0001', { now: office.now })
  setField(device, 'fields.bestTime', 'mornings', { now: office.now })
  const [first = new Uint8Array(), second = new Uint8Array()] = updates

  expect(office.send(ana, second).sort).toBe('incomplete')
  expect(office.server.store.pendingStructs).toBeNull()
  const others = office.join(30)
  setField(others, 'fields.city', 'Peoria', { now: office.now })
  const ofBen = office.take(ben, others)
  expect(ofBen).toMatchObject({ sort: 'admitted', changes: [{ path: 'fields.city' }] })
  const ofAna = office.send(ana, Y.mergeUpdates([first, second]))
  expect(ofAna).toMatchObject({
    sort: 'admitted',
    changes: [
      { path: 'fields.phone', after: '+1 555 0001' },
      { path: 'fields.bestTime', after: 'mornings' },
    ],
  })
  expect(office.server.getMap('fields').toJSON()).toMatchObject({
    phone: '+1 555 0001',
    bestTime: 'mornings',
    city: 'Peoria',
  })
})

test('[ADM-13] SYNC 26: a dependency that arrives in another person’s update makes nothing theirs', () => {
  const office = new Office(makeContact(), 'contact')
  const device = office.join(20)
  const updates = updatesOf(device)
  setField(device, 'fields.phone', '+1 555 0001', { now: office.now })
  setField(device, 'fields.phone', '+1 555 0002', { now: office.now })
  const [first = new Uint8Array(), second = new Uint8Array()] = updates
  expect(office.send(ana, second).sort).toBe('incomplete')
  // Ben's device got the first one from Ana directly and hands it on.
  const ofBen = office.send(ben, first)
  expect(ofBen).toMatchObject({ changes: [{ path: 'fields.phone', after: '+1 555 0001' }] })
  expect(office.server.getMap('fields').get('phone')).toBe('+1 555 0001')
  expect(office.send(ana, second)).toMatchObject({ changes: [{ after: '+1 555 0002' }] })
})

/** Nobody clears or removes anything here, so nothing may ever be gone. */
test('[RES-1] SYNC 5: stale copies that answer with their whole state delete nothing', () => {
  const people = [ana, ben, mia]
  const edit = fc.record({
    type: fc.constant('edit' as const),
    device: fc.nat({ max: 2 }),
    what: fc.constantFrom('phone', 'bestTime', 'note', 'activity'),
  })
  const history = fc.record({
    setup: arbitraryTeam(people),
    steps: fc.array(
      fc.oneof({ weight: 2, arbitrary: edit }, { weight: 3, arbitrary: arbitraryCableStep(3) }),
      { minLength: 5, maxLength: 50 },
    ),
  })
  fc.assert(
    fc.property(history, ({ setup, steps }) => {
      const stock = { ...setup, people: setup.people.map((each) => ({ ...each, isStock: true })) }
      const team = new Team(
        makeContact({ fields: { bestTime: 'mornings' } }),
        'contact',
        stock,
        new TestDoor(),
      )
      let written = 0
      const expected = new Set<string>()
      team.onAdmission = () => {
        const fields = team.server.getMap('fields')
        expect([fields.has('phone'), fields.has('bestTime')]).toEqual([true, true])
      }
      team.telling(() => {
        for (const step of steps) {
          if (step.type !== 'edit') {
            team.step(step)
            continue
          }
          const words = `w${++written};`
          team.act(step.device, { path: step.what, value: words }, (doc, now) => {
            if (step.what === 'note') appendNotes(doc, [words])
            else if (step.what === 'activity')
              addEntry(doc, 'activities', { type: 'call', subject: words }, { now, id: `a-${written}` })
            else if (step.what === 'phone') setField(doc, 'fields.phone', `+1 555 ${1000 + written}`, { now })
            else setField(doc, 'fields.bestTime', words, { now })
          })
          if (step.what === 'note' || step.what === 'activity') expected.add(words)
        }
        team.settle()
        for (const doc of [team.server, ...team.replicas.map((replica) => replica.doc)]) {
          const text = JSON.stringify(documentJson(doc))
          expect([...expected].filter((words) => !text.includes(words))).toEqual([])
        }
      })
    }),
    runsOf(40),
  )
}, 60_000)

test.each(['one by one', 'as one'])(
  '[ADM-2] SYNC 7: a poison update between good ones stops nothing (%s)',
  (how) => {
    const office = new Office(makeDocument('opportunity'), 'opportunity')
    const device = office.join(highest)
    const updates = updatesOf(device)
    setField(device, 'fields.nextStep', 'Before', { now: office.now })
    device.transact(() => {
      device.getMap('financials').set('amount', 1)
      device.getMap('fields').set('probability', { not: 'a number' })
      device.getMap('invented').set('root', true)
    })
    setField(device, 'fields.product', 'Behind', { now: office.now })
    getText(device, 'description').insert(0, 'Words behind it')
    const sent = how === 'as one' ? [Y.mergeUpdates(updates)] : updates
    for (const update of sent) expect(office.send(ana, update).sort).toBe('admitted')
    Y.applyUpdate(device, Y.encodeStateAsUpdate(office.server))
    for (const doc of [office.server, device]) {
      expect(doc.getMap('fields').get('nextStep')).toBe('Before')
      expect(doc.getMap('fields').get('product')).toBe('Behind')
      expect(getText(doc, 'description').toJSON()).toBe('Words behind it')
      expect(doc.getMap('financials').get('amount')).toBe(45_000)
      expect(doc.getMap('fields').has('probability')).toBe(false)
    }
    // It does not come back: what the device has now, the server has.
    const again = office.take(ana, device)
    expect(again).toMatchObject({ sort: 'admitted', changes: [] })
    setField(device, 'fields.nextStep', 'After', { now: office.now })
    expect(office.take(ana, device)).toMatchObject({ changes: [{ after: 'After' }] })
  },
)
