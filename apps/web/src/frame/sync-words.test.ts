import type { SyncSummary } from '@fulqrun/sync'
import { describe, expect, test } from 'vitest'
import { announcement, changes, chipWords, connectionWords, megabytes, stateSentence } from './sync-words.ts'

function makeSummary(part: Partial<SyncSummary>): SyncSummary {
  return { state: 'up-to-date', pending: 0, documents: 0, refused: 0, storage: 'persistent', ...part }
}

const at = new Date(2026, 10, 21, 14, 2).getTime()

describe('the chip says', () => {
  test.each<readonly [Partial<SyncSummary>, string]>([
    [{ state: 'up-to-date', lastSyncedAt: at }, 'Up to date - 14:02'],
    [{ state: 'waiting', pending: 3 }, '3 changes waiting'],
    [{ state: 'waiting', pending: 1 }, '1 change waiting'],
    [{ state: 'sending', pending: 3 }, 'Sending 3...'],
    [{ state: 'offline' }, "You're offline"],
    [{ state: 'refused', refused: 1 }, '1 change not accepted'],
    [{ state: 'signed-out', pending: 2 }, 'Sign in to send 2 changes'],
    [{ state: 'memory-only', storage: 'memory' }, 'Not saved on this device'],
  ])('%o', (part, text) => {
    expect(chipWords(makeSummary(part)).text).toBe(text)
  })

  test('it is quiet only when nothing waits and nothing is wrong', () => {
    const states = ['waiting', 'offline', 'refused', 'signed-out', 'memory-only', 'update-needed'] as const
    for (const state of states) expect(chipWords(makeSummary({ state, pending: 1 })).tone).not.toBe('quiet')
    expect(chipWords(makeSummary({ state: 'up-to-date' })).tone).toBe('quiet')
  })

  test('local work is never called sent', () => {
    const waiting = makeSummary({ state: 'waiting', pending: 2 })
    expect(stateSentence(waiting)).toBe('2 changes are saved on this device and waiting to be sent.')
  })
})

describe('announcements', () => {
  test('saving and sending come and go with every edit and stay silent', () => {
    for (const state of ['saving', 'sending', 'waiting', 'connecting'] as const)
      expect(announcement('up-to-date', makeSummary({ state, pending: 1 }))).toBeUndefined()
  })

  test('going offline and being up to date again are said', () => {
    expect(announcement('up-to-date', makeSummary({ state: 'offline' }))).toContain("You're offline")
    expect(announcement('sending', makeSummary({ state: 'up-to-date' }))).toBe('Up to date')
  })

  test('a state that stays is not said again', () => {
    expect(announcement('offline', makeSummary({ state: 'offline' }))).toBeUndefined()
  })
})

test('the panel tells the next try', () => {
  const session = {
    phase: 'offline' as const,
    since: 0,
    attempt: 3,
    nextAttemptAt: 5000,
    running: true,
    fresh: false,
    heard: false,
    probing: false,
    hinted: false,
    excused: false,
    calm: 0,
    hidden: false,
    saving: false,
  }
  expect(connectionWords(session, 1000)).toBe('Offline (attempt 3), next try in 4 s')
  expect(connectionWords({ ...session, nextAttemptAt: undefined }, 1000)).toBe('Offline')
})

test('amounts in words', () => {
  expect(changes(1)).toBe('1 change')
  expect(changes(0)).toBe('0 changes')
  expect(megabytes(12_400_000)).toBe('12 MB')
  expect(megabytes(300_000)).toBe('under 1 MB')
})
