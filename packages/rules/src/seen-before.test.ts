import type { ChangeRecord } from '@fulqrun/protocol'
import { readConflicts, readProposals, removeEntry, setField } from '@fulqrun/schema'
import { copyDocument, makeContact, makeOpportunity, type Person, startOfHistory } from '@fulqrun/testkit'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { TestDoor } from './test-door.ts'

/** Histories that the property tests found and shrank, by name (RES-1): who had seen what stands. */

const ana: Person = { id: 'user-ana', name: 'Ana', role: 'rep' }
const ben: Person = { id: 'user-ben', name: 'Ben', role: 'rep' }
const phone = 'fields.phone'
const minute = 60_000

/** A server and devices that send update by update. Client ids decide whom Yjs lets win: the higher one. */
class Court {
  readonly server: Y.Doc
  readonly kind: 'contact' | 'opportunity'
  readonly door = new TestDoor()
  now = startOfHistory

  constructor(kind: 'contact' | 'opportunity' = 'contact') {
    this.kind = kind
    this.server = kind === 'contact' ? makeContact() : makeOpportunity()
    this.server.clientID = 500
  }

  device(person: Person, clientId: number): Device {
    return new Device(this, person, copyDocument(this.server, this.kind, clientId))
  }

  get phone(): unknown {
    return this.server.getMap('fields').get('phone')
  }
}

class Device {
  readonly doc: Y.Doc
  readonly #court: Court
  readonly #person: Person
  readonly #unsent: Uint8Array[] = []

  constructor(court: Court, person: Person, doc: Y.Doc) {
    this.#court = court
    this.#person = person
    this.doc = doc
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'server') this.#unsent.push(update)
    })
  }

  /** @param at minutes after the beginning, by the clock of the device */
  set(path: string, value: unknown, at = 0): void {
    setField(this.doc, path, value, { now: startOfHistory + at * minute })
  }

  hear(): void {
    Y.applyUpdate(this.doc, Y.encodeStateAsUpdate(this.#court.server), 'server')
  }

  /** Sends the oldest edits, as one. */
  send(count = 1): readonly ChangeRecord[] {
    const update = Y.mergeUpdates(this.#unsent.splice(0, count))
    return this.#give(update)
  }

  /** Answers like a provider without an outbox: with its copy. */
  answerFromCopy(): readonly ChangeRecord[] {
    return this.#give(Y.encodeStateAsUpdate(this.doc, Y.encodeStateVector(this.#court.server)))
  }

  #give(update: Uint8Array): readonly ChangeRecord[] {
    const { server: document, kind } = this.#court
    this.#court.now += 60 * minute
    const outcome = this.#court.door.receive({
      document,
      kind,
      person: this.#person,
      update,
      receivedAt: this.#court.now,
    })
    if (outcome.sort !== 'admitted') throw new Error(outcome.sort)
    return outcome.changes
  }
}

test.each([
  ['the higher client id', 900],
  ['the lower client id', 5],
])('[RES-1] one’s own next edit is no conflict with one that has just won (%s)', (_, clientId) => {
  const court = new Court()
  const [first, second] = [court.device(ana, 100), court.device(ben, clientId)]
  first.set(phone, '+1 555 1', 1)
  second.set(phone, '+1 555 2', 2)
  second.set(phone, '+1 555 3', 3)
  first.send()
  expect(second.send()).toMatchObject([{ after: '+1 555 2', rule: 'RES-2' }])
  // The server has written the value again where Yjs let the other one win; the device has not heard of that.
  const [change] = second.send()
  expect(change).toMatchObject({ action: 'set', before: '+1 555 2', after: '+1 555 3' })
  expect(change?.rule).toBeUndefined()
})

