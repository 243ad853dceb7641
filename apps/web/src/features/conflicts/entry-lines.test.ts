import { expect, test } from 'vitest'
import { entryLines } from './entry-lines.ts'
import { removedConflict } from './fixtures.test-support.ts'

const [anas, bens] = removedConflict.candidates

test('an entry is read field by field, with what was changed marked', () => {
  const lines = entryLines('opportunity', 'activities.a1', { value: anas?.value, base: removedConflict.base })
  expect(lines.map(({ label, value, isChanged }) => [label, value, isChanged])).toEqual([
    ['Due', '2026-11-27', true],
    ['Type', 'call', false],
    ['Subject', 'Call Dr. Weiss', false],
  ])
})

test('a removed entry has nothing to read, and nothing is called changed without the state before', () => {
  expect(
    entryLines('opportunity', 'activities.a1', { value: bens?.value, base: removedConflict.base }),
  ).toEqual([])
  const lines = entryLines('opportunity', 'activities.a1', { value: anas?.value, base: undefined })
  expect(lines.some(({ isChanged }) => isChanged)).toBe(false)
})

test('a field that was cleared is a change', () => {
  const lines = entryLines('opportunity', 'activities.a1', {
    value: { type: 'call', subject: 'Call Dr. Weiss' },
    base: removedConflict.base,
  })
  expect(lines.find(({ label }) => label === 'Due')).toMatchObject({ value: undefined, isChanged: true })
})
