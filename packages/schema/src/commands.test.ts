import { asServer, buildTime, makeContact, makeKpi, makeOpportunity } from '@fulqrun/testkit'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { addEntry, createDocument, getNotes, getText, propose, removeEntry, setField } from './commands.ts'
import { currentSchemaVersion } from './kinds.ts'
import { localOrigin } from './origins.ts'
import { readContact, readKpi, readMeta, readOpportunity, readProposals } from './read.ts'
import { SchemaError } from './schema-issue.ts'
import { decideProposal, setPinned } from './server-commands.ts'
import { stampTextEdits } from './text-edits.ts'

const now = buildTime + 60_000

function errorOf(run: () => unknown): SchemaError {
  try {
    run()
  } catch (error) {
    if (error instanceof SchemaError) return error
  }
  throw new Error('expected a SchemaError')
}

/** Origins of the updates that a command sends: one update is one transaction. */
function originsOf(doc: Y.Doc, run: () => void): unknown[] {
  const origins: unknown[] = []
  const note = (_update: Uint8Array, origin: unknown) => origins.push(origin)
  doc.on('update', note)
  run()
  doc.off('update', note)
  return origins
}

describe('createDocument', () => {
  test('[SCH-1] writes kind, version, territory and author with the fields, in one transaction', () => {
    const doc = new Y.Doc()
    const origins = originsOf(doc, () =>
      createDocument(doc, {
        kind: 'contact',
        territoryId: 'north',
        createdBy: 'ana',
        createdAt: now,
        fields: { lastName: 'Okafor', city: '' },
      }),
    )
    expect(origins).toEqual([localOrigin])
    expect(readMeta(doc)).toEqual({
      kind: 'contact',
      schemaVersion: currentSchemaVersion,
      territoryId: 'north',
      createdBy: 'ana',
      createdAt: now,
    })
    expect(doc.getMap('fields').toJSON()).toEqual({ lastName: 'Okafor' })
    expect(doc.getMap('edited').toJSON()).toEqual({ 'fields.lastName': now })
    expect(readContact(doc).issues).toEqual([])
  })

  test('[SCH-7] refuses invalid fields and leaves the document empty', () => {
    const doc = new Y.Doc()
    const options = { kind: 'contact', territoryId: 'north', createdBy: 'ana', createdAt: now } as const
    const error = errorOf(() => createDocument(doc, { ...options, fields: { npi: '123' } }))
    expect(error).toMatchObject({ code: 'value/invalid', path: 'fields.npi' })
    expect(doc.getMap('meta').size).toBe(0)
  })
})

describe('setField', () => {
  test('[SCH-12] sets the value and its time in one transaction', () => {
    const doc = makeOpportunity()
    const origins = originsOf(doc, () => setField(doc, 'fields.meddpicc.champion.influence', 'high', { now }))
    expect(origins).toEqual([localOrigin])
    expect(readOpportunity(doc).view.fields['meddpicc.champion.influence']).toBe('high')
    expect(doc.getMap('edited').get('fields.meddpicc.champion.influence')).toBe(now)
  })

  test.each([undefined, null, ''])('a cleared value (%j) deletes the key', (cleared) => {
    const doc = makeOpportunity()
    setField(doc, 'fields.account', cleared, { now })
    expect(doc.getMap('fields').has('account')).toBe(false)
    expect(doc.getMap('edited').get('fields.account')).toBe(now)
  })

  test('[SCH-7] refuses what does not fit the field', () => {
    const doc = makeOpportunity()
    const set = (path: string, value: unknown) => errorOf(() => setField(doc, path, value, { now })).code
    expect(set('fields.name', '')).toBe('value/missing')
    expect(set('fields.stage', 'won')).toBe('value/invalid')
    expect(set('fields.closeDate', '30.11.2026')).toBe('value/invalid')
    expect(set('fields.colour', 'red')).toBe('path/unknown')
    expect(set('activities.activity-1.colour', 'red')).toBe('path/unknown')
    expect(set('activities.activity-9.subject', 'red')).toBe('entry/invalid')
  })

  test('[SCH-6] does not write pinned values, meta, stamps or proposals', () => {
    const doc = makeOpportunity()
    const before = Y.encodeStateAsUpdate(doc)
    for (const path of [
      'financials.amount',
      'meta.territoryId',
      'edited.fields.name',
      'proposals.a',
      'notes',
    ])
      expect(errorOf(() => setField(doc, path, 1, { now })).code).toBe('path/unknown')
    expect(Y.encodeStateAsUpdate(doc)).toEqual(before)
  })

  test('[SCH-15] does not write into a document of a newer version, or one that is not there', () => {
    const doc = makeOpportunity()
    doc.getMap('meta').set('schemaVersion', currentSchemaVersion + 1)
    expect(errorOf(() => setField(doc, 'fields.name', 'x', { now })).code).toBe('document/too-new')
    expect(errorOf(() => setField(new Y.Doc(), 'fields.name', 'x', { now })).code).toBe('value/missing')
  })
})

