import { describe, expect, test } from 'vitest'
import { diffWords, readableDiff } from './word-diff.ts'

const read = (before: string, after: string) =>
  diffWords(before, after)
    .map(({ type, text }) => (type === 'same' ? text : type === 'added' ? `[+${text}]` : `[-${text}]`))
    .join('')

describe('words of two texts', () => {
  test.each([
    ['equal texts have one part', 'a b c', 'a b c', 'a b c'],
    ['a word that was added', 'Call the buyer', 'Call the economic buyer', 'Call the [+economic ]buyer'],
    ['a word that was exchanged', 'due on Monday.', 'due on Friday.', 'due on [-Monday][+Friday].'],
    ['everything is new', '', 'New words', '[+New words]'],
    ['everything is gone', 'Old words', '', '[-Old words]'],
    ['nothing at all', '', '', ''],
  ])('%s', (_name, before, after, expected) => {
    expect(read(before, after)).toBe(expected)
  })

  test('give both texts back, whatever they are', () => {
    const texts = ['', 'a', 'a b a b', 'Ärzte: 3 x 4 mg, täglich', ' lead\n\nand  gaps ', 'b a b a']
    for (const before of texts) {
      for (const after of texts) {
        const parts = diffWords(before, after)
        const join = (skipped: string) =>
          parts.flatMap(({ type, text }) => (type === skipped ? [] : [text])).join('')
        expect([join('added'), join('removed')]).toEqual([before, after])
      }
    }
  })

  test('of texts too long to compare stand one after the other', () => {
    const before = Array.from({ length: 1500 }, (_, index) => `a${index}`).join(' ')
    const after = Array.from({ length: 1500 }, (_, index) => `b${index}`).join(' ')
    expect(diffWords(before, after).map(({ type }) => type)).toEqual(['removed', 'added'])
  })

  test('are not looked for in names, numbers, and texts that have little in common', () => {
    expect(readableDiff('+1 715 555 0107', '+1 715 555 0143')).toBeUndefined()
    expect(readableDiff('Call Dr. Weiss', undefined)).toBeUndefined()
    expect(readableDiff('Prairie View Diabetes Clinic', 'Northline Health System')).toBeUndefined()
    expect(readableDiff('Call Dr. Weiss on Monday', 'Call Dr. Weiss on Friday')).toHaveLength(3)
  })
})
