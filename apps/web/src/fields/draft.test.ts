import { fieldSpec } from '@fulqrun/schema'
import { describe, expect, test } from 'vitest'
import { draftOf, parseDraft, parseNumber, sameValue } from './draft.ts'

function specOf(path: string) {
  const spec = fieldSpec('opportunity', path)
  if (spec === undefined) throw new Error(path)
  return spec
}

describe('parseNumber', () => {
  test.each([
    ['1,234.50', 1234.5],
    ['$48,000', 48_000],
    ['48 000 EUR', 48_000],
    ['12 %', 12],
    ['\u22125', -5],
    ['.5', 0.5],
  ])('reads %s', (text, value) => {
    expect(parseNumber(text)).toBe(value)
  })

  test.each(['', 'twelve', '1.2.3', '1e9', '--1'])('does not read %j', (text) => {
    expect(parseNumber(text)).toBeUndefined()
  })
})

describe('parseDraft', () => {
  test('an empty draft clears the field', () => {
    expect(parseDraft(specOf('fields.name'), '   ')).toBeUndefined()
  })

  test('a list is what stands between commas, without blanks', () => {
    expect(parseDraft(specOf('fields.competitors'), 'Novax, , Belar ')).toEqual(['Novax', 'Belar'])
  })

  test('what is no number is handed on for the check to word the problem', () => {
    expect(parseDraft(specOf('fields.budget'), 'a lot')).toBe('a lot')
  })

  test('going to a draft and back keeps a value', () => {
    const spec = specOf('fields.budget')
    expect(parseDraft(spec, draftOf(1234.5))).toBe(1234.5)
    expect(parseDraft(specOf('fields.competitors'), draftOf(['Novax', 'Belar']))).toEqual(['Novax', 'Belar'])
  })
})

describe('sameValue', () => {
  test('cleared is cleared, whatever it was cleared with', () => {
    expect(sameValue(undefined, '')).toBe(true)
  })

  test('lists go by their entries', () => {
    expect(sameValue(['a'], ['a'])).toBe(true)
    expect(sameValue(['a'], ['b'])).toBe(false)
  })

  test('a number and its text are not the same', () => {
    expect(sameValue(1, '1')).toBe(false)
  })
})
