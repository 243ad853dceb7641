import type { DocumentKind } from '@fulqrun/protocol'
import {
  addEntry,
  chooseCandidate,
  chooseValue,
  type Conflict,
  decideOnProposal,
  getText,
  keepBoth,
  propose,
  readAttention,
  readConflicts,
  readContact,
  readProposals,
  removeEntry,
  setField,
  stampTextEdits,
  undoDecision,
} from '@fulqrun/schema'
import {
  appendNotes,
  copyDocument,
  documentJson,
  makeDocument,
  type Person,
  startOfHistory,
} from '@fulqrun/testkit'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { TestDoor } from './test-door.ts'

/** Decisions that were made while others edited, decided or removed what they are about. */

const people: Readonly<Record<'ana' | 'ben' | 'mia', Person>> = {
  ana: { id: 'ana', name: 'Ana', role: 'rep' },
  ben: { id: 'ben', name: 'Ben', role: 'rep' },
  mia: { id: 'mia', name: 'Mia', role: 'manager' },
}
const minute = 60_000

/** A server with one contact, and the devices of Ana, Ben and Mia, who hear of each other only when they meet. */
class Territory {
  readonly kind: DocumentKind
  readonly server: Y.Doc
  readonly ana: Device
  readonly ben: Device
  readonly mia: Device
  readonly #door = new TestDoor()
  now = startOfHistory + 600 * minute

  /** @param clientIds of the three: of two values written apart, Yjs takes that of the higher one */
  constructor(
    clientIds: { readonly ana?: number; readonly ben?: number; readonly mia?: number } = {},
    kind: DocumentKind = 'contact',
  ) {
    this.kind = kind
    this.server = makeDocument(kind, { notes: [] })
    this.server.clientID = 500
    this.ana = new Device(this, people.ana, clientIds.ana ?? 20)
    this.ben = new Device(this, people.ben, clientIds.ben ?? 10)
    this.mia = new Device(this, people.mia, clientIds.mia ?? 30)
  }

  receive(person: Person, update: Uint8Array) {
    this.now += minute
    const { server: document, kind, now: receivedAt } = this
    const outcome = this.#door.receive({ document, kind, person, update, receivedAt })
    if (outcome.sort !== 'admitted') throw new Error(`the update was ${outcome.sort}`)
    if (outcome.faults.length > 0) throw outcome.faults[0]
    return outcome
  }

  /** Everybody hands in what they have and hears what the others did. */
  meet(): void {
    const devices = [this.ana, this.ben, this.mia]
    for (const device of devices) device.send()
    for (const device of devices) device.hear()
  }

  get conflicts(): Conflict[] {
    return readConflicts(this.server)
  }

  get conflict(): Conflict {
    const [only] = this.conflicts
    if (only === undefined) throw new Error('there is no conflict')
    return only
  }

  get view() {
    return readContact(this.server).view
  }
}

class Device {
  readonly doc: Y.Doc
  readonly #territory: Territory
  readonly #person: Person
  readonly #unsent: Uint8Array[] = []

