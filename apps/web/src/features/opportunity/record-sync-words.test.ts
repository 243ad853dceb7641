import { expect, test } from 'vitest'
import { type RecordSyncState, recordSyncWords } from './record-sync-words.ts'

const now = new Date(2026, 10, 21, 14, 2).getTime()

function makeState(state: Partial<RecordSyncState> = {}): RecordSyncState {
  return {
    local: 'saved',
    pending: 0,
    remote: 'synced',
    access: 'write',
    refused: [],
    lastSyncedAt: now,
    ...state,
  }
}

test('quiet with a time when the server has everything', () => {
  expect(recordSyncWords(makeState(), 'live', now)).toEqual({
    text: 'Up to date - 14:02',
    mark: 'check',
    tone: 'quiet',
  })
})

test('never says up to date while something waits or nobody is there to confirm', () => {
  expect(recordSyncWords(makeState({ pending: 1 }), 'live', now).text).toBe('Saved on this device')
  expect(recordSyncWords(makeState({ pending: 3 }), 'offline', now).text).toBe('3 changes waiting')
  expect(recordSyncWords(makeState({ pending: 1 }), 'offline', now).text).toBe('1 change waiting')
  expect(recordSyncWords(makeState(), 'offline', now).text).toBe('Offline - as of 14:02')
  expect(recordSyncWords(makeState({ remote: 'behind' }), 'live', now).text).toBe('Getting the latest')
})

test('a record that never reached the server is on this device', () => {
  const state = makeState({ remote: 'never', lastSyncedAt: undefined })
  expect(recordSyncWords(state, 'offline', now).text).toBe('On this device')
})

test('what is refused, ended or not kept asks for attention first', () => {
  expect(recordSyncWords(makeState({ refused: [{}], pending: 2 }), 'live', now)).toMatchObject({
    text: '1 change not accepted',
    tone: 'conflict',
  })
  expect(recordSyncWords(makeState({ access: 'none' }), 'live', now).text).toBe('Access has ended')
  expect(recordSyncWords(makeState({ local: 'memory' }), 'live', now).tone).toBe('attention')
})