test('[RES-1] an edit on top of another one’s, sent before it, still knows its own device’s earlier edit', () => {
  const court = new Court('opportunity')
  const status = 'activities.activity-1.status'
  const [first, second] = [court.device(ana, 100), court.device(ben, 5)]
  second.set(status, 'completed', 1)
  first.set(status, 'cancelled', 2)
  first.send()
  second.hear()
  second.set(status, 'pending', 3)
  expect(second.send()).toMatchObject([{ after: 'completed', rule: 'RES-4' }])
  expect(second.send()).toMatchObject([{ action: 'set', before: 'completed', after: 'pending' }])
})

test('[RES-1] whoever saw the field cleared may write it, also after a value was put back for the clearing', () => {
  const court = new Court('opportunity')
  const date = 'fields.closeDate'
  const [first, second] = [court.device(ana, 100), court.device(ben, 900)]
  first.set(date, undefined, 1)
  second.set(date, '2027-01-01', 2)
  first.send()
  const third = court.device(ana, 40)
  third.set(date, '2027-02-02', 3)
  expect(second.send()).toMatchObject([{ action: 'conflict', rule: 'RES-3' }])
  const [change] = third.send()
  expect(change).toMatchObject({ action: 'set', after: '2027-02-02' })
  expect(change?.rule).toBeUndefined()
})

test('[RES-1] a value that gave way on its own device is no clearing', () => {
  const court = new Court()
  const [first, second] = [court.device(ana, 900), court.device(ben, 5)]
  second.set(phone, '+1 555 2', 5)
  first.set(phone, '+1 555 1', 1)
  first.send()
  second.hear()
  expect(second.doc.getMap('fields').get('phone')).toBe('+1 555 1')
  expect(second.answerFromCopy()).toEqual([])
  expect(court.phone).toBe('+1 555 1')
  expect(readConflicts(court.server)).toEqual([])
})

test('[RES-1] one’s own clearing counts when the server holds the value as an entry of its own', () => {
  const court = new Court()
  const [first, second] = [court.device(ana, 900), court.device(ben, 5)]
  first.set(phone, '+1 555 1', 1)
  second.set(phone, '+1 555 2', 2)
  second.set(phone, undefined, 3)
  first.send()
  second.send()
  expect(court.phone).toBe('+1 555 2')
  const [change] = second.send()
  expect(change).toMatchObject({ action: 'delete', before: '+1 555 2' })
  expect(change?.rule).toBeUndefined()
  expect(court.phone).toBeUndefined()
})

test('[RES-1] a clearing from before a restart does not clash with what the same person wrote after it', () => {
  const court = new Court()
  const other = court.device(ben, 100)
  const before = copyDocument(court.server, 'contact', 5)
  const sent: Uint8Array[] = []
  before.on('update', (update: Uint8Array, origin: unknown) => origin !== 'server' && sent.push(update))
  setField(before, phone, undefined, { now: startOfHistory })
  other.set(phone, '+1 555 1', 1)
  other.send()
  Y.applyUpdate(before, Y.encodeStateAsUpdate(court.server), 'server')
  const after = copyDocument(before, 'contact', 6)
  after.on('update', (update: Uint8Array) => sent.push(update))
  setField(after, phone, '+1 555 2', { now: startOfHistory })
  const outcome = court.door.receive({
    document: court.server,
    kind: 'contact',
    person: ana,
    update: Y.mergeUpdates(sent),
    receivedAt: court.now,
  })
  expect(outcome).toMatchObject({ changes: [{ action: 'set', after: '+1 555 2' }] })
  expect(readConflicts(court.server)).toEqual([])
})

test('[RES-2] what was typed over in a change that loses does not lend its time to the value that stays', () => {
  const court = new Court()
  const [first, second, third] = [court.device(ana, 100), court.device(ben, 50), court.device(ana, 40)]
  first.set(phone, '+1 555 1', 30)
  second.set(phone, '+1 555 2', 10)
  second.set(phone, '+1 555 3', 10)
  third.set(phone, '+1 555 4', 20)
  first.send()
  second.send(2)
  third.send()
  expect(court.phone).toBe('+1 555 1')
})