describe('entries', () => {
  test('[SCH-5] are nested maps under a fresh id', () => {
    const doc = makeOpportunity({ entries: {} })
    const first = addEntry(doc, 'activities', { type: 'call', subject: 'Call', description: '' }, { now })
    const second = addEntry(doc, 'activities', { type: 'task', subject: 'Write' }, { now })
    expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    expect(second > first).toBe(true)
    expect(doc.getMap('activities').get(first)).toBeInstanceOf(Y.Map)
    setField(doc, `activities.${first}.status`, 'completed', { now: now + 1 })
    expect(readOpportunity(doc).view.activities[0]).toMatchObject({ id: first, status: 'completed' })
    expect(doc.getMap('edited').get(`activities.${first}.status`)).toBe(now + 1)
  })

  test('[SCH-7] are refused without their required fields or with unknown ones', () => {
    const doc = makeOpportunity()
    const add = (values: Record<string, unknown>) =>
      errorOf(() => addEntry(doc, 'activities', values, { now })).code
    expect(add({ type: 'call' })).toBe('value/missing')
    expect(add({ type: 'fax', subject: 'x' })).toBe('value/invalid')
    expect(add({ type: 'call', subject: 'x', colour: 'red' })).toBe('path/unknown')
    expect(errorOf(() => addEntry(doc, 'licences', { number: '1' }, { now })).code).toBe('path/unknown')
  })

  test('removing one removes its stamps and leaves the time of the removal', () => {
    const doc = makeOpportunity()
    setField(doc, 'activities.activity-1.status', 'completed', { now })
    removeEntry(doc, 'activities', 'activity-1', { now: now + 5 })
    const stamps = Object.entries(doc.getMap('edited').toJSON()).filter(([path]) =>
      path.includes('activity-1'),
    )
    expect(stamps).toEqual([['activities.activity-1', now + 5]])
    const before = Y.encodeStateAsUpdate(doc)
    removeEntry(doc, 'activities', 'activity-1', { now: now + 9 })
    expect(Y.encodeStateAsUpdate(doc)).toEqual(before)
  })
})

