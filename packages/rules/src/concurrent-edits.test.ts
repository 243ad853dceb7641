import type { Role } from '@fulqrun/protocol'
import {
  addEntry,
  chooseCandidate,
  chooseValue,
  acceptNotice,
  type Conflict,
  decideOnProposal,
  propose,
  readConflicts,
  readContact,
  readOpportunity,
  readProposals,
  removeEntry,
  setField,
  stampTextEdits,
  undoDecision,
} from '@fulqrun/schema'
import { copyDocument, makeContact, makeOpportunity } from '@fulqrun/testkit'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { type Admission, admit } from './admission.ts'
import { decodeUpdate } from './decoded-update.ts'
import type { LastEdit } from './last-edit.ts'
import { policyTable, type PolicyTable } from './policy.ts'

/** Two people at one server: each works on a copy and hands in what they did when it is their turn. */

type Kind = 'opportunity' | 'contact'

const base = Date.UTC(2026, 8, 14, 9)
const minute = 60_000

class Office {
  readonly server: Y.Doc
  readonly #kind: Kind
  readonly #edits = new Map<string, LastEdit>()
  now = base + 600 * minute
  #nextClientId = 40
  table: PolicyTable | undefined

  constructor(kind: Kind) {
    this.#kind = kind
    this.server = kind === 'opportunity' ? makeOpportunity() : makeContact()
  }

  join(id: string, role: Role = 'rep', clientId = this.#nextClientId++): Person {
    const doc = copyDocument(this.server, this.#kind, clientId)
    return new Person(this, doc, { id, name: id, role })
  }

  admit(doc: Y.Doc, author: { id: string; name: string; role: Role }): Admission {
    return this.admitUpdate(Y.encodeStateAsUpdate(doc, Y.encodeStateVector(this.server)), author)
  }

  admitUpdate(bytes: Uint8Array, author: { id: string; name: string; role: Role }): Admission {
    const update = decodeUpdate(bytes)
    this.now += minute
    const admission = admit({
      document: this.server,
      kind: this.#kind,
      author,
      authority: 'client',
      receivedAt: this.now,
      update,
      change: (target) => Y.applyUpdate(target, update?.bytes ?? new Uint8Array()),
      lastEdit: (path) => this.#edits.get(path),
      table: this.table,
    })
    const [fault] = admission.faults
    if (fault !== undefined) throw fault
    for (const { path, action, editedAt, before } of admission.changes) {
      if (!['set', 'delete', 'decide'].includes(action)) continue
      this.#edits.set(path, { author: author.id, isPerson: true, editedAt, receivedAt: this.now, before })
    }
    return admission
  }

  get conflicts(): Conflict[] {
    return readConflicts(this.server)
  }
}

class Person {
  readonly doc: Y.Doc
  readonly #office: Office
  readonly #author: { id: string; name: string; role: Role }

  constructor(office: Office, doc: Y.Doc, author: { id: string; name: string; role: Role }) {
    this.#office = office
    this.doc = doc
    this.#author = author
  }

  /** Hands in what this person did, without hearing what others did. */
  send(): Admission {
    return this.#office.admit(this.doc, this.#author)
  }

  /** Hands in one thing of several. */
  sendUpdate(update: Uint8Array): Admission {
    return this.#office.admitUpdate(update, this.#author)
  }

