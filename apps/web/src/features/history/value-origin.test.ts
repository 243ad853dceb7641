import type { ChangeRecord, HistoryEntry } from '@fulqrun/protocol'
import { expect, test } from 'vitest'
import { originOf } from './value-origin.ts'

const path = 'fields.closeDate'
const entry = (seq: number, name: string, change: Partial<ChangeRecord>): HistoryEntry => ({
  seq,
  author: { id: name.toLowerCase(), name },
  origin: 'device',
  receivedAt: seq * 1000,
  changes: [{ path, action: 'set', editedAt: seq, ...change }],
})

test('the value before a change is that of whoever put it there, not of whoever only wanted it', () => {
  const entries = [
    entry(5, 'Ben', { before: '2026-10-01', after: '2026-12-01' }),
    entry(4, 'Dana', { action: 'put-back', before: '2026-10-01', after: '2026-12-01' }),
    entry(3, 'Ana', { path: 'fields.name', after: '2026-10-01' }),
    entry(2, 'Mia', { before: '2026-09-01', after: '2026-10-01' }),
  ]
  expect(originOf(entries, { path, value: '2026-10-01', until: 5 })).toEqual({
    author: { id: 'mia', name: 'Mia' },
    at: 2000,
  })
  // What stood later says nothing of an earlier change.
  expect(originOf(entries, { path, value: '2026-12-01', until: 4 })).toBeUndefined()
  // From before what is loaded, or nothing at all.
  expect(originOf(entries, { path, value: '2026-09-01', until: 5 })).toBeUndefined()
  expect(originOf(entries, { path, value: undefined, until: 5 })).toBeUndefined()
})