describe('proposals', () => {
  const wish = { path: 'financials.amount', value: 48_000, reason: 'Two more wards', author: 'user-ana', now }

  test('[SCH-6] keep the official value, the wish and the reason', () => {
    const doc = makeOpportunity()
    const id = propose(doc, wish)
    expect(readProposals(doc)).toEqual([
      {
        id,
        path: 'financials.amount',
        value: 48_000,
        base: 45_000,
        baseVersion: 1,
        reason: 'Two more wards',
        author: 'user-ana',
        proposedAt: now,
        status: 'waiting',
      },
    ])
    expect(readOpportunity(doc).view.financials.amount).toBe(45_000)
  })

  test('[SCH-6] are for pinned fields and valid values only', () => {
    const doc = makeOpportunity()
    expect(errorOf(() => propose(doc, { ...wish, path: 'fields.name', value: 'x' })).code).toBe(
      'path/unknown',
    )
    expect(errorOf(() => propose(doc, { ...wish, path: 'financials' })).code).toBe('path/unknown')
    expect(errorOf(() => propose(doc, { ...wish, value: 'a lot' })).code).toBe('value/invalid')
  })

  test('[SCH-6] also for a stage, of opportunities only', () => {
    const doc = makeOpportunity()
    propose(doc, { ...wish, path: 'fields.stage', value: 'advancing' })
    expect(readProposals(doc)).toMatchObject([
      { path: 'fields.stage', value: 'advancing', base: readOpportunity(doc).view.fields.stage },
    ])
    const stage = { ...wish, path: 'fields.stage' }
    expect(errorOf(() => propose(doc, { ...stage, value: 'won' })).code).toBe('value/invalid')
    expect(errorOf(() => propose(makeContact(), { ...stage, value: 'advancing' })).code).toBe('path/unknown')
  })

  test('are decided once', () => {
    const doc = makeOpportunity()
    const id = propose(doc, wish)
    const decision = { status: 'approved', decidedBy: 'user-finn', comment: 'Fine', now: now + 1 } as const
    expect(decideProposal(doc, id, decision)).toBe(true)
    expect(decideProposal(doc, id, { ...decision, status: 'rejected' })).toBe(false)
    expect(decideProposal(doc, 'nobody', decision)).toBe(false)
    expect(readProposals(doc)[0]).toMatchObject({
      status: 'approved',
      decidedBy: 'user-finn',
      comment: 'Fine',
    })
    expect(readOpportunity(doc).issues).toEqual([])
  })
})

describe('setPinned', () => {
  test('[SCH-6] sets official values on the server', () => {
    const doc = makeKpi()
    const value = { value: 900, asOf: now, formulaVersion: 1 }
    asServer(doc, () => setPinned(doc, 'values', { nrx: value }, { now }))
    expect(readKpi(doc).view.values.nrx).toEqual(value)
    expect(doc.getMap('edited').get('values.nrx')).toBe(now)
  })

  test('[SCH-7] refuses invalid values and roots that the kind does not pin', () => {
    const doc = makeContact()
    expect(errorOf(() => setPinned(doc, 'financials', { amount: 1 }, { now })).code).toBe('path/unknown')
    const deal = makeOpportunity()
    expect(errorOf(() => setPinned(deal, 'financials', { amount: -1 }, { now })).code).toBe('value/invalid')
    expect(errorOf(() => setPinned(deal, 'financials', { amount: 0.001 }, { now })).code).toBe(
      'value/invalid',
    )
  })
})

describe('stampTextEdits', () => {
  test('[SCH-13] stamps typing, at most every ten seconds per text, and stops', () => {
    const doc = makeOpportunity()
    let time = now
    const stop = stampTextEdits(doc, () => time)
    const stampOf = (root: string) => doc.getMap('edited').get(root)
    getText(doc, 'description').insert(0, 'a')
    expect(stampOf('text:description')).toBe(now)
    time += 9_999
    getText(doc, 'description').insert(0, 'b')
    expect(stampOf('text:description')).toBe(now)
    getNotes(doc).insert(0, [new Y.XmlElement('paragraph')])
    expect(stampOf('notes')).toBe(time)
    time += 1
    getText(doc, 'description').insert(0, 'c')
    expect(stampOf('text:description')).toBe(time)
    stop()
    time += 20_000
    getText(doc, 'description').insert(0, 'd')
    expect(stampOf('text:description')).toBe(time - 20_000)
  })

  test('[SCH-13] sees edits deep in the notes, and not those of others', () => {
    const doc = makeOpportunity({ notes: ['Words'] })
    stampTextEdits(doc, () => now)
    const remote = new Y.Doc()
    Y.applyUpdate(remote, Y.encodeStateAsUpdate(doc))
    remote.getText('text:description').insert(0, 'theirs')
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(remote))
    expect(doc.getMap('edited').has('text:description')).toBe(false)
    const paragraph = getNotes(doc).get(0) as Y.XmlElement
    const words = paragraph.get(0) as Y.XmlText
    words.insert(0, 'More ')
    expect(doc.getMap('edited').get('notes')).toBe(now)
  })
})
