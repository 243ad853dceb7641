import type { HistoryEntry } from '@fulqrun/protocol'
import { expect, test } from 'vitest'
import { type HistoryState, withAnswer } from './use-history.ts'

function makeEntries(...seqs: number[]): HistoryEntry[] {
  return seqs.map((seq) => ({
    seq,
    author: { id: 'u', name: 'U' },
    origin: 'device',
    receivedAt: seq,
    changes: [],
  }))
}

function makeState(state: Partial<HistoryState> = {}): HistoryState {
  return { entries: makeEntries(4, 3), next: 3, status: 'ready', isLoadingMore: false, ...state }
}

const seqsOf = (state: HistoryState) => state.entries.map(({ seq }) => seq)

test('a refreshed newest page keeps the older pages that were loaded', () => {
  const state = withAnswer(
    makeState(),
    { kind: 'ok', value: { entries: makeEntries(5, 4), next: 4 } },
    undefined,
  )
  expect(seqsOf(state)).toEqual([5, 4, 3])
  expect(state.next).toBe(3)
})

test('a newest page with a gap to what was loaded starts over, so that nothing is silently missing', () => {
  const state = withAnswer(
    makeState(),
    { kind: 'ok', value: { entries: makeEntries(9, 8), next: 8 } },
    undefined,
  )
  expect(seqsOf(state)).toEqual([9, 8])
  expect(state.next).toBe(8)
})

test('an older page is appended, and the last one ends the list', () => {
  const state = withAnswer(
    makeState({ isLoadingMore: true }),
    { kind: 'ok', value: { entries: makeEntries(2) } },
    3,
  )
  expect(seqsOf(state)).toEqual([4, 3, 2])
  expect(state.next).toBeUndefined()
  expect(state.isLoadingMore).toBe(false)
})

test('offline keeps what was loaded and says so', () => {
  const state = withAnswer(makeState(), { kind: 'unreachable' }, undefined)
  expect(state.status).toBe('offline')
  expect(seqsOf(state)).toEqual([4, 3])
})

test('a record that the server does not know yet has an empty history, not an error', () => {
  const state = withAnswer(makeState({ entries: [] }), { kind: 'refused', status: 404 }, undefined)
  expect(state.status).toBe('ready')
})