  receive(): void {
    Y.applyUpdate(this.doc, Y.encodeStateAsUpdate(this.#office.server, Y.encodeStateVector(this.doc)))
  }

  set(path: string, value: unknown, minutes: number): void {
    setField(this.doc, path, value, { now: base + minutes * minute })
  }
}

function meet(kind: Kind, roles: { ana?: Role; ben?: Role } = {}) {
  const office = new Office(kind)
  const ana = office.join('ana', roles.ana, 20)
  const ben = office.join('ben', roles.ben, 10)
  return { office, ana, ben }
}

const field = (office: Office, key: string): unknown => office.server.getMap('fields').get(key)

describe('what is concurrent', () => {
  test('[RES-1] edits that followed each other never are, whoever made them', () => {
    const { office, ana, ben } = meet('contact')
    for (const [index, person] of [ana, ben, ana, ana, ben].entries()) {
      person.receive()
      person.set('fields.phone', index === 2 ? null : `+1 555 010${index}`, 60 - index)
      person.send()
    }
    expect(office.conflicts).toEqual([])
    expect(field(office, 'phone')).toBe('+1 555 0104')
  })

  test.each(['20 before 10', '10 before 20'])(
    '[RES-1] edits made apart are, in either order: %s',
    (order) => {
      const { office, ana, ben } = meet('contact')
      ana.set('fields.phone', '+1 555 0001', 1)
      ana.set('fields.phone', '+1 555 0002', 2)
      ben.set('fields.phone', '+1 555 0003', 3)
      for (const person of order.startsWith('20') ? [ana, ben] : [ben, ana]) person.send()
      expect(office.conflicts).toMatchObject([{ path: 'fields.phone', status: 'resolved' }])
      expect(field(office, 'phone')).toBe('+1 555 0003')
    },
  )

  test('[RES-1] equal values do not clash', () => {
    const { office, ana, ben } = meet('contact')
    for (const person of [ana, ben]) {
      person.set('fields.phone', '+1 555 0001', 1)
      person.send()
    }
    expect(office.conflicts).toEqual([])
  })

  test('[RES-1] a set after a clearing is, if its author had not seen the clearing', () => {
    const { office, ana, ben } = meet('contact')
    ana.set('fields.phone', null, 1)
    ben.set('fields.phone', '+1 555 0003', 2)
    ana.send()
    ben.send()
    expect(office.conflicts).toMatchObject([
      { path: 'fields.phone', candidates: [{ author: 'ana' }, { author: 'ben', value: '+1 555 0003' }] },
    ])
    ana.receive()
    ana.set('fields.phone', null, 3)
    ana.send()
    ben.receive()
    ben.set('fields.phone', '+1 555 0004', 4)
    ben.send()
    expect(office.conflicts).toHaveLength(1)
    expect(field(office, 'phone')).toBe('+1 555 0004')
  })

  test('[RES-10] the time of an edit alone, with nothing taken away, clears nothing', () => {
    const { office, ana, ben } = meet('contact')
    ana.set('fields.phone', '+1 555 1', 1)
    ana.set('affiliations.affiliation-1.role', 'Head of ward', 1)
    ana.send()
    ben.receive()
    for (const path of ['fields.phone', 'affiliations.affiliation-1.role'])
      ben.doc.getMap('edited').set(path, base + 2 * minute)
    expect(ben.send().changes).toEqual([])
    expect(readContact(office.server).view).toMatchObject({
      fields: { phone: '+1 555 1' },
      affiliations: [{ role: 'Head of ward' }],
    })
  })

  test('[RES-10] a clearing of a value that its author had not seen clashes, and the later one stands', () => {
    for (const [clearedAt, stands] of [
      [1, '+1 555 0003'],
      [9, undefined],
    ] as const) {
      const { office, ana, ben } = meet('contact')
      ben.set('fields.phone', '+1 555 0003', 5)
      ana.set('fields.phone', null, clearedAt)
      ben.send()
      ana.send()
      expect(field(office, 'phone')).toBe(stands)
      expect(office.conflicts).toMatchObject([{ path: 'fields.phone', status: 'resolved' }])
    }
  })
})

describe('strategies', () => {
  test('[RES-2] the later edit stands, the earlier one is kept; a clock ahead of time wins nothing by that', () => {
    const { office, ana, ben } = meet('contact')
    ana.set('fields.title', 'Professor', 10_000)
    ben.set('fields.title', 'Head of department', 20)
    ben.send()
    const { putBack } = ana.send()
    // Ana's clock is days ahead: her edit counts as made when it was received, which is later than Ben's.
    expect(field(office, 'title')).toBe('Professor')
    expect(putBack).toEqual([])
    expect(office.conflicts).toMatchObject([
      {
        rule: 'RES-2',
        candidates: [
          { author: 'ben', value: 'Head of department' },
          { author: 'ana', value: 'Professor', editedAt: office.now },
        ],
      },
    ])
  })

  test('[RES-2] whoever loses is told where their value is', () => {
    const { office, ana, ben } = meet('contact')
    ben.set('fields.title', 'Head of department', 20)
    ana.set('fields.title', 'Professor', 10)
    ben.send()
    const { putBack, changes } = ana.send()
    expect(field(office, 'title')).toBe('Head of department')
    expect(putBack).toEqual([{ path: 'fields.title', rule: 'RES-2', conflictId: office.conflicts[0]?.id }])
    expect(changes).toContainEqual(
      expect.objectContaining({ action: 'conflict', before: 'Head of department', after: 'Professor' }),
    )
    ana.receive()
    expect(readContact(ana.doc).view.fields.title).toBe('Head of department')
  })

  test('[RES-3] [CON-1] the server’s value stays until somebody chooses among all candidates', () => {
    const { office, ana, ben } = meet('opportunity')
    const cleo = office.join('cleo')
    ana.set('fields.closeDate', '2026-12-01', 1)
    ben.set('fields.closeDate', '2026-12-02', 2)
    cleo.set('fields.closeDate', '2026-12-03', 3)
    for (const person of [ana, ben, cleo]) person.send()
    expect(field(office, 'closeDate')).toBe('2026-12-01')
    const [conflict] = office.conflicts
    expect(conflict).toMatchObject({
      status: 'open',
      rule: 'RES-3',
      base: '2026-11-30',
      candidates: [
        { author: 'ben', value: '2026-12-02', editedAt: base + 2 * minute },
        { author: 'ana', value: '2026-12-01' },
        { author: 'cleo', value: '2026-12-03' },
      ],
    })
    expect(conflict?.candidates.find(({ id }) => id === conflict.stands)?.author).toBe('ana')
  })

  test('[RES-3] a newer value of the same person takes the place of the one it builds on', () => {
    const { office, ana, ben } = meet('opportunity')
    ana.set('fields.closeDate', '2026-12-01', 1)
    ana.send()
    ben.set('fields.closeDate', '2026-12-02', 2)
    ben.send()
    ben.set('fields.closeDate', '2026-12-05', 3)
    ben.send()
    expect(office.conflicts).toHaveLength(1)
    expect(office.conflicts[0]?.candidates.map(({ value }) => value)).toEqual(['2026-12-01', '2026-12-05'])
  })

  test('[RES-4] completed beats a concurrent cancellation, in either order; whoever has seen it may reopen it', () => {
    for (const completesFirst of [true, false]) {
      const { office, ana, ben } = meet('opportunity')
      const path = 'activities.activity-1.status'
      ana.set(path, 'completed', 1)
      ben.set(path, 'cancelled', 9)
      for (const person of completesFirst ? [ana, ben] : [ben, ana]) person.send()
      const status = () => readOpportunity(office.server).view.activities[0]?.status
      expect(status()).toBe('completed')
      expect(office.conflicts).toMatchObject([{ path, rule: 'RES-4', status: 'resolved' }])
      ben.receive()
      ben.set(path, 'pending', 10)
      ben.send()
      expect(status()).toBe('pending')
    }
  })

  test('[RES-4] of two completions the earlier one says when and by whom', () => {
    const { office, ana, ben } = meet('opportunity')
    for (const [person, minutes, name] of [
      [ben, 9, 'ben'],
      [ana, 1, 'ana'],
    ] as const) {
      person.set('activities.activity-1.status', 'completed', minutes)
      person.set('activities.activity-1.completedAt', base + minutes * minute, minutes)
      person.set('activities.activity-1.completedBy', name, minutes)
    }
    ben.send()
    ana.send()
    expect(readOpportunity(office.server).view.activities[0]).toMatchObject({
      completedBy: 'ana',
      completedAt: base + minute,
    })
  })

  test('[RES-4] a completion from before the activity was there is not the earlier one', () => {
    for (const order of ['honest first', 'honest last']) {
      const { office, ana, ben } = meet('opportunity')
      const added = { type: 'call', subject: 'Call Dr. Weiss' }
      addEntry(ana.doc, 'activities', added, { now: base + 60 * minute, id: 'new' })
      ana.send()
      ben.receive()
      ben.set('activities.new.completedBy', 'ben', -1_000_000)
      ana.set('activities.new.completedBy', 'ana', 90)
      for (const person of order === 'honest first' ? [ana, ben] : [ben, ana]) person.send()
      const activity = readOpportunity(office.server).view.activities.find(({ id }) => id === 'new')
      expect(activity).toMatchObject({ completedBy: 'ana' })
    }
  })

  test('[RES-5] a wish not to be called stands, and the worse licence status and the shorter validity do', () => {
    const { office, ana, ben } = meet('contact')
    ana.set('fields.doNotCall', true, 1)
    ana.set('licences.licence-1.status', 'suspended', 1)
    ana.set('licences.licence-1.expiresOn', '2027-12-31', 1)
    ben.set('fields.doNotCall', false, 2)
    ben.set('licences.licence-1.status', 'expired', 2)
    ben.set('licences.licence-1.expiresOn', '2026-12-31', 2)
    ana.send()
    ben.send()
    const { view } = readContact(office.server)
    expect(view.fields.doNotCall).toBe(true)
    expect(view.licences[0]).toMatchObject({ status: 'suspended', expiresOn: '2026-12-31' })
  })

  test('[RES-6] a line of consent only becomes more restrictive, and is neither removed nor replaced', () => {
    const { office, ana } = meet('contact')
    const line = () => readContact(office.server).view.consents[0]
    ana.set('consents.consent-1.optType', 'opt_out', 1)
    ana.send()
    expect(line()?.optType).toBe('opt_out')
    ana.receive()
    ana.set('consents.consent-1.optType', 'opt_in', 2)
    ana.set('consents.consent-1.channel', 'post', 2)
    ana.set('consents.consent-1.expiresOn', '2026-12-31', 2)
    expect(ana.send().putBack.map(({ rule }) => rule)).toEqual(['RES-6', 'RES-6', 'RES-6'])
    ana.receive()
    ana.doc.getMap('consents').set('consent-1', new Y.Map([['optType', 'opt_in']]))
    expect(ana.send().putBack).toMatchObject([{ path: 'consents.consent-1', rule: 'RES-6' }])
    ana.receive()
    removeEntry(ana.doc, 'consents', 'consent-1', { now: base })
    expect(ana.send().putBack).toMatchObject([{ path: 'consents.consent-1', rule: 'RES-6' }])
    expect(line()).toMatchObject({ id: 'consent-1', optType: 'opt_out', channel: 'email' })
  })

  test('[RES-7] samples and signatures are added, never changed, replaced or removed', () => {
    const { office, ana } = meet('contact')
    const id = addEntry(ana.doc, 'samples', { product: 'Velorin 10 mg', quantity: 4 }, { now: base })
    expect(ana.send().putBack).toEqual([])
    ana.receive()
    const sample = ana.doc.getMap('samples').get(id) as Y.Map<unknown>
    sample.set('quantity', 40)
    expect(ana.send().putBack).toMatchObject([{ path: `samples.${id}.quantity`, rule: 'RES-7' }])
    ana.receive()
    ana.doc.getMap('samples').set(id, new Y.Map<unknown>([['quantity', 40]]))
    expect(ana.send().putBack).toMatchObject([{ rule: 'RES-7' }])
    ana.receive()
    ana.doc.getMap('samples').delete(id)
    expect(ana.send().putBack).toMatchObject([{ rule: 'RES-7' }])
    expect(readContact(office.server).view.samples).toMatchObject([{ id, quantity: 4 }])
  })

  test('[ADM-9] who recorded a consent or a signature is who is signed in', () => {
    const { office, ana } = meet('contact')
    addEntry(ana.doc, 'consents', { channel: 'phone', optType: 'opt_in', capturedBy: 'ben' }, { now: base })
    const signed = { signedName: 'Grace Okafor', meaning: 'received', statement: 'I received them.' }
    addEntry(
      ana.doc,
      'signatures',
      { ...signed, signedAt: base, sampleId: 'sample-1', signedBy: 'ben' },
      { now: base },
    )
    ana.send()
    const { view } = readContact(office.server)
    expect(view.consents.find(({ channel }) => channel === 'phone')?.capturedBy).toBe('ana')
    expect(view.signatures).toMatchObject([{ signedName: 'Grace Okafor', signedBy: 'ana' }])
  })

  test('[RES-8] an entry removed by one and edited by another is kept, and somebody decides', () => {
    const { office, ana, ben } = meet('opportunity')
    ana.set('activities.activity-1.subject', 'Call her back', 1)
    removeEntry(ben.doc, 'activities', 'activity-1', { now: base + 2 * minute })
    ana.send()
    const { putBack } = ben.send()
    expect(putBack).toMatchObject([{ path: 'activities.activity-1', rule: 'RES-8' }])
    expect(office.conflicts).toMatchObject([
      {
        path: 'activities.activity-1',
        status: 'open',
        candidates: [{ author: 'ana', value: { subject: 'Call her back' } }, { author: 'ben' }],
      },
    ])
    expect(readOpportunity(office.server).view.activities[0]?.subject).toBe('Call her back')
  })

  test('[RES-8] a field that was cleared in an entry that was removed before is asked about, too', () => {
    const { office, ana, ben } = meet('opportunity')
    ana.set('activities.activity-1.description', 'Ring twice', 1)
    ana.send()
    ben.receive()
    removeEntry(ana.doc, 'activities', 'activity-1', { now: base + 2 * minute })
    ana.send()
    ben.set('activities.activity-1.description', undefined, 3)
    const { putBack } = ben.send()
    expect(putBack).toMatchObject([{ path: 'activities.activity-1.description', rule: 'ADM-14' }])
    const [conflict] = office.conflicts
    expect(conflict).toMatchObject({ path: 'activities.activity-1', status: 'open', rule: 'RES-8' })
    const [removed, edited] = conflict?.candidates ?? []
    expect(removed?.value).toBeUndefined()
    expect(edited?.value).toMatchObject({ subject: expect.any(String) as string })
    expect(edited?.value).not.toHaveProperty('description')
  })

  test('[RES-8] edits of an entry that was removed before they came are kept with it, as a candidate', () => {
    const { office, ana, ben } = meet('opportunity')
    removeEntry(ben.doc, 'activities', 'activity-1', { now: base + 2 * minute })
    ana.set('activities.activity-1.subject', 'Call her back', 1)
    ana.set('activities.activity-1.priority', 'high', 1)
    ben.send()
    expect(ana.send().putBack.map(({ rule }) => rule)).toEqual(['ADM-14', 'ADM-14'])
    expect(office.conflicts).toMatchObject([
      {
        path: 'activities.activity-1',
        status: 'open',
        candidates: [
          { author: 'ben' },
          { author: 'ana', value: { type: 'call', subject: 'Call her back', priority: 'high' } },
        ],
      },
    ])
    ana.receive()
    const [conflict] = office.conflicts
    chooseCandidate(ana.doc, conflict?.id ?? '', conflict?.candidates[1]?.id ?? '', { now: base })
    ana.send()
    expect(readOpportunity(office.server).view.activities.map(({ subject }) => subject)).toContain(
      'Call her back',
    )
  })

  test('[RES-9] near-duplicate lines written apart are flagged, and both stay', () => {
    const { office, ana, ben } = meet('opportunity')
    const lines = [
      [ana, 'Budget for the cardiology ward was approved in March.\n'],
      [ben, 'Budget for the Cardiology ward was approved in March\n'],
    ] as const
    for (const [person, line] of lines) {
      const stop = stampTextEdits(person.doc, () => base)
      person.doc.getText('text:description').insert(0, line)
      stop()
    }
    ana.send()
    ben.send()
    const text = office.server.getText('text:description').toJSON()
    for (const [, line] of lines) expect(text).toContain(line.trim())
    expect(office.conflicts).toMatchObject([
      { path: 'text:description', rule: 'RES-9', status: 'open', candidates: [{}, { author: 'ben' }] },
    ])
    expect(ana.send().changes).toEqual([])
    expect(office.conflicts).toHaveLength(1)
  })
})

describe('notes that are typed, key by key', () => {
  const line = 'The pharmacy board meets on Tuesday and wants a second quote by Friday'

  /** Updates of a paragraph that somebody types, with a time stamp at the first key only. */
  function type(doc: Y.Doc, words: string): Uint8Array[] {
    const updates: Uint8Array[] = []
    const hear = (update: Uint8Array) => updates.push(update)
    const stop = stampTextEdits(doc, () => base)
    doc.on('update', hear)
    const paragraph = new Y.XmlElement('paragraph')
    const text = new Y.XmlText()
    paragraph.insert(0, [text])
    const notes = doc.getXmlFragment('notes')
    notes.insert(notes.length, [paragraph])
    for (const letter of words) text.insert(text.length, letter)
    doc.off('update', hear)
    stop()
    return updates
  }

  test.each([
    [10, 20],
    [20, 10],
  ])('[RES-9] written apart, they are flagged however they arrive (clients %i and %i)', (first, second) => {
    const office = new Office('opportunity')
    const ana = office.join('ana', 'rep', first)
    const ben = office.join('ben', 'rep', second)
    for (const update of type(ana.doc, line)) ana.sendUpdate(update)
    for (const update of type(ben.doc, `${line}.`)) ben.sendUpdate(update)
    const values = office.conflicts.map(({ candidates }) => candidates.map(({ value }) => value))
    expect(values).toEqual([[line, `${line}.`]])
  })

  test('[RES-9] the same words written by somebody who sees the other ones are no question', () => {
    const { office, ana, ben } = meet('opportunity')
    for (const update of type(ana.doc, line)) ana.sendUpdate(update)
    ben.receive()
    for (const update of type(ben.doc, line)) ben.sendUpdate(update)
    ana.receive()
    for (const update of type(ana.doc, line)) ana.sendUpdate(update)
    expect(office.conflicts).toEqual([])
  })
})

describe('decisions', () => {
  function clash() {
    const setting = meet('opportunity')
    const { office, ana, ben } = setting
    // Away since before the clash.
    const dora = office.join('dora', 'rep', 30)
    ana.set('fields.closeDate', '2026-12-01', 1)
    ben.set('fields.closeDate', '2026-12-02', 2)
    ana.send()
    ben.send()
    for (const person of [ana, ben]) person.receive()
    const id = office.conflicts[0]?.id ?? ''
    const candidateOf = (author: string) =>
      office.conflicts[0]?.candidates.find((candidate) => candidate.author === author)?.id ?? ''
    return { ...setting, dora, id, candidateOf }
  }
  const now = base + 700 * minute

  test('[CON-3] the chosen value stands, as an edit of whoever chose, and the question is closed for everybody', () => {
    const { office, ana, id, candidateOf } = clash()
    chooseCandidate(ana.doc, id, candidateOf('ben'), { now })
    const { changes, putBack } = ana.send()
    expect(putBack).toEqual([])
    expect(changes).toContainEqual(
      expect.objectContaining({
        path: 'fields.closeDate',
        action: 'decide',
        before: '2026-12-01',
        after: '2026-12-02',
      }),
    )
    expect(office.conflicts).toMatchObject([
      { status: 'resolved', decision: { by: 'ana', value: '2026-12-02' } },
    ])
    expect(office.server.getMap('decisions').size).toBe(0)
    ana.receive()
    expect(field(office, 'closeDate')).toBe('2026-12-02')
    expect(ana.doc.getMap('decisions').size).toBe(0)
  })

  test('[CON-3] it can be undone, also before it was sent', () => {
    const { office, ana, ben, id, candidateOf } = clash()
    chooseCandidate(ana.doc, id, candidateOf('ben'), { now })
    ana.send()
    ben.receive()
    undoDecision(ben.doc, id, { now: now + 1 })
    ben.send()
    expect(field(office, 'closeDate')).toBe('2026-12-01')
    expect(office.conflicts).toMatchObject([{ status: 'open', stands: candidateOf('ana') }])
    ben.receive()
    chooseValue(ben.doc, id, '2027-03-01', { now: now + 2 })
    undoDecision(ben.doc, id, { now: now + 3 })
    ben.send()
    expect(field(office, 'closeDate')).toBe('2026-12-01')
    expect(office.conflicts[0]?.status).toBe('open')
  })

  test('[CON-3] undone, a choice against a rule leaves what the rule had settled', () => {
    const { office, ana, ben } = meet('contact')
    ana.set('fields.title', 'Professor', 1)
    ben.set('fields.title', 'Head of department', 2)
    ana.send()
    ben.send()
    ana.receive()
    const [settled] = office.conflicts
    chooseCandidate(ana.doc, settled?.id ?? '', settled?.candidates[0]?.id ?? '', { now })
    ana.send()
    expect(field(office, 'title')).toBe('Professor')
    ana.receive()
    undoDecision(ana.doc, settled?.id ?? '', { now: now + 1 })
    ana.send()
    expect(field(office, 'title')).toBe('Head of department')
    expect(office.conflicts).toMatchObject([{ status: 'resolved', stands: settled?.stands }])
    expect(office.conflicts[0]?.decision).toBeUndefined()
  })

  test('[CON-3] what is no decision is removed', () => {
    const { office, ana } = meet('opportunity')
    ana.doc.getMap('decisions').set('d', { type: 'choose', conflict: 5 })
    expect(ana.send().putBack).toMatchObject([{ path: 'decisions.d', rule: 'CON-3' }])
    expect(office.server.getMap('decisions').size).toBe(0)
  })

  test('[CON-4] of two people who decide at once the first one decides; the other’s choice is kept', () => {
    const { office, ana, ben, id, candidateOf } = clash()
    chooseCandidate(ana.doc, id, candidateOf('ana'), { now })
    chooseValue(ben.doc, id, '2027-01-01', { now })
    ana.send()
    expect(ben.send().putBack).toMatchObject([{ rule: 'CON-4', conflictId: id }])
    expect(field(office, 'closeDate')).toBe('2026-12-01')
    expect(office.conflicts).toMatchObject([
      { status: 'resolved', decision: { by: 'ana' }, late: [{ by: 'ben', value: '2027-01-01' }] },
    ])
    ben.receive()
    chooseValue(ben.doc, id, '2027-01-01', { now: now + 1 })
    expect(ben.send().putBack).toEqual([])
    expect(field(office, 'closeDate')).toBe('2027-01-01')
    expect(office.conflicts).toHaveLength(1)
  })

  test('[CON-5] a candidate that the decider had not seen keeps the conflict open', () => {
    const { office, ana, dora, id, candidateOf } = clash()
    dora.set('fields.closeDate', '2026-12-24', 5)
    dora.send()
    chooseCandidate(ana.doc, id, candidateOf('ben'), { now })
    ana.send()
    expect(field(office, 'closeDate')).toBe('2026-12-02')
    expect(office.conflicts).toMatchObject([
      { status: 'open', candidates: [{ author: 'ben' }, { author: 'dora', value: '2026-12-24' }] },
    ])
  })

  test('[CON-2] typing a candidate’s value is a choice, another value takes the place of the one that stood', () => {
    const { office, ben } = clash()
    ben.set('fields.closeDate', '2026-12-20', 9)
    ben.send()
    expect(office.conflicts[0]).toMatchObject({ status: 'open', candidates: [{ value: '2026-12-20' }, {}] })
    ben.receive()
    ben.set('fields.closeDate', '2026-12-02', 10)
    ben.send()
    expect(office.conflicts[0]).toMatchObject({ status: 'resolved', decision: { by: 'ben' } })
  })

  test('[CON-6] whoever’s value was replaced has read it when they say so themselves', () => {
    const { office, ana, ben } = meet('contact')
    ana.set('fields.title', 'Professor', 1)
    ben.set('fields.title', 'Head of department', 2)
    ana.send()
    ben.send()
    const id = office.conflicts[0]?.id ?? ''
    ben.receive()
    acceptNotice(ben.doc, id, { now })
    ben.send()
    expect(office.conflicts[0]?.accepted).toBeUndefined()
    ana.receive()
    acceptNotice(ana.doc, id, { now })
    ana.send()
    expect(office.conflicts[0]?.accepted).toEqual(['ana'])
  })
})

describe('proposals and gates', () => {
  const wish = { path: 'financials.amount', author: 'x', now: base + minute }

  test('[PRO-1] [PRO-2] they name what their author saw; of one person’s the newest counts', () => {
    const { office, ana, ben } = meet('opportunity')
    propose(ana.doc, { ...wish, value: 50_000 })
    ana.send()
    ana.receive()
    propose(ana.doc, { ...wish, value: 51_000 })
    propose(ben.doc, { ...wish, value: 60_000 })
    ana.send()
    ben.send()
    const states = readProposals(office.server).map(({ author, value, status }) => [author, value, status])
    expect(states).toContainEqual(['ana', 50_000, 'superseded'])
    expect(states).toContainEqual(['ana', 51_000, 'waiting'])
    expect(states).toContainEqual(['ben', 60_000, 'waiting'])
    expect(readProposals(office.server)).toContainEqual(
      expect.objectContaining({ base: 45_000, baseVersion: 1, policyVersion: 1 }),
    )
  })

  test('[PRO-2] [PRO-4] one that its author has replaced is not approved by somebody who had not seen that', () => {
    const { office, ana } = meet('opportunity')
    const finn = office.join('finn', 'finance')
    const old = propose(ana.doc, { ...wish, value: 50_000 })
    ana.send()
    finn.receive()
    propose(ana.doc, { ...wish, value: 51_000 })
    ana.send()
    decideOnProposal(finn.doc, old, 'approved', { now: base + minute })
    const told = finn.send()
    expect(office.server.getMap('financials').get('amount')).toBe(45_000)
    const states = readProposals(office.server).map(({ value, status }) => [value, status])
    expect(states).toHaveLength(2)
    expect(states).toContainEqual([50_000, 'superseded'])
    expect(states).toContainEqual([51_000, 'waiting'])
    expect(told.putBack).toMatchObject([{ path: 'financials.amount', rule: 'PRO-4', proposalId: old }])
  })

  test('[PRO-3] [PRO-4] are decided once, by who may, and not by their author', () => {
    const { office, ana, ben } = meet('opportunity', { ben: 'manager' })
    const finn = office.join('finn', 'finance')
    const small = propose(ana.doc, { ...wish, value: 50_000 })
    const discount = propose(ana.doc, { ...wish, path: 'financials.discount', value: 35 })
    ana.send()
    for (const person of [ana, ben, finn]) person.receive()
    decideOnProposal(ana.doc, small, 'approved', { now: base })
    expect(ana.send().putBack).toMatchObject([{ path: 'financials.amount', rule: 'PRO-3' }])
    decideOnProposal(ben.doc, discount, 'approved', { now: base })
    expect(ben.send().putBack).toMatchObject([{ path: 'financials.discount', rule: 'PRO-3' }])
    decideOnProposal(ben.doc, small, 'approved', { now: base, comment: 'Two more wards' })
    decideOnProposal(finn.doc, small, 'rejected', { now: base })
    expect(ben.send().putBack).toEqual([])
    expect(finn.send().putBack).toMatchObject([{ rule: 'PRO-4', proposalId: small }])
    expect(readOpportunity(office.server).view.financials).toMatchObject({ amount: 50_000, version: 2 })
    expect(readProposals(office.server).find(({ id }) => id === small)).toMatchObject({
      status: 'approved',
      decidedBy: 'ben',
      comment: 'Two more wards',
    })
  })

  test('[GAT-1] a move whose gate is not met is put back and becomes a proposal; a manager says why and moves', () => {
    const { office, ana, ben } = meet('opportunity', { ben: 'manager' })
    ana.set('fields.stage', 'key_decision', 1)
    expect(ana.send().putBack).toMatchObject([{ path: 'fields.stage', rule: 'GAT-1' }])
    expect(field(office, 'stage')).toBe('engaging')
    expect(readProposals(office.server)).toMatchObject([
      { path: 'fields.stage', value: 'key_decision', author: 'ana', status: 'waiting' },
    ])
    ben.receive()
    propose(ben.doc, { ...wish, path: 'fields.stage', value: 'key_decision' })
    ben.send()
    expect(field(office, 'stage')).toBe('engaging')
    propose(ben.doc, { ...wish, path: 'fields.stage', value: 'advancing', reason: 'Board decided early' })
    ben.send()
    expect(field(office, 'stage')).toBe('advancing')
    // Hers was for that stage as well: nobody has to answer it any more.
    propose(ben.doc, { ...wish, path: 'fields.stage', value: 'key_decision', reason: 'Signed' })
    ben.send()
    expect(readProposals(office.server).filter(({ status }) => status === 'waiting')).toEqual([])
    ana.receive()
    ana.set('fields.stage', 'prospecting', 3)
    expect(ana.send().putBack).toEqual([])
  })

  test('[POL-6] [POL-7] an admin may exchange strategies that are safe to exchange, and nothing else', () => {
    const { office, ana, ben } = meet('contact')
    const overrides = [
      { kind: 'contact', path: 'fields.phone', strategy: 'user-choice' },
      { kind: 'contact', path: 'consents.*.optType', strategy: 'client-wins' },
      { kind: 'contact', path: 'meta.territoryId', strategy: 'client-wins' },
    ] as const
    office.table = policyTable(7, {
      overrides,
      approvals: { managerMaxAmount: 1, managerMaxDiscount: 1 },
    })
    expect([...office.table.overridden.keys()]).toEqual(['contact fields.phone'])
    ana.set('fields.phone', '+1 555 0001', 1)
    ben.set('fields.phone', '+1 555 0002', 2)
    ana.send()
    ben.send()
    expect(office.conflicts).toMatchObject([{ status: 'open', policyVersion: 7 }])
  })
})
