import { addEntry, readOpportunity } from '@fulqrun/schema'
import { makeOpportunity } from '@fulqrun/testkit'
import { expect, test } from 'vitest'
import { conflictLabel } from './conflict-label.ts'
import { openConflict, removedConflict } from './fixtures.test-support.ts'

test('a conflict is called by its field, or by the entry, also when that is removed', () => {
  const doc = makeOpportunity()
  const label = (conflict: typeof openConflict) => conflictLabel(readOpportunity(doc).view, conflict)
  expect(label(openConflict)).toBe('Close date')
  expect(label(removedConflict)).toBe('Activity "Call Dr. Weiss"')
  addEntry(doc, 'activities', { type: 'call', subject: 'Call Dr. Weiss soon' }, { now: 1, id: 'a1' })
  expect(label(removedConflict)).toBe('Activity "Call Dr. Weiss soon"')
})
