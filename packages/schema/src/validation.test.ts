import { expect, test } from 'vitest'
import { isLuhnValid, isNpi } from './npi.ts'
import { checkValue, isCalendarDate } from './validation.ts'

const problem = (path: string, value: unknown) => checkValue('contact', path, value)?.code
const dealProblem = (path: string, value: unknown) => checkValue('opportunity', path, value)?.code

test('[SCH-16] an NPI has ten digits, starts with 1 or 2 and ends with its check digit', () => {
  // 1234567893 is the published test number; 80840 adds 24 to the Luhn sum (DOMAIN 5.4).
  expect(isNpi('1234567893')).toBe(true)
  for (const wrong of ['1234567890', '3234567893', '123456789', '12345678930', '123456789a', ''])
    expect(isNpi(wrong)).toBe(false)
  expect(isLuhnValid('79927398713')).toBe(true)
  expect(isLuhnValid('79927398710')).toBe(false)
  expect(isLuhnValid('')).toBe(false)
})

test('[SCH-7] each field type accepts what it should', () => {
  const fine: [string, unknown][] = [
    ['fields.npi', '1234567893'],
    ['fields.email', 'a.b+c@d.example'],
    ['fields.phone', '+1 (555) 010-1234 ext. 12'],
    ['fields.isActive', false],
    ['fields.segment', 'a'],
    ['fields.city', undefined],
    ['licences.l1.deaSchedules', ['II', 'III']],
    ['consents.c1.capturedAt', 1_790_000_000_000],
    ['consents.c1', { channel: 'email', optType: 'opt_out' }],
    ['consents.c1', undefined],
    ['edited.fields.city', 5],
    ['notes', 'words'],
  ]
  expect(fine.filter(([path, value]) => problem(path, value) !== undefined)).toEqual([])
})

test('[SCH-7] each field type refuses what it should', () => {
  const wrong: [string, unknown][] = [
    ['fields.npi', 1234567893],
    ['fields.email', 'a b@c.d'],
    ['fields.phone', 'call me'],
    ['fields.isActive', 'yes'],
    ['fields.segment', 'A'],
    ['licences.l1.deaSchedules', ['']],
    ['licences.l1.deaSchedules', Array.from({ length: 51 }, () => 'II')],
    ['licences.l1.expiresOn', '2026-02-29'],
    ['consents.c1.capturedAt', -1],
    ['edited.fields.city', 'now'],
    ['meta.kind', 'lead'],
  ]
  expect(wrong.filter(([path, value]) => problem(path, value) !== 'value/invalid')).toEqual([])
  expect(problem('consents.c1', 'yes')).toBe('entry/invalid')
  expect(problem('proposals.p1', { path: 'financials.amount' })).toBe('entry/invalid')
})

test('[SCH-7] amounts have two decimals and stay in their range', () => {
  const amount = (value: unknown) => dealProblem('financials.amount', value)
  const fine = [0, 0.3, 0.07, 1_234_567.89, 9_999_999_999_999, 8_123_456_789_012.34]
  expect(fine.filter((value) => amount(value) !== undefined)).toEqual([])
  const wrong = [-0.01, 0.005, Number.NaN, Infinity, 1e13, '10']
  expect(wrong.filter((value) => amount(value) !== 'value/invalid')).toEqual([])
  expect(dealProblem('financials.discount', 100.5)).toBe('value/invalid')
  expect(dealProblem('financials.version', 1.5)).toBe('value/invalid')
})

test.each([
  '',
  'fields',
  'fields.',
  'values.trx',
  'activities',
  'activities.a.b.c',
  'text:x',
  'edited',
  'meta.',
])('[SCH-4] there is nothing to write at %j', (path) => {
  expect(dealProblem(path, 'x')).toBeDefined()
})

test.each(['fields.__proto__', 'fields.constructor', 'toString', 'consents.c1', 'values.trx'])(
  '[SCH-4] %s does not exist on an opportunity',
  (path) => {
    expect(dealProblem(path, 'x')).toBe('path/unknown')
  },
)

test('a calendar date exists', () => {
  expect(['2024-02-29', '2026-12-31'].every(isCalendarDate)).toBe(true)
  expect(['2026-02-29', '2026-13-01', '2026-1-1', '', '20260101'].some(isCalendarDate)).toBe(false)
})
