import { expect, test } from 'vitest'
import { applySplice, diffText, mapPosition, mapSelection, rebaseSplice } from './text-splice.ts'

test('equal texts have no splice', () => {
  expect(diffText('same', 'same')).toBeUndefined()
})

test('the caret decides which of several equal letters was typed', () => {
  expect(diffText('aaa', 'aaaa', 2)).toEqual({ index: 1, remove: 0, insert: 'a' })
  expect(diffText('aaa', 'aaaa', 4)).toEqual({ index: 3, remove: 0, insert: 'a' })
})

test('a misleading caret still gives the smallest splice', () => {
  expect(diffText('hello world', 'hello brave world', 17)).toEqual({ index: 6, remove: 0, insert: 'brave ' })
  expect(diffText('hello world', 'hello brave world', 0)).toEqual({ index: 5, remove: 0, insert: ' brave' })
})

test('forward delete removes behind the caret', () => {
  expect(diffText('aab', 'ab', 1)).toEqual({ index: 1, remove: 1, insert: '' })
})

test('emoji that share half a surrogate pair are replaced whole', () => {
  expect(diffText('x😀y', 'x😁y')).toEqual({ index: 1, remove: 2, insert: '😁' })
})

test('text that arrives at a caret lands behind it', () => {
  expect(mapPosition(2, [{ retain: 2 }, { insert: 'zz' }], 'before')).toBe(2)
  expect(mapPosition(2, [{ retain: 1 }, { insert: 'zz' }], 'before')).toBe(4)
})

test('a position inside a removed range moves to its start', () => {
  expect(mapPosition(4, [{ retain: 2 }, { delete: 5 }], 'before')).toBe(2)
})

test('a selection neither grows nor shrinks when text arrives at its edges', () => {
  const delta = [{ retain: 2 }, { insert: 'AA' }, { retain: 3 }, { insert: 'BB' }]
  expect(mapSelection({ start: 2, end: 5 }, delta)).toEqual({ start: 4, end: 7 })
})

test('a rebased removal spares what a colleague inserted inside it', () => {
  // "abcdef": remove "bcd" and write "X", while "--" arrived between c and d.
  const splices = rebaseSplice({ index: 1, remove: 3, insert: 'X' }, [[{ retain: 3 }, { insert: '--' }]])
  expect(splices.reduce(applySplice, 'abc--def')).toBe('aX--ef')
})

test('a rebased removal skips what was removed already', () => {
  const splices = rebaseSplice({ index: 1, remove: 4, insert: '' }, [[{ retain: 2 }, { delete: 2 }]])
  expect(splices.reduce(applySplice, 'abef')).toBe('af')
})
