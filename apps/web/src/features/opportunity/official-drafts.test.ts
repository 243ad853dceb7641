import type { Financials } from '@fulqrun/schema'
import { expect, test } from 'vitest'
import { changedValues, draftProblems, draftsOf, rebaseDrafts } from './official-drafts.ts'

const base: Financials = {
  amount: 45_000,
  currency: 'USD',
  discount: 5,
  margin: undefined,
  version: 3,
  source: 'ERP',
}

test('an untouched form changes nothing', () => {
  expect(changedValues(draftsOf(base), base)).toEqual({})
})

test('only what was changed is sent, read as people write numbers', () => {
  const drafts = { ...draftsOf(base), amount: '48,000', margin: '60 %' }
  expect(changedValues(drafts, base)).toEqual({ amount: 48_000, margin: 60 })
})

test('values that do not fit their field have a problem', () => {
  expect(Object.keys(draftProblems({ ...draftsOf(base), amount: 'much', discount: '120' }))).toEqual([
    'amount',
    'discount',
  ])
  expect(draftProblems(draftsOf(base))).toEqual({})
})

test('newer official values keep what was typed and never get reverted by what was not', () => {
  const newer: Financials = { ...base, amount: 50_000, discount: 8, version: 4 }
  const drafts = rebaseDrafts({ ...draftsOf(base), discount: '6' }, base, newer)
  expect(changedValues(drafts, newer)).toEqual({ discount: 6 })
})
