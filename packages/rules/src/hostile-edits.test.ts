import type { DocumentKind, Role } from '@fulqrun/protocol'
import { addEntry, type Conflict, readConflicts, readProposals, setField } from '@fulqrun/schema'
import { copyDocument, makeDocument } from '@fulqrun/testkit'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { type Admission, admit } from './admission.ts'
import { decodeUpdate } from './decoded-update.ts'
import type { LastEdit } from './last-edit.ts'

/** What a client with raw Yjs and no manners tried, and got past the rules with once. */

const base = Date.UTC(2026, 8, 14, 9)
const minute = 60_000

class Court {
  readonly server: Y.Doc
  readonly #kind: DocumentKind
  readonly #edits = new Map<string, LastEdit>()
  #now = base + 600 * minute

  constructor(kind: DocumentKind) {
    this.#kind = kind
    this.server = makeDocument(kind)
  }

  copy(clientId: number): Y.Doc {
    return copyDocument(this.server, this.#kind, clientId)
  }

  /** Admits what a copy has and the server lacks. */
  admit(doc: Y.Doc, id: string, role: Role = 'rep'): Admission {
    return this.admitBytes(Y.encodeStateAsUpdate(doc, Y.encodeStateVector(this.server)), id, role)
  }

  admitBytes(bytes: Uint8Array, id: string, role: Role = 'rep'): Admission {
    const update = decodeUpdate(bytes)
    this.#now += minute
    const admission = admit({
      document: this.server,
      kind: this.#kind,
      author: { id, name: id, role },
      authority: 'client',
      receivedAt: this.#now,
      update,
      change: (target) => Y.applyUpdate(target, update?.bytes ?? new Uint8Array()),
      lastEdit: (path) => this.#edits.get(path),
    })
    const [fault = admission.failure] = admission.faults
    if (fault !== undefined) throw fault
    for (const { path, action, editedAt, before } of admission.changes) {
      if (!['set', 'delete', 'decide'].includes(action)) continue
      this.#edits.set(path, { author: id, isPerson: true, editedAt, receivedAt: this.#now, before })
    }
    return admission
  }

  /** What somebody does who has seen everything. */
  do(id: string, clientId: number, act: (doc: Y.Doc) => void, role?: Role): Admission {
    const doc = this.copy(clientId)
    doc.transact(() => act(doc))
    return this.admit(doc, id, role)
  }

  get conflicts(): Conflict[] {
    return readConflicts(this.server)
  }

  entry(root: string, id: string): unknown {
    return (this.server.getMap(root).get(id) as Y.Map<unknown> | undefined)?.toJSON()
  }
}

let nextId = 1000
function decide(doc: Y.Doc, decision: Readonly<Record<string, unknown>>): void {
  doc.getMap('decisions').set(`d${nextId++}`, { at: base, ...decision })
}

const line = (doc: Y.Doc, id = 'consent-1') => doc.getMap('consents').get(id) as Y.Map<unknown>

describe('a line of consent', () => {
  test.each(['choose', 'edit', 'undo'])('[RES-6] is not opened again by a decision: %s', (type) => {
    const court = new Court('contact')
    court.do('mia', 5, (doc) =>
      addEntry(
        doc,
        'consents',
        { channel: 'email', optType: 'double_opt_in', capturedAt: base },
        { now: base, id: 'line' },
      ),
    )
    // Two people make it more restrictive apart from each other: that is a conflict, and it is settled.
    const [ana, ben] = [court.copy(20), court.copy(10)]
    setField(ana, 'consents.line.optType', 'opt_in', { now: base + minute })
    setField(ben, 'consents.line.optType', 'opt_out', { now: base + minute })
    court.admit(ana, 'ana')
    court.admit(ben, 'ben')
    expect(court.entry('consents', 'line')).toMatchObject({ optType: 'opt_out' })
    const [conflict] = court.conflicts
    for (const candidate of conflict?.candidates ?? []) {
      court.do('ana', nextId++, (doc) => {
        if (type === 'choose')
          decide(doc, { type, conflict: conflict?.id, candidate: candidate.id, seen: [candidate.id] })
        else if (type === 'edit')
          decide(doc, { type, conflict: conflict?.id, value: 'opt_in', seen: [candidate.id] })
        else decide(doc, { type, conflict: conflict?.id })
      })
      expect(court.entry('consents', 'line')).toMatchObject({ optType: 'opt_out' })
    }
  })

  test('[RES-6] that was recorded without an answer, and reads as an opt-out, stays one', () => {
    const court = new Court('contact')
    court.do('ana', 20, (doc) => doc.getMap('consents').set('damaged', new Y.Map([['channel', 'email']])))
    court.do('ana', 21, (doc) => line(doc, 'damaged').set('optType', 'opt_in'))
    expect(court.entry('consents', 'damaged')).not.toMatchObject({ optType: 'opt_in' })
  })
})

describe('a decision', () => {
  test('[CON-3] that nests deeper than anybody writes is taken out like any other nonsense', () => {
    const court = new Court('contact')
    let value: unknown = 1
    for (let depth = 0; depth < 3000; depth++) value = [value]
    court.do('ana', 20, (doc) => {
      decide(doc, { type: 'edit', conflict: 'c', seen: [], value })
      decide(doc, { type: 'accept', conflict: 'c' })
    })
    expect(court.server.getMap('decisions').size).toBe(0)
  })

  test('[CON-3] puts no entry in place that could not have been added', () => {
    const court = new Court('opportunity')
    const evil = { subject: 'x', unlisted: { deep: true }, status: 'nonsense' }
    // Two entries under one id, made apart: an open conflict that lists both.
    const [ana, ben] = [court.copy(20), court.copy(10)]
    ben.getMap('activities').set('new', new Y.Map(Object.entries({ type: 'call', subject: 'Call' })))
    ana.getMap('activities').set('new', new Y.Map(Object.entries(evil)))
    court.admit(ben, 'ben')
    court.admit(ana, 'ana')
    const [conflict] = court.conflicts
    expect(conflict).toMatchObject({ path: 'activities.new', status: 'open' })
    expect(JSON.stringify(conflict)).not.toContain('unlisted')
    expect(JSON.stringify(conflict)).not.toContain('nonsense')
    for (const candidate of conflict?.candidates ?? [])
      court.do('ana', nextId++, (doc) =>
        decide(doc, { type: 'choose', conflict: conflict?.id, candidate: candidate.id, seen: [] }),
      )
    expect(JSON.stringify(court.entry('activities', 'new'))).not.toContain('unlisted')
    court.do('ana', nextId++, (doc) =>
      decide(doc, { type: 'edit', conflict: conflict?.id, value: evil, seen: [] }),
    )
    expect(JSON.stringify(court.entry('activities', 'new'))).not.toContain('unlisted')
  })

  test('[RES-8] has every one of several entries that one change put under one id as a candidate', () => {
    const court = new Court('opportunity')
    const [ana, ben, tab] = [court.copy(20), court.copy(10), court.copy(21)]
    const call = (subject: string) => new Y.Map(Object.entries({ type: 'call', subject }))
    ben.getMap('activities').set('new', call('of Ben'))
    ana.getMap('activities').set('new', call('of Ana'))
    tab.getMap('activities').set('new', call('of her other tab'))
    const before = Y.encodeStateVector(court.server)
    court.admit(ben, 'ben')
    court.admitBytes(Y.mergeUpdates([ana, tab].map((doc) => Y.encodeStateAsUpdate(doc, before))), 'ana')
    const [conflict] = court.conflicts
    const subjects = conflict?.candidates.map(({ value }) => (value as { subject: string }).subject)
    expect(subjects?.toSorted()).toEqual(['of Ana', 'of Ben', 'of her other tab'])
    expect(court.entry('activities', 'new')).toEqual({ type: 'call', subject: 'of Ben' })
  })

  test('[ADM-6] does not cover a shared type that reads like the value that was chosen', () => {
    const court = new Court('opportunity')
    const [ana, ben] = [court.copy(20), court.copy(10)]
    const entry = { type: 'call', subject: 'Call' }
    ben.getMap('activities').set('new', new Y.Map(Object.entries(entry)))
    ana.getMap('activities').set('new', new Y.Map(Object.entries({ ...entry, subject: 'Other' })))
    court.admit(ben, 'ben')
    court.admit(ana, 'ana')
    const [conflict] = court.conflicts
    court.do('ana', 30, (doc) => {
      decide(doc, { type: 'edit', conflict: conflict?.id, value: entry, seen: [] })
      const evil = new Y.Map<unknown>()
      doc.getMap('activities').set('new', evil)
      evil.set('type', 'call')
      evil.set('subject', new Y.Text('Call'))
    })
    const stored = court.server.getMap('activities').get('new') as Y.Map<unknown>
    expect(stored.toJSON()).toEqual(entry)
    expect([...stored.values()].every((value) => typeof value === 'string')).toBe(true)
  })

  test('[CON-3] keeps what it may not say out of the conflict: a late one that is no value of the field', () => {
    const court = new Court('contact')
    const [ana, ben] = [court.copy(20), court.copy(10)]
    setField(ben, 'fields.lastName', 'Okafor-Bell', { now: base })
    setField(ana, 'fields.lastName', 'Okafor-Ray', { now: base })
    court.admit(ben, 'ben')
    court.admit(ana, 'ana')
    const id = court.conflicts[0]?.id
    court.do('ben', 30, (doc) =>
      decide(doc, {
        type: 'edit',
        conflict: id,
        value: 'Okafor',
        seen: court.conflicts[0]?.candidates.map((c) => c.id),
      }),
    )
    expect(court.conflicts[0]).toMatchObject({ status: 'resolved' })
    court.do('ana', 31, (doc) =>
      decide(doc, { type: 'edit', conflict: id, value: { huge: 'x'.repeat(100_000) }, seen: [] }),
    )
    expect(JSON.stringify(court.conflicts).length).toBeLessThan(5000)
  })

  test('[CON-5] does not close a question about a field by keeping both', () => {
    const court = new Court('contact')
    const [ana, ben] = [court.copy(20), court.copy(10)]
    setField(ben, 'fields.lastName', 'Okafor-Bell', { now: base })
    setField(ana, 'fields.lastName', 'Okafor-Ray', { now: base })
    court.admit(ben, 'ben')
    court.admit(ana, 'ana')
    court.do('ben', 30, (doc) => decide(doc, { type: 'keep-both', conflict: court.conflicts[0]?.id }))
    expect(court.conflicts[0]).toMatchObject({ status: 'open' })
  })

  test('[RES-5] by somebody who had not seen the newest wish does not outvote it', () => {
    const court = new Court('contact')
    const [ana, ben] = [court.copy(20), court.copy(10)]
    court.do('mia', 5, (doc) => setField(doc, 'fields.doNotCall', false, { now: base }))
    setField(ana, 'fields.doNotCall', false, { now: base })
    setField(ben, 'fields.doNotCall', true, { now: base })
    court.admit(ana, 'ana')
    court.admit(ben, 'ben')
    const [conflict] = court.conflicts
    const offline = court.copy(30)
    court.do('mia', 6, (doc) => setField(doc, 'fields.doNotCall', false, { now: base }))
    court.do('ben', 11, (doc) => setField(doc, 'fields.doNotCall', true, { now: base }))
    offline.transact(() => {
      const lost = conflict?.candidates.find(({ id }) => id !== conflict.stands)
      decide(offline, { type: 'choose', conflict: conflict?.id, candidate: lost?.id, seen: [] })
      setField(offline, 'fields.doNotCall', false, { now: base })
    })
    court.admit(offline, 'ana')
    expect(court.server.getMap('fields').get('doNotCall')).toBe(true)
  })
})

describe('what is forged in the same change', () => {
  test('[POL-3] a conflict cannot be decided: an official value does not move, nor does anybody else’s field', () => {
    const court = new Court('opportunity')
    for (const path of [
      'financials.amount',
      'meta.territoryId',
      'activities.activity-2.status',
      'fields.stage',
    ]) {
      const candidates = [1, 'key_decision', 'pending', 'south'].map((value, index) => ({
        id: `forged-${index}`,
        value,
        author: 'ben',
        editedAt: base,
        receivedAt: base,
      }))
      for (const status of ['open', 'resolved']) {
        const before = JSON.stringify(court.server.toJSON())
        court.do('ana', nextId++, (doc) => {
          const forged = { path, status, rule: 'RES-3', policyVersion: 1, openedAt: base, candidates }
          doc.getMap('conflicts').set('forged', forged)
          for (const { id } of candidates)
            decide(doc, { type: 'choose', conflict: 'forged', candidate: id, seen: [] })
          decide(doc, { type: 'edit', conflict: 'forged', value: 7, seen: [] })
          decide(doc, { type: 'undo', conflict: 'forged' })
        })
        expect(JSON.stringify(court.server.toJSON())).toBe(before)
      }
    }
  })

  test('[PRO-3] a proposal in a colleague’s name is one’s own, so that nobody approves it in the same breath', () => {
    for (const isKnown of [false, true]) {
      const court = new Court('opportunity')
      if (isKnown) court.do('ana', 20, (doc) => setField(doc, 'fields.nextStep', 'call', { now: base }))
      court.do(
        'mia',
        30,
        (doc) => {
          doc.getMap('proposals').set('p1', {
            path: 'financials.amount',
            value: 1,
            author: 'ben',
            proposedAt: base,
            status: 'waiting',
          })
          decide(doc, { type: 'proposal', proposal: 'p1', decision: 'approved' })
        },
        'manager',
      )
      expect(court.server.getMap('financials').toJSON()).toMatchObject({ amount: 45_000, version: 1 })
      expect(readProposals(court.server)).toMatchObject([{ author: 'mia', status: 'waiting' }])
    }
  })

  test('[PRO-1] the value that a proposer says to have seen is one that the field can hold', () => {
    const court = new Court('opportunity')
    const wish = { path: 'financials.amount', value: 1, author: 'ana', proposedAt: base, status: 'waiting' }
    court.do('ana', 20, (doc) => {
      const seen = { base: { html: '<b>'.repeat(10_000) }, baseVersion: -0.5 }
      doc.getMap('proposals').set('p1', { ...wish, ...seen })
    })
    court.do('ben', 21, (doc) => doc.getMap('proposals').set('p2', { ...wish, base: 45_000, baseVersion: 1 }))
    const [ofAna, ofBen] = readProposals(court.server).toSorted((a, b) => (a.id < b.id ? -1 : 1))
    expect(ofAna).toMatchObject({ id: 'p1', value: 1 })
    expect(ofAna).not.toHaveProperty('base')
    expect(ofAna).not.toHaveProperty('baseVersion')
    expect(ofBen).toMatchObject({ id: 'p2', base: 45_000, baseVersion: 1 })
  })

  test('[POL-4] what was no proposal is not there for a later decision either', () => {
    const court = new Court('opportunity')
    const forged = { path: 'financials.amount', author: 'ben', proposedAt: base }
    court.do('ana', 20, (doc) => {
      doc.getMap('proposals').set('p1', { ...forged, value: 'free', status: 'waiting' })
      doc.getMap('proposals').set('p2', { ...forged, value: 'free', status: 'approved' })
      doc.getMap('proposals').set('p3', { ...forged, value: 3, status: 'waiting' })
    })
    for (const [index, id] of ['p1', 'p2'].entries())
      court.do(
        'mia',
        30 + index,
        (doc) => decide(doc, { type: 'proposal', proposal: id, decision: 'approved' }),
        'manager',
      )
    expect(court.server.getMap('financials').toJSON()).toMatchObject({ amount: 45_000, version: 1 })
    expect(readProposals(court.server)).toMatchObject([{ id: 'p3', author: 'ana', status: 'waiting' }])
  })
})

describe('an edit time', () => {
  test.each(['financials.amount', 'conflicts.c', 'proposals.p'])(
    '[ADM-7] of what only the server writes is the server’s: %s',
    (path) => {
      const court = new Court('opportunity')
      const before = court.server.getMap('edited').get(path)
      court.do('ana', 20, (doc) => doc.getMap('edited').set(path, 5))
      expect(court.server.getMap('edited').get(path)).toBe(before)
      court.do('ana', 21, (doc) => doc.getMap('edited').delete(path))
      expect(court.server.getMap('edited').get(path)).toBe(before)
    },
  )
})

describe('what one client can pile up', () => {
  test('[CON-1] a person’s value is not driven out of an open conflict by another’s many', () => {
    const court = new Court('contact')
    const ben = court.copy(10)
    setField(ben, 'fields.lastName', 'Okafor-Bell', { now: base })
    const many = Array.from({ length: 40 }, (_, index) => court.copy(100 + index))
    court.do('mia', 5, (doc) => setField(doc, 'fields.lastName', 'Okafor-May', { now: base }))
    court.admit(ben, 'ben')
    for (const [index, doc] of many.entries()) {
      setField(doc, 'fields.lastName', `Name ${index}`, { now: base })
      court.admit(doc, 'ana')
    }
    const authors = court.conflicts[0]?.candidates.map(({ author }) => author)
    expect(authors).toContain('ben')
    expect(authors).toContain('mia')
  })

  test('[CON-1] open questions are bounded', () => {
    const court = new Court('opportunity')
    const ids = Array.from({ length: 600 }, (_, index) => `e${index}`)
    const ana = court.copy(20)
    const call = (subject: string) => new Y.Map(Object.entries({ type: 'call', subject }))
    court.do('ben', 10, (doc) => ids.forEach((id) => doc.getMap('activities').set(id, call('b'))))
    ana.transact(() => ids.forEach((id) => ana.getMap('activities').set(id, call('a'))))
    court.admit(ana, 'ana')
    expect(court.conflicts.length).toBeLessThan(300)
  })
})

test('[CON-1] of the clashes of one change a bounded number makes conflicts; the history and the author have all', () => {
  const court = new Court('opportunity')
  const count = 400
  const subjects = Array.from({ length: count }, (_, index) => `activities.many-${index}.subject`)
  court.do('mia', 5, (doc) => {
    for (let index = 0; index < count; index++)
      addEntry(doc, 'activities', { type: 'call', subject: 'Call' }, { now: base, id: `many-${index}` })
  })
  const [ana, ben] = [court.copy(20), court.copy(10)]
  for (const path of subjects) {
    setField(ana, path, `${path} of Ana`, { now: base + 2 * minute })
    setField(ben, path, `${path} of Ben`, { now: base + minute })
  }
  court.admit(ana, 'ana')
  const { changes, putBack } = court.admit(ben, 'ben')
  expect(putBack.map(({ path }) => path)).toEqual(subjects)
  expect(putBack.filter(({ conflictId }) => conflictId !== undefined)).toHaveLength(250)
  const lost = changes.filter(({ action }) => action === 'conflict')
  expect(lost.map(({ after }) => after)).toEqual(subjects.map((path) => `${path} of Ben`))
})
