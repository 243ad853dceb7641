import { expect, test } from 'vitest'
import { gettingWords } from './replica-words.ts'

test('the chip counts records that come for the first time, and only while they come', () => {
  const some = { documents: 1_840, onDevice: 312 }
  const round = { done: 200, total: 1_528 }
  expect(gettingWords(some, { ...round, phase: 'listing' })?.text).toBe('Getting 312 of 1,840')
  expect(gettingWords(some, { ...round, phase: 'fetching' })?.text).toBe('Getting 200 of 1,528')
  // A tab that has not been told yet how far the one that exchanges is.
  expect(gettingWords(some, { phase: 'idle', done: 0, total: 0 })?.text).toBe('Getting 312 of 1,840')
  // Kept back by the bandwidth saver, no room, or a failed round: nothing is on its way.
  expect(gettingWords(some, { ...round, phase: 'done' })).toBeUndefined()
  expect(gettingWords(some, { ...round, phase: 'failed' })).toBeUndefined()
  expect(gettingWords({ documents: 312, onDevice: 312 }, { ...round, phase: 'fetching' })).toBeUndefined()
})
