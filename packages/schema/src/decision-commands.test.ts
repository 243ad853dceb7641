import { buildTime, makeOpportunity } from '@fulqrun/testkit'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { readAttention } from './attention.ts'
import { propose, setField } from './commands.ts'
import { isNews, type StoredConflict } from './conflict.ts'
import {
  acceptNotice,
  chooseCandidate,
  chooseValue,
  decideOnProposal,
  keepBoth,
  undoDecision,
} from './decision-commands.ts'
import { readConflicts, readDecisions, readEditedAt, readOpportunity } from './read.ts'

const now = buildTime + 1000
const closeDate: StoredConflict = {
  path: 'fields.closeDate',
  status: 'open',
  rule: 'RES-3',
  policyVersion: 1,
  openedAt: buildTime,
  base: '2026-10-31',
  candidates: [
    { id: '1', value: '2026-11-30', author: 'user-ana', editedAt: 1, receivedAt: 2 },
    { id: '2', value: '2026-12-15', author: 'user-ben', editedAt: 1, receivedAt: 3 },
  ],
  stands: '1',
}

function withConflict(conflict: StoredConflict = closeDate): Y.Doc {
  const doc = makeOpportunity()
  doc.getMap('conflicts').set('c-1', conflict)
  return doc
}

const readCloseDate = (doc: Y.Doc) => readOpportunity(doc).view.fields.closeDate

describe('a decision about a conflict', () => {
  test('[SCH-30] shows at once and travels with the value, in one update', () => {
    const doc = withConflict()
    const updates: Uint8Array[] = []
    doc.on('update', (update: Uint8Array) => updates.push(update))
    chooseCandidate(doc, 'c-1', '2', { now })
    expect(readCloseDate(doc)).toBe('2026-12-15')
    expect(readEditedAt(doc, 'fields.closeDate')).toBe(now)
    expect(updates).toHaveLength(1)
    expect(readDecisions(doc)).toMatchObject([
      { type: 'choose', conflict: 'c-1', candidate: '2', seen: ['1', '2'] },
    ])
  })

  test("[SCH-30] may be a value of one's own, checked like any other, and may be taken back", () => {
    const doc = withConflict()
    expect(() => chooseValue(doc, 'c-1', 'soon', { now })).toThrow('fields.closeDate')
    chooseValue(doc, 'c-1', '2027-01-31', { now })
    expect(readCloseDate(doc)).toBe('2027-01-31')
    undoDecision(doc, 'c-1', { now: now + 1 })
    expect(readCloseDate(doc)).toBe('2026-11-30')
    expect(readDecisions(doc).map(({ type }) => type)).toEqual(['edit', 'undo'])
  })

  test('[SCH-30] is about a conflict and a candidate that exist', () => {
    const doc = withConflict()
    expect(() => chooseCandidate(doc, 'c-2', '1', { now })).toThrow('no such conflict')
    expect(() => chooseCandidate(doc, 'c-1', '9', { now })).toThrow('no such candidate')
    expect(() => decideOnProposal(doc, 'p-1', 'approved', { now })).toThrow('no such proposal')
    expect(readDecisions(doc)).toEqual([])
  })

  test('[SCH-30] about an entry that one removed and another edited brings it back or removes it', () => {
    const doc = withConflict({
      ...closeDate,
      path: 'activities.a1',
      candidates: [
        { id: '1', author: 'user-ana', editedAt: 1, receivedAt: 2 },
        {
          id: '2',
          value: { type: 'call', subject: 'Call' },
          author: 'user-ben',
          editedAt: 1,
          receivedAt: 3,
        },
      ],
    })
    const has = () => readOpportunity(doc).view.activities.some(({ id }) => id === 'a1')
    chooseCandidate(doc, 'c-1', '2', { now })
    expect(has()).toBe(true)
    chooseCandidate(doc, 'c-1', '1', { now })
    expect(has()).toBe(false)
  })

  test('[SCH-31] of two near-duplicate blocks keeps the chosen one, or both', () => {
    const doc = makeOpportunity()
    const notes = doc.getXmlFragment('notes')
    notes.delete(0, notes.length)
    const blocks = ['Met Dr. Okafor', 'Met Dr. Okafor.'].map((words) => {
      const block = new Y.XmlElement('paragraph')
      block.insert(0, [new Y.XmlText(words)])
      notes.push([block])
      return block
    })
    const [first, second] = blocks.map((block) => `${block._item?.id.client}-${block._item?.id.clock}`)
    doc.getMap('conflicts').set('c-1', {
      ...closeDate,
      path: 'notes',
      candidates: [
        { id: '1', value: 'Met Dr. Okafor', block: first, editedAt: 1, receivedAt: 2 },
        { id: '2', value: 'Met Dr. Okafor.', block: second, editedAt: 1, receivedAt: 3 },
      ],
    })
    keepBoth(doc, 'c-1', { now })
    expect(notes.length).toBe(2)
    chooseCandidate(doc, 'c-1', '2', { now })
    expect(readOpportunity(doc).view.notes).toBe('Met Dr. Okafor.')
  })

  test('[SCH-31] of two equal lines keeps the first', () => {
    const doc = makeOpportunity()
    const text = doc.getText('text:description')
    text.delete(0, text.length)
    text.insert(0, 'Budget is approved\nother\nBudget is approved\n')
    doc.getMap('conflicts').set('c-1', {
      ...closeDate,
      path: 'text:description',
      candidates: ['1', '2'].map((id) => ({ id, value: 'Budget is approved', editedAt: 1, receivedAt: 2 })),
    })
    chooseCandidate(doc, 'c-1', '1', { now })
    expect(text.toJSON()).toBe('Budget is approved\nother\n')
  })

  test('[SCH-32] a damaged conflict or decision is left out and reported', () => {
    const doc = withConflict()
    doc.getMap('conflicts').set('c-2', { path: 5 })
    doc.getMap('decisions').set('d-1', { type: 'choose' })
    expect(readConflicts(doc).map(({ id }) => id)).toEqual(['c-1'])
    expect(readDecisions(doc)).toEqual([])
    expect(readOpportunity(doc).issues).toContainEqual(expect.objectContaining({ path: 'conflicts.c-2' }))
  })
})

