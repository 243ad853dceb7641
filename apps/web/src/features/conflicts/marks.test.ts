import type { Decision, Proposal } from '@fulqrun/schema'
import { expect, test } from 'vitest'
import { ana, ben, openConflict, removedConflict, replacedConflict } from './fixtures.test-support.ts'
import { conflictsMarked, marksAt, marksOf, ownLosers } from './marks.ts'

const proposal: Proposal = {
  id: 'p-1',
  path: 'fields.stage',
  value: 'advancing',
  author: ana,
  proposedAt: 1,
  status: 'waiting',
}
const facts = {
  conflicts: [openConflict, replacedConflict, removedConflict],
  proposals: [proposal, { ...proposal, id: 'p-2', status: 'approved' as const }],
  decisions: [] as readonly Decision[],
}
const types = (path: string, userId: string, decisions: readonly Decision[] = []) =>
  marksAt(marksOf({ ...facts, decisions }, userId), path).map(({ type }) => type)

test('fields carry what waits for a decision, and what was replaced of their author', () => {
  expect(types('fields.closeDate', ben)).toEqual(['conflict'])
  expect(types('fields.phone', ana)).toEqual(['replaced'])
  expect(types('fields.phone', ben)).toEqual([])
  expect(types('fields.stage', ben)).toEqual(['proposal'])
  expect(types('fields.name', ana)).toEqual([])
})

test('what happened to a whole entry is shown where its name stands', () => {
  expect(types('activities.a1.subject', ana)).toEqual(['conflict'])
  expect(types('activities.a1.dueDate', ana)).toEqual([])
  expect(types('activities.a2.subject', ana)).toEqual([])
})

test('what was decided here shows as decided, and what was read is gone', () => {
  const decisions: readonly Decision[] = [
    { id: 'd-1', type: 'choose', conflict: 'c-1', candidate: '1', seen: [], at: 1 },
    { id: 'd-2', type: 'accept', conflict: 'c-2', at: 2 },
    { id: 'd-3', type: 'proposal', proposal: 'p-1', decision: 'withdrawn', at: 3 },
  ]
  expect(types('fields.closeDate', ana, decisions)).toEqual(['decided'])
  expect(types('fields.phone', ana, decisions)).toEqual([])
  expect(types('fields.stage', ana, decisions)).toEqual([])
})

test('conflicts by what they ask for', () => {
  const marks = marksOf(facts, ana)
  expect(conflictsMarked(marks, 'conflict').map(({ id }) => id)).toEqual(['c-1', 'c-3'])
  expect(conflictsMarked(marks, 'replaced').map(({ id }) => id)).toEqual(['c-2'])
})

test('the values that a person lost, the newest first', () => {
  const again = { id: '3', value: '555-0102', author: ana, editedAt: 90 * 60_000, receivedAt: 90 * 60_000 }
  const conflict = { ...replacedConflict, candidates: [...replacedConflict.candidates, again] }
  expect(ownLosers(conflict, ana).map(({ id }) => id)).toEqual(['3', '1'])
  expect(ownLosers(conflict, ben)).toEqual([])
})
