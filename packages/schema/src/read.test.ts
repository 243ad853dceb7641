import { appendNotes, copyDocument, exchange, makeContact, makeOpportunity } from '@fulqrun/testkit'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { defineRoots } from './kinds.ts'
import { readContact, readEditedAt, readMeta, readOpportunity, readProposals } from './read.ts'

test('[SCH-8] a damaged field reads as the nearest valid value, its default, or nothing, and is reported', () => {
  const doc = makeOpportunity()
  const fields = doc.getMap('fields')
  fields.set('stage', 'negotiating')
  fields.set('probability', 140)
  fields.set('closeDate', '2026-02-30')
  fields.set('name', 'x'.repeat(300))
  fields.set('account', new Y.Map())
  fields.set('favouriteColour', 'blue')
  const { view, issues } = readOpportunity(doc)
  expect(view.fields).toMatchObject({ stage: 'prospecting', probability: 100, name: 'x'.repeat(200) })
  expect(view.fields.closeDate).toBeUndefined()
  expect(view.fields.account).toBeUndefined()
  expect(issues.map(({ path, code }) => [path, code])).toEqual([
    ['fields.name', 'value/invalid'],
    ['fields.account', 'value/invalid'],
    ['fields.stage', 'value/invalid'],
    ['fields.probability', 'value/invalid'],
    ['fields.closeDate', 'value/invalid'],
    ['fields.favouriteColour', 'path/unknown'],
  ])
})

test('[SCH-8] issues never carry the value', () => {
  const doc = makeContact({ fields: { npi: undefined } })
  doc.getMap('fields').set('npi', '5550001111')
  expect(JSON.stringify(readContact(doc).issues)).not.toContain('5550001111')
})

test('[SCH-8] an entry that is not a map and an entry with an id of dots are left out', () => {
  const doc = makeOpportunity()
  doc.getMap('activities').set('activity-3', 'a visit')
  doc.getMap('activities').set('a.b', new Y.Map())
  const { view, issues } = readOpportunity(doc)
  expect(view.activities.map(({ id }) => id)).toEqual(['activity-1', 'activity-2'])
  expect(issues.map(({ path }) => path)).toEqual(['activities.activity-3', 'activities.a.b'])
})

test('[SCH-8] a damaged consent reads as an opt-out', () => {
  const doc = makeContact()
  const consents = doc.getMap<Y.Map<unknown>>('consents')
  consents.get('consent-1')?.set('optType', 'maybe')
  expect(readContact(doc).view.consents[0]?.optType).toBe('opt_out')
})

test('[SCH-8] a root with content of another type reads as empty', () => {
  const attacker = new Y.Doc()
  attacker.getArray('fields').insert(0, ['junk', 1])
  attacker.getMap('text:description').set('a', 'b')
  const doc = makeOpportunity()
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(attacker))
  const { view, issues } = readOpportunity(doc)
  expect(view.fields.name).toBe('Cardiology formulary, St. Vincent')
  expect(view.texts['description']).toBe('')
  expect(issues).toEqual([])
})

test('[SCH-8] absurdly deep notes and values do not overflow the stack', () => {
  const doc = makeOpportunity()
  doc.transact(() => {
    let parent: Y.XmlFragment = doc.getXmlFragment('notes')
    for (let level = 0; level < 5000; level++) {
      const child = new Y.XmlElement('blockquote')
      parent.insert(0, [child])
      parent = child
    }
  })
  let deep: unknown = 'bottom'
  for (let level = 0; level < 3000; level++) deep = [deep]
  const proposal = { path: 'financials.amount', value: deep, author: 'a', proposedAt: 1, status: 'waiting' }
  doc.getMap('proposals').set('a', proposal)
  const { view, issues } = readOpportunity(doc)
  expect(view.notes).toContain('Met Dr. Okafor')
  expect(view.proposals).toEqual([])
  expect(issues.map(({ path }) => path)).toEqual(['proposals.a'])
})

test('[SCH-2] roots that no kind has are reported', () => {
  const doc = makeOpportunity()
  doc.getMap('secrets').set('a', 1)
  expect(readOpportunity(doc).issues).toEqual([
    { path: 'secrets', code: 'path/unknown', message: 'There is no such part of a record' },
  ])
})

test('[SCH-8] a document of another kind is reported', () => {
  const doc = makeContact()
  expect(readOpportunity(doc).issues.map(({ code }) => code)).toContain('document/wrong-kind')
})

test('[SCH-11] entries come in the same order on every replica', () => {
  const a = makeOpportunity({ entries: {} })
  const b = copyDocument(a, 'opportunity', 2)
  a.getMap('activities').set('z', new Y.Map([['subject', 'last']]))
  b.getMap('activities').set('a', new Y.Map([['subject', 'first']]))
  exchange(a, b)
  for (const doc of [a, b])
    expect(readOpportunity(doc).view.activities.map(({ id }) => id)).toEqual(['a', 'z'])
})

test('notes read as one line per block, without marks', () => {
  const doc = makeOpportunity({ notes: ['First', 'Second'] })
  const list = new Y.XmlElement('bulletList')
  const item = new Y.XmlElement('listItem')
  const bold = new Y.XmlText()
  bold.insert(0, 'strong', { bold: true })
  bold.insert(6, ' words', { bold: null })
  item.insert(0, [bold])
  list.insert(0, [item])
  doc.getXmlFragment('notes').insert(2, [list])
  appendNotes(doc, ['Last'])
  expect(readOpportunity(doc).view.notes).toBe('First\nSecond\nstrong words\nLast')
})

test('meta of a document that has not arrived yet is empty', () => {
  const doc = new Y.Doc()
  defineRoots(doc, 'contact')
  expect(readMeta(doc)).toEqual({
    kind: undefined,
    schemaVersion: 0,
    territoryId: undefined,
    createdBy: undefined,
    createdAt: undefined,
  })
})

test('proposals come oldest first and damaged ones are left out', () => {
  const doc = makeOpportunity()
  const proposal = { path: 'financials.amount', value: 1, author: 'user-ana', status: 'waiting' }
  const proposals = doc.getMap('proposals')
  proposals.set('b', { ...proposal, proposedAt: 2 })
  proposals.set('a', { ...proposal, proposedAt: 1 })
  proposals.set('c', { ...proposal, proposedAt: 3, status: 'accepted' })
  proposals.set('d', new Y.Map())
  expect(readProposals(doc).map(({ id }) => id)).toEqual(['a', 'b'])
  expect(readOpportunity(doc).issues.map(({ path }) => path)).toEqual(['proposals.c', 'proposals.d'])
})

test('[SCH-12] the time of an edit is that of the path, or of the entry that holds it', () => {
  const doc = makeOpportunity()
  const edited = doc.getMap('edited')
  edited.set('activities.activity-1', 10)
  edited.set('activities.activity-1.status', 20)
  expect(readEditedAt(doc, 'activities.activity-1.status')).toBe(20)
  expect(readEditedAt(doc, 'activities.activity-1.subject')).toBe(10)
  expect(readEditedAt(doc, 'fields.budget')).toBeUndefined()
})
