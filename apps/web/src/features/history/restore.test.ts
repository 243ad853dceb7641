import {
  addEntry,
  createDocument,
  readContact,
  readOpportunity,
  removeEntry,
  setField,
} from '@fulqrun/schema'
import { makeContact } from '@fulqrun/testkit'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import type { HistoryLine } from './bursts.ts'
import { canRestore, restoreLine } from './restore.ts'

const now = () => 2000

function openRecord() {
  const doc = new Y.Doc()
  createDocument(doc, {
    kind: 'opportunity',
    territoryId: 't',
    createdBy: 'u',
    createdAt: 1,
    fields: { name: 'Northline' },
  })
  return doc
}

function makeLine(line: Partial<HistoryLine>): HistoryLine {
  return {
    path: 'fields.name',
    action: 'set',
    inserted: '',
    deleted: '',
    editedAt: 1,
    receivedAt: 1,
    seq: 1,
    count: 1,
    ...line,
  }
}

const viewOf = (doc: Y.Doc) => readOpportunity(doc).view

test('the old value comes back as a new edit, and undo brings the newer one back', () => {
  const doc = openRecord()
  setField(doc, 'fields.name', 'Northline 2', { now: 2 })
  const line = makeLine({ before: 'Northline', after: 'Northline 2' })
  expect(canRestore(viewOf(doc), line)).toBe(true)
  const undo = restoreLine(doc, viewOf(doc), line, now)
  expect(viewOf(doc).fields.name).toBe('Northline')
  undo()
  expect(viewOf(doc).fields.name).toBe('Northline 2')
})

test('a field that was empty before can be emptied again', () => {
  const doc = openRecord()
  setField(doc, 'fields.account', 'Aster', { now: 2 })
  const line = makeLine({ path: 'fields.account', after: 'Aster' })
  expect(canRestore(viewOf(doc), line)).toBe(true)
  restoreLine(doc, viewOf(doc), line, now)
  expect(viewOf(doc).fields.account).toBeUndefined()
})

test('nothing to restore: same value, required and empty, put back by a rule, official values, text', () => {
  const view = viewOf(openRecord())
  expect(canRestore(view, makeLine({ before: 'Northline' }))).toBe(false)
  expect(canRestore(view, makeLine({ before: undefined }))).toBe(false)
  expect(canRestore(view, makeLine({ before: 'x', action: 'put-back' }))).toBe(false)
  expect(canRestore(view, makeLine({ path: 'financials.amount', before: 5 }))).toBe(false)
  expect(canRestore(view, makeLine({ path: 'notes', action: 'text' }))).toBe(false)
})

test('a removed activity comes back under its own id', () => {
  const doc = openRecord()
  const id = addEntry(doc, 'activities', { type: 'call', subject: 'Call' }, { now: 2 })
  removeEntry(doc, 'activities', id, { now: 3 })
  const line = makeLine({
    path: `activities.${id}`,
    action: 'delete',
    before: { type: 'call', subject: 'Call' },
  })
  expect(canRestore(viewOf(doc), line)).toBe(true)
  const undo = restoreLine(doc, viewOf(doc), line, now)
  expect(viewOf(doc).activities).toMatchObject([{ id, subject: 'Call' }])
  undo()
  expect(viewOf(doc).activities).toEqual([])
})

test('a field of an entry that is gone cannot be restored', () => {
  const line = makeLine({ path: 'activities.gone.subject', before: 'x' })
  expect(canRestore(viewOf(openRecord()), line)).toBe(false)
})

test('lines of consent, samples and signatures are not restored: what changes is said in a new entry', () => {
  const { view } = readContact(
    makeContact({
      entries: {
        consents: { a: { channel: 'email', optType: 'opt_out' } },
        samples: { b: { product: 'Velorin 10 mg', quantity: 4 } },
      },
    }),
  )
  for (const [path, before] of [
    ['consents.a.optType', 'opt_in'],
    ['samples.b.quantity', 5],
  ])
    expect(canRestore(view, makeLine({ path: String(path), before, after: 1 }))).toBe(false)
})
