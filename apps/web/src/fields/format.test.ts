import { fieldSpec } from '@fulqrun/schema'
import { describe, expect, test } from 'vitest'
import { formatAgo, formatDate, formatDateShort, formatMoney, formatValue } from './format.ts'

describe('formatMoney', () => {
  test('shows the currency and no cents that are not there', () => {
    expect(formatMoney(45_000, 'USD')).toBe('$45,000')
    expect(formatMoney(45_000.5, 'USD')).toBe('$45,000.50')
  })

  test('an unknown currency does not break the number', () => {
    expect(formatMoney(45_000, 'dollars')).toBe('45,000')
  })
})

describe('dates', () => {
  test('a calendar day is the same day in every time zone', () => {
    expect(formatDate('2026-03-31')).toBe('Mar 31, 2026')
  })

  test('the year is left out in the current year only', () => {
    expect(formatDateShort('2026-03-31', '2026-11-21')).toBe('Mar 31')
    expect(formatDateShort('2027-03-31', '2026-11-21')).toBe('Mar 31, 2027')
  })

  test('what is not a date stays as it is', () => {
    expect(formatDate('soon')).toBe('soon')
  })
})

test('formatAgo uses one unit', () => {
  const now = 10 * 86_400_000
  expect(formatAgo(now - 20_000, now)).toBe('just now')
  expect(formatAgo(now - 5 * 60_000, now)).toBe('5 min ago')
  expect(formatAgo(now - 2 * 3_600_000, now)).toBe('2 h ago')
  expect(formatAgo(now - 86_400_000, now)).toBe('1 day ago')
})

describe('formatValue', () => {
  const show = (path: string, value: unknown) => {
    const spec = fieldSpec('opportunity', path)
    if (spec === undefined) throw new Error(path)
    return formatValue(spec, value, { currency: 'USD', personName: (id) => `name of ${id}` })
  }

  test('a choice reads as its label', () => {
    expect(show('fields.stage', 'key_decision')).toBe('Key decision')
  })

  test('a choice that this version does not know reads as stored', () => {
    expect(show('fields.stage', 'negotiating')).toBe('negotiating')
  })

  test('money, percent, date, person and list', () => {
    expect(show('fields.budget', 1200)).toBe('$1,200')
    expect(show('fields.probability', 25)).toBe('25 %')
    expect(show('fields.closeDate', '2026-03-31')).toBe('Mar 31, 2026')
    expect(show('fields.ownerId', 'u1')).toBe('name of u1')
    expect(show('fields.competitors', ['Novax', 'Belar'])).toBe('Novax, Belar')
  })

  test('nothing is empty text', () => {
    expect(show('fields.closeDate', undefined)).toBe('')
  })
})
