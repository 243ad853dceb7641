import { chooseCandidate, readOpportunity, setField } from '@fulqrun/schema'
import { makeOpportunity } from '@fulqrun/testkit'
import { expect, test } from 'vitest'
import { openConflict } from './fixtures.test-support.ts'
import { removingPassage, restorePassage } from './text-undo.ts'

test('a passage that a choice removed comes back, and nothing else changes', () => {
  const doc = makeOpportunity()
  const text = doc.getText('text:description')
  text.delete(0, text.length)
  text.insert(0, 'Budget is approved\nBudget was approved\n')
  const { id, ...stored } = openConflict
  const conflict = {
    ...stored,
    path: 'text:description',
    candidates: openConflict.candidates.map((candidate, index) => ({
      ...candidate,
      value: index === 0 ? 'Budget is approved' : 'Budget was approved',
    })),
  }
  doc.getMap('conflicts').set(id, conflict)
  removingPassage(doc, { id: 'c-1', path: conflict.path }, () => {
    chooseCandidate(doc, 'c-1', '2', { now: 1 })
  })
  expect(text.toJSON()).toBe('Budget was approved\n')
  setField(doc, 'fields.product', 'Velorin', { now: 2 })
  text.insert(text.length, 'Later words')
  restorePassage(doc, 'c-1')
  expect(text.toJSON()).toBe('Budget is approved\nBudget was approved\nLater words')
  expect(readOpportunity(doc).view.fields.product).toBe('Velorin')
  restorePassage(doc, 'c-1')
  expect(text.toJSON()).toContain('Budget is approved')
})