  constructor(territory: Territory, person: Person, clientId: number) {
    this.#territory = territory
    this.#person = person
    this.doc = copyDocument(territory.server, territory.kind, clientId)
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== territory) this.#unsent.push(update)
    })
    stampTextEdits(this.doc, () => territory.now)
  }

  get now(): number {
    return this.#territory.now
  }

  /** Hands in what is unsent: as one, or edit by edit. */
  send(how: 'as one' | 'one by one' = 'as one') {
    const updates = this.#unsent.splice(0)
    if (updates.length === 0) return []
    const sent = how === 'as one' ? [Y.mergeUpdates(updates)] : updates
    return sent.map((update) => this.#territory.receive(this.#person, update))
  }

  hear(): void {
    const missing = Y.encodeStateAsUpdate(this.#territory.server, Y.encodeStateVector(this.doc))
    Y.applyUpdate(this.doc, missing, this.#territory)
  }

  set(path: string, value: unknown): void {
    setField(this.doc, path, value, { now: this.now })
  }

  choose(conflict: Conflict, value: unknown): void {
    const candidate = conflict.candidates.find((each) => JSON.stringify(each.value) === JSON.stringify(value))
    chooseCandidate(this.doc, conflict.id, candidate?.id ?? 'none', { now: this.now })
  }

  undo({ id }: Conflict): void {
    undoDecision(this.doc, id, { now: this.now })
  }
}

/** Ana and Ben have given the contact two names apart from each other, and everybody knows. */
function twoNames(clientIds?: ConstructorParameters<typeof Territory>[0]): Territory {
  const territory = new Territory(clientIds)
  territory.ana.set('fields.lastName', 'Archer')
  territory.ben.set('fields.lastName', 'Bowman')
  territory.meet()
  return territory
}

/** An activity that everybody knows. */
function oneActivity(clientIds?: ConstructorParameters<typeof Territory>[0]): Territory {
  const territory = new Territory(clientIds)
  const { doc, now } = territory.ana
  addEntry(doc, 'activities', { type: 'call', subject: 'Call', description: 'Long' }, { now, id: 'a-1' })
  territory.meet()
  return territory
}

const activity = (territory: Territory) => territory.view.activities.find(({ id }) => id === 'a-1')

describe('a decision and its undoing', () => {
  test.each(['as one', 'one by one'] as const)(
    '[CON-4] made offline, do not take back what a colleague decided meanwhile (%s)',
    (how) => {
      const territory = twoNames()
      const { ana, mia, conflict } = territory
      mia.choose(conflict, 'Archer')
      mia.undo(conflict)
      ana.choose(conflict, 'Bowman')
      ana.send()
      mia.send(how)
      expect(territory.view.fields.lastName).toBe('Bowman')
      expect(territory.conflict).toMatchObject({ status: 'resolved', decision: { by: 'ana' } })
    },
  )

  test.each(['as one', 'one by one'] as const)(
    '[CON-4] made twice offline: the last one counts (%s)',
    (how) => {
      const territory = twoNames({ ana: 20, ben: 10, mia: 5 })
      const { mia, conflict } = territory
      mia.choose(conflict, 'Bowman')
      mia.choose(conflict, 'Archer')
      mia.choose(conflict, 'Bowman')
      mia.send(how)
      expect(territory.view.fields.lastName).toBe('Bowman')
      expect(territory.conflict).toMatchObject({ status: 'resolved', decision: { by: 'mia' } })
      expect(territory.conflict.late).toBeUndefined()
    },
  )

  test('[CON-4] about a matter that a rule had settled leaves a newer edit that its author had not seen', () => {
    const territory = new Territory()
    const { ana, ben, mia } = territory
    ana.set('fields.phone', '+1 555 1')
    ben.set('fields.phone', undefined)
    territory.meet()
    expect(territory.conflict).toMatchObject({ status: 'resolved', rule: 'RES-2' })
    expect(territory.view.fields.phone).toBeUndefined()
    // Empty is what Mia sees and chooses: there is nothing that her device could write for it.
    mia.choose(territory.conflict, undefined)
    ana.set('fields.phone', '+1 555 2')
    ana.send()
    const [outcome] = mia.send()
    expect(territory.view.fields.phone).toBe('+1 555 2')
    expect(outcome?.putBack).toEqual([
      { path: 'fields.phone', rule: 'RES-2', conflictId: territory.conflict.id },
    ])
    expect(territory.conflict).toMatchObject({ status: 'resolved', late: [{ by: 'mia' }] })
  })

  test('[CON-4] that agree with one made meanwhile are not late', () => {
    const territory = twoNames()
    const { ana, mia, conflict } = territory
    ana.choose(conflict, 'Bowman')
    mia.choose(conflict, 'Bowman')
    ana.send()
    expect(mia.send()[0]?.putBack).toEqual([])
    expect(territory.conflict.late).toBeUndefined()
  })

  test('[CON-4] a choice of a value that its author has replaced says which value it was', () => {
    const territory = new Territory()
    const { ana, ben, mia } = territory
    ana.set('fields.lastName', 'Archer')
    ben.set('fields.lastName', 'Bowman')
    ana.send()
    ben.send()
    mia.hear()
    mia.choose(territory.conflict, 'Bowman')
    ben.set('fields.lastName', 'Brown')
    ben.send()
    const [admitted] = mia.send()
    expect(admitted?.putBack).toMatchObject([{ path: 'fields.lastName', rule: 'CON-4' }])
    expect(territory.conflict.late).toMatchObject([{ by: 'mia', value: 'Bowman' }])
  })

  test('[CON-3] an undo leaves a question alone that was asked since', () => {
    const territory = twoNames()
    const { ana, ben, mia, conflict } = territory
    ana.choose(conflict, 'Bowman')
    territory.meet()
    ana.set('fields.lastName', 'Adams')
    ben.set('fields.lastName', 'Brown')
    territory.meet()
    const open = territory.conflicts.filter(({ status }) => status === 'open')
    expect(open).toHaveLength(1)
    mia.undo(conflict)
    mia.send()
    const stillOpen = territory.conflicts.filter(({ status }) => status === 'open')
    expect(stillOpen).toHaveLength(1)
    const { candidates, stands } = stillOpen[0] ?? conflict
    expect(candidates.find(({ id }) => id === stands)?.value).toBe(territory.view.fields.lastName)
  })
})

describe('a question about an entry', () => {
  function removedAndEdited(): Territory {
    const territory = oneActivity()
    territory.ben.set('activities.a-1.subject', 'Call Ben')
    territory.ben.send()
    removeEntry(territory.ana.doc, 'activities', 'a-1', { now: territory.now })
    territory.meet()
    expect(territory.conflicts).toMatchObject([{ path: 'activities.a-1', status: 'open' }])
    return territory
  }

  test('[RES-8] that is answered by keeping it keeps what was written to it since', () => {
    const territory = removedAndEdited()
    const { ben, mia, conflict } = territory
    ben.set('activities.a-1.description', 'Longer')
    territory.meet()
    chooseCandidate(mia.doc, conflict.id, conflict.stands ?? '', { now: mia.now })
    mia.send()
    expect(activity(territory)).toMatchObject({ subject: 'Call Ben', description: 'Longer' })
    expect(territory.conflict.status).toBe('resolved')
  })

  test('[RES-8] that is answered by keeping it keeps what the decider had not seen', () => {
    const territory = removedAndEdited()
    const { ben, mia, conflict } = territory
    ben.set('activities.a-1.description', 'Longer')
    ben.send()
    chooseCandidate(mia.doc, conflict.id, conflict.stands ?? '', { now: mia.now })
    mia.send()
    territory.meet()
    for (const doc of [territory.server, ben.doc, mia.doc])
      expect(readContact(doc).view.activities.find(({ id }) => id === 'a-1')).toMatchObject({
        subject: 'Call Ben',
        description: 'Longer',
      })
  })

  test('[CON-5] that is answered by removing it stays open when somebody has written to it unseen', () => {
    const territory = removedAndEdited()
    const { ben, mia, conflict } = territory
    ben.set('activities.a-1.description', 'Longer')
    ben.send()
    mia.choose(conflict, undefined)
    mia.send()
    expect(territory.conflict.status).toBe('open')
    expect(JSON.stringify(territory.conflict.candidates)).toContain('Longer')
  })

  test('[RES-8] is not asked when the remover had seen what stands, and only not the server’s entry for it', () => {
    const territory = oneActivity({ ana: 10, ben: 20 })
    const { ana, ben } = territory
    ben.set('activities.a-1.subject', 'Call Ben')
    territory.now += 5 * minute
    ana.set('activities.a-1.subject', 'Call Ana')
    ana.send()
    ben.send()
    expect(activity(territory)?.subject).toBe('Call Ana')
    removeEntry(ana.doc, 'activities', 'a-1', { now: ana.now })
    ana.send()
    expect(territory.conflicts.filter(({ path }) => path === 'activities.a-1')).toEqual([])
    expect(activity(territory)).toBeUndefined()
  })

  test('[RES-8] is asked when the remover had not seen that a field of it was cleared', () => {
    const territory = oneActivity()
    const { ana, ben } = territory
    ben.set('activities.a-1.description', undefined)
    ben.send()
    removeEntry(ana.doc, 'activities', 'a-1', { now: ana.now })
    ana.send()
    expect(territory.conflicts).toMatchObject([{ path: 'activities.a-1', status: 'open' }])
  })
})

describe('a question about a field of an entry', () => {
  test('[RES-8] that is answered after the entry was removed is told at the field, and asks about the entry', () => {
    const territory = oneActivity()
    const { ana, ben, mia } = territory
    ana.set('activities.a-1.subject', 'Call Ana')
    ben.set('activities.a-1.subject', 'Call Ben')
    territory.meet()
    const { conflict } = territory
    const lost = conflict.candidates.find(({ id }) => id !== conflict.stands)
    mia.choose(conflict, lost?.value)
    removeEntry(ana.doc, 'activities', 'a-1', { now: ana.now })
    ana.send()
    const [admitted] = mia.send()
    expect(admitted?.changes.filter(({ action }) => action === 'decide')).toEqual([])
    expect(admitted?.putBack.map(({ path }) => path)).toContain('activities.a-1.subject')
    expect(territory.conflicts).toContainEqual(
      expect.objectContaining({ path: 'activities.a-1', status: 'open' }),
    )
  })
})

describe('of two paragraphs that say the same', () => {
  const one = 'Dr Miller prefers the mornings for visits'
  const other = 'Dr. Miller prefers the mornings for visits'

  test.each(['text:description', 'notes'])(
    '[CON-4] the first choice stays when two people choose differently: %s',
    (path) => {
      const territory = new Territory({}, 'opportunity')
      const { ana, ben } = territory
      const write = ({ doc }: Device, words: string) => {
        if (path === 'notes') appendNotes(doc, [words])
        else getText(doc, path).insert(0, `${words}\n`)
      }
      write(ana, one)
      write(ben, other)
      territory.meet()
      const { conflict } = territory
      expect(conflict).toMatchObject({ path, rule: 'RES-9', status: 'open' })
      ana.choose(conflict, one)
      ben.choose(conflict, other)
      const [first] = ana.send()
      expect(first?.changes).toContainEqual(
        expect.objectContaining({ path, action: 'decide', before: other, after: one }),
      )
      const [late] = ben.send()
      territory.meet()
      for (const doc of [territory.server, ana.doc, ben.doc])
        expect(JSON.stringify(documentJson(doc)[path])).toContain(one)
      expect(territory.conflict).toMatchObject({ decision: { by: 'ana' }, late: [{ by: 'ben' }] })
      expect(late?.putBack).toMatchObject([{ path, rule: 'CON-4', conflictId: conflict.id }])
    },
  )

  test('[CON-4] both stay when that was decided first', () => {
    const territory = new Territory()
    const { ana, ben } = territory
    appendNotes(ana.doc, [one])
    appendNotes(ben.doc, [other])
    territory.meet()
    const { conflict } = territory
    keepBoth(ana.doc, conflict.id, { now: ana.now })
    ben.choose(conflict, other)
    const [kept] = ana.send()
    expect(kept?.changes).toMatchObject([
      { path: 'notes', action: 'decide', after: `${one}\n${other}`, rule: 'RES-9' },
    ])
    // Nobody's words were replaced, so there is no news for anybody.
    expect(readAttention(territory.server)).toEqual([])
    ben.send()
    expect(territory.view.notes).toContain(one)
    expect(territory.view.notes).toContain(other)
  })
})

describe('an approval', () => {
  const proposed = (id: string, path: string, value: unknown) =>
    ({ id, path, value, author: people.ben.id, now: startOfHistory }) as const

  test('[PRO-5] that had not seen another one moves nothing; its proposal goes on waiting', () => {
    const territory = new Territory({}, 'opportunity')
    const { ana, ben, mia } = territory
    propose(ana.doc, { ...proposed('p-1', 'financials.amount', 50_000) })
    propose(ben.doc, { ...proposed('p-2', 'financials.amount', 60_000) })
    territory.meet()
    const finn = new Device(territory, { id: 'finn', name: 'Finn', role: 'finance' }, 40)
    decideOnProposal(finn.doc, 'p-1', 'approved', { now: finn.now })
    decideOnProposal(mia.doc, 'p-2', 'approved', { now: mia.now })
    finn.send()
    const [late] = mia.send()
    expect(territory.server.getMap('financials').get('amount')).toBe(50_000)
    expect(late?.putBack).toEqual([{ path: 'financials.amount', rule: 'PRO-5', proposalId: 'p-2' }])
    expect(readProposals(territory.server)).toMatchObject([
      { id: 'p-1', status: 'approved' },
      { id: 'p-2', status: 'waiting' },
    ])
    mia.hear()
    decideOnProposal(mia.doc, 'p-2', 'approved', { now: mia.now })
    mia.send()
    expect(territory.server.getMap('financials').get('amount')).toBe(60_000)
  })

  test('[PRO-5] of a stage does not take a deal back that has moved on meanwhile', () => {
    const territory = new Territory({}, 'opportunity')
    const { ben, mia, server } = territory
    propose(ben.doc, { ...proposed('p-1', 'fields.stage', 'closed_won') })
    territory.meet()
    decideOnProposal(mia.doc, 'p-1', 'approved', { now: mia.now })
    ben.set('fields.stage', 'closed_lost')
    ben.send()
    mia.send()
    expect(server.getMap('fields').get('stage')).toBe('closed_lost')
    expect(readProposals(server)).toMatchObject([{ id: 'p-1', status: 'waiting' }])
  })

  test('[PRO-5] of what its field cannot hold any more leaves other decisions to stand', () => {
    const territory = new Territory({}, 'opportunity')
    const { ben, mia, server } = territory
    propose(ben.doc, { ...proposed('p-1', 'financials.amount', 50_000) })
    territory.meet()
    for (const doc of [server, mia.doc]) {
      const stored = doc.getMap('proposals').get('p-1') as object
      doc.getMap('proposals').set('p-0', { ...stored, path: 'financials.discount', value: 'a lot' })
    }
    decideOnProposal(mia.doc, 'p-0', 'approved', { now: mia.now })
    decideOnProposal(mia.doc, 'p-1', 'approved', { now: mia.now + 1 })
    mia.send()
    expect(server.getMap('financials').get('amount')).toBe(50_000)
    expect(readProposals(server)).toMatchObject([
      { id: 'p-0', status: 'waiting' },
      { id: 'p-1', status: 'approved' },
    ])
  })
})

describe('a decision about a stage', () => {
  /** Ana has moved the deal back and Ben has lost it, apart from each other; Ben's edit is the later one. */
  function twoStages(): Territory {
    const territory = new Territory({}, 'opportunity')
    territory.ana.set('fields.stage', 'prospecting')
    territory.now += minute
    territory.ben.set('fields.stage', 'closed_lost')
    territory.meet()
    expect(territory.conflict).toMatchObject({ path: 'fields.stage', status: 'resolved' })
    return territory
  }
  const stage = ({ server }: Territory) => server.getMap('fields').get('stage')

  test('[CON-3] [GAT-1] that no gate lets pass decides nothing', () => {
    const territory = twoStages()
    const { mia, conflict } = territory
    chooseValue(mia.doc, conflict.id, 'closed_won', { now: mia.now })
    const [admitted] = mia.send()
    expect(stage(territory)).toBe('closed_lost')
    expect(admitted?.putBack).toMatchObject([{ path: 'fields.stage', rule: 'GAT-1' }])
    expect(territory.conflict).toEqual(conflict)
  })

  test('[CON-4] that comes late is put back, whichever was made later', () => {
    const territory = twoStages()
    const { ana, mia, conflict } = territory
    ana.choose(conflict, 'prospecting')
    territory.now += minute
    mia.choose(conflict, 'closed_lost')
    ana.send()
    mia.send()
    expect(stage(territory)).toBe('prospecting')
    expect(territory.conflict).toMatchObject({ decision: { by: 'ana' }, late: [{ by: 'mia' }] })
    expect(territory.conflicts).toHaveLength(1)
  })
})

test('[PRO-1] a proposal that was made offline says when it was made', () => {
  const territory = new Territory({}, 'opportunity')
  const { ben, server } = territory
  const now = startOfHistory + minute
  propose(ben.doc, { id: 'p-1', path: 'financials.amount', value: 50_000, author: 'ben', now })
  ben.send()
  expect(readProposals(server)).toMatchObject([{ id: 'p-1', proposedAt: now }])
})
