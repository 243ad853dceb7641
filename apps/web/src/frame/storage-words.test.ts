import { expect, test } from 'vitest'
import { keptWords, sizeWords, usedWords } from './storage-words.ts'

const room = { usedBytes: 2_440_000, availableBytes: 10_700_000_000, isPersisted: false }

test('what is kept is said in the same words and numbers everywhere', () => {
  expect(usedWords(room)).toBe('2.4 MB of 10.7 GB')
  expect(usedWords({ ...room, availableBytes: undefined })).toBe('2.4 MB')
  expect([sizeWords(1), sizeWords(12_400_000)]).toEqual(['1 KB', '12 MB'])
  expect(keptWords('persistent', room)).toBe('The browser may clear it')
  expect(keptWords('persistent', { ...room, isPersisted: true })).toBe('Yes, the browser agreed')
  // What is in memory alone is not kept, whatever the browser promised for the rest.
  expect(keptWords('memory', { ...room, isPersisted: true })).toBe('No, in memory only')
})