describe('attention', () => {
  test('[SCH-33] an open conflict waits for its authors, a proposal for an approver', () => {
    const doc = withConflict()
    const id = propose(doc, { path: 'financials.amount', value: 1, author: 'user-ana', now })
    expect(readAttention(doc)).toEqual([
      { id, type: 'proposal', path: 'financials.amount', since: now, people: ['user-ana'] },
      {
        id: 'c-1',
        type: 'conflict',
        path: 'fields.closeDate',
        since: buildTime,
        people: ['user-ana', 'user-ben'],
      },
    ])
  })

  test('[SCH-33] a replaced value is news for its author until they have read it', () => {
    const resolved: StoredConflict = { ...closeDate, status: 'resolved', stands: '2' }
    const doc = withConflict(resolved)
    expect(readAttention(doc)).toMatchObject([{ type: 'replaced', people: ['user-ana'] }])
    expect([isNews(resolved, 'user-ana'), isNews(resolved, 'user-ben')]).toEqual([true, false])
    doc.getMap('conflicts').set('c-1', { ...resolved, accepted: ['user-ana'] })
    expect(readAttention(doc)).toEqual([])
    acceptNotice(doc, 'c-1', { now })
    expect(readDecisions(doc)).toMatchObject([{ type: 'accept', conflict: 'c-1' }])
  })

  test('[SCH-33] what was decided here waits for nobody, until the decision is taken back', () => {
    const doc = withConflict()
    const id = propose(doc, { path: 'financials.amount', value: 1, author: 'user-ana', now })
    chooseCandidate(doc, 'c-1', '2', { now })
    decideOnProposal(doc, id, 'approved', { now })
    expect(readAttention(doc)).toEqual([])
    undoDecision(doc, 'c-1', { now: now + 1 })
    expect(readAttention(doc)).toMatchObject([{ id: 'c-1', type: 'conflict' }])
  })

  test('[SCH-33] an ordinary edit asks for nobody', () => {
    const doc = makeOpportunity()
    setField(doc, 'fields.product', 'Velorin', { now })
    expect(readAttention(doc)).toEqual([])
  })
})