/** Finance sets the official amount at the server. */
function setOfficial(court: Court, amount: number): void {
  court.door.edit({
    document: court.server,
    kind: 'opportunity',
    person: { id: 'user-finn', name: 'Finn', role: 'finance' },
    receivedAt: court.now,
    change: (doc) => doc.getMap('financials').set('amount', amount),
  })
}

test('[POL-1] of several raw writes the last one is proposed', () => {
  const court = new Court('opportunity')
  const device = court.device(ana, 5)
  device.doc.getMap('financials').set('amount', 1)
  device.doc.getMap('financials').set('amount', 2)
  setOfficial(court, 60_000)
  expect(device.send(2)).toContainEqual(expect.objectContaining({ action: 'propose', after: 2 }))
})

test.each([
  ['a higher client id', 5, 900],
  ['a lower client id', 900, 5],
])(
  '[POL-1] raw writes from before and after a restart are both kept, the later one waits (%s)',
  (_, ...ids) => {
    const court = new Court('opportunity')
    const sent: Uint8Array[] = []
    const write = (doc: Y.Doc, amount: number) => {
      doc.on('update', (update: Uint8Array, origin: unknown) => origin !== 'server' && sent.push(update))
      doc.getMap('financials').set('amount', amount)
    }
    const before = copyDocument(court.server, 'opportunity', ids[0])
    write(before, 100_001)
    setOfficial(court, 500_000)
    Y.applyUpdate(before, Y.encodeStateAsUpdate(court.server), 'server')
    // What had hidden the first one is all that the second one builds on.
    const after = copyDocument(court.server, 'opportunity', ids[1])
    setOfficial(court, 500_001)
    write(after, 100_004)
    const outcome = court.door.receive({
      document: court.server,
      kind: 'opportunity',
      person: ben,
      update: Y.mergeUpdates(sent),
      receivedAt: court.now,
    })
    const told = outcome.sort === 'admitted' ? outcome : { changes: [], putBack: [] }
    const putBack = told.changes.filter(({ action }) => action === 'put-back')
    expect(putBack).toMatchObject([
      { path: 'financials.amount', before: 500_001, after: 100_001 },
      { path: 'financials.amount', before: 500_001, after: 100_004 },
    ])
    const proposals = readProposals(court.server)
    expect(new Map(proposals.map(({ value, status }) => [value, status]))).toEqual(
      new Map([
        [100_001, 'superseded'],
        [100_004, 'waiting'],
      ]),
    )
    const waiting = proposals.find(({ status }) => status === 'waiting')
    expect(told.putBack).toEqual([{ path: 'financials.amount', rule: 'POL-1', proposalId: waiting?.id }])
    expect(court.server.getMap('financials').get('amount')).toBe(500_001)
  },
)

test('[RES-8] an entry stays whose remover had written beside a value that they had not seen', () => {
  const court = new Court()
  const role = 'affiliations.affiliation-1.role'
  const [first, second] = [court.device(ana, 100), court.device(ben, 900)]
  first.set(role, 'Head of ward', 1)
  second.set(role, 'Consultant', 2)
  removeEntry(second.doc, 'affiliations', 'affiliation-1', { now: startOfHistory })
  first.send()
  second.send(2)
  expect(court.server.getMap('affiliations').has('affiliation-1')).toBe(true)
  expect(readConflicts(court.server)).toMatchObject([{ status: 'open', rule: 'RES-8' }])
})

test('[RES-10] a time stamp alone clears nothing, with what stands seen or not', () => {
  const court = new Court()
  const before = court.phone
  expect(before).toBeDefined()
  const [first, second] = [court.device(ana, 100), court.device(ben, 900)]
  second.doc.getMap('edited').set(phone, startOfHistory + minute)
  second.send()
  expect(court.phone).toBe(before)
  const third = court.device(ben, 901)
  first.set(phone, '+1 555 1', 2)
  first.send()
  third.doc.getMap('edited').set(phone, startOfHistory + 3 * minute)
  third.send()
  expect(court.phone).toBe('+1 555 1')
})
