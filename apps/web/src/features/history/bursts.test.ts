import type { ChangeRecord, HistoryEntry } from '@fulqrun/protocol'
import { expect, test } from 'vitest'
import { groupHistory, kindOf, mergePages, waitedOnDevice } from './bursts.ts'

const noon = new Date(2026, 10, 20, 12, 0, 0).getTime()
const ana = { id: 'u-ana', name: 'Ana' }
const ben = { id: 'u-ben', name: 'Ben' }

function makeChange(change: Partial<ChangeRecord> = {}): ChangeRecord {
  return { path: 'fields.name', action: 'set', before: 'a', after: 'b', editedAt: noon, ...change }
}

function makeEntry(seq: number, entry: Partial<HistoryEntry> = {}): HistoryEntry {
  return {
    seq,
    author: ana,
    origin: 'device',
    receivedAt: noon + seq * 1000,
    changes: [makeChange()],
    ...entry,
  }
}

function typed(seq: number, inserted: string): HistoryEntry {
  return makeEntry(seq, {
    changes: [{ path: 'notes', action: 'text', inserted, deleted: '', editedAt: noon + seq }],
  })
}

test('edits of one author within two minutes are one burst', () => {
  const late = noon + 2 * 60_000
  const days = groupHistory([makeEntry(2, { receivedAt: late }), makeEntry(1, { receivedAt: noon })])
  expect(days).toHaveLength(1)
  expect(days[0]?.bursts).toHaveLength(1)
  expect(days[0]?.bursts[0]).toMatchObject({ from: noon, to: late, id: '1' })
})

test('a longer pause, another author or another origin starts a new burst', () => {
  const days = groupHistory([
    makeEntry(4, { receivedAt: noon + 600_000 }),
    makeEntry(3, { origin: 'restore', receivedAt: noon + 2000 }),
    makeEntry(2, { author: ben, receivedAt: noon + 1000 }),
    makeEntry(1, { receivedAt: noon }),
  ])
  expect(days[0]?.bursts.map(({ id }) => id)).toEqual(['4', '3', '2', '1'])
})

test('a burst does not cross midnight', () => {
  const midnight = new Date(2026, 10, 21).getTime()
  const days = groupHistory([
    makeEntry(2, { receivedAt: midnight + 10 }),
    makeEntry(1, { receivedAt: midnight - 10 }),
  ])
  expect(days.map(({ day }) => new Date(day).getDate())).toEqual([21, 20])
})

test('keystrokes in one text fold into one line in the order they were typed', () => {
  const [day] = groupHistory([typed(3, 'c'), typed(2, 'b'), typed(1, 'a')])
  const line = day?.bursts[0]?.lines[0]
  expect(line).toMatchObject({ inserted: 'abc', count: 3, editedAt: noon + 1, seq: 3 })
  expect(day?.bursts[0]?.lines).toHaveLength(1)
})

test('changes of one field show the value before the first and after the last', () => {
  const [day] = groupHistory([
    makeEntry(2, { changes: [makeChange({ before: 'b', after: 'c' })] }),
    makeEntry(1, { changes: [makeChange({ before: 'a', after: 'b' })] }),
  ])
  expect(day?.bursts[0]?.lines).toMatchObject([{ before: 'a', after: 'c', count: 2 }])
})

test('what a rule put back is never folded away', () => {
  const putBack = makeChange({ path: 'financials.amount', action: 'put-back', rule: 'POL-1' })
  const [day] = groupHistory([makeEntry(2, { changes: [putBack] }), makeEntry(1, { changes: [putBack] })])
  expect(day?.bursts[0]?.lines).toHaveLength(2)
})

test('stamps of edit times are not shown, and a burst of only those is left out', () => {
  const stamps = makeEntry(1, { changes: [makeChange({ path: 'edited.fields.name' })] })
  expect(groupHistory([stamps])).toEqual([])
})

test('a new record is one line, and the version of official values is not a change of its own', () => {
  const [day] = groupHistory([
    makeEntry(1, {
      changes: [
        makeChange({ path: 'meta.kind', before: undefined, after: 'opportunity' }),
        makeChange({ path: 'meta.territoryId', before: undefined, after: 't' }),
        makeChange({ path: 'financials.version', before: 1, after: 2 }),
      ],
    }),
  ])
  expect(day?.bursts[0]?.lines).toMatchObject([{ action: 'create', path: 'meta.kind' }])
})

test('who completed an activity and when is told by the change itself', () => {
  const changes = ['status', 'completedAt', 'completedBy'].map((key) =>
    makeChange({ path: `activities.a1.${key}` }),
  )
  const lines = groupHistory([makeEntry(1, { changes })])[0]?.bursts[0]?.lines
  expect(lines?.map(({ path }) => path)).toEqual(['activities.a1.status'])
})

test('a reason that holds for a whole burst is said once', () => {
  const changes = ['financials.amount', 'financials.margin'].map((path) =>
    makeChange({ path, reason: 'First quote' }),
  )
  const burst = groupHistory([makeEntry(1, { changes })])[0]?.bursts[0]
  expect(burst?.reason).toBe('First quote')
  expect(burst?.lines.map(({ reason }) => reason)).toEqual([undefined, undefined])
  const mixed = [...changes, makeChange({ path: 'fields.stage' })]
  expect(groupHistory([makeEntry(1, { changes: mixed })])[0]?.bursts[0]?.reason).toBeUndefined()
})

test('filters by person and by kind', () => {
  const entries = [makeEntry(2, { author: ben }), typed(1, 'x')]
  expect(groupHistory(entries, { kind: 'all', authorId: ben.id })[0]?.bursts.map(({ id }) => id)).toEqual([
    '2',
  ])
  expect(groupHistory(entries, { kind: 'text' })[0]?.bursts.map(({ id }) => id)).toEqual(['1'])
})

test('every change has one kind', () => {
  expect(kindOf(makeChange())).toBe('fields')
  expect(kindOf(makeChange({ path: 'activities.a1.status' }))).toBe('activities')
  expect(kindOf(makeChange({ path: 'text:commentary', action: 'text' }))).toBe('text')
  expect(kindOf(makeChange({ path: 'proposals.p1', action: 'propose' }))).toBe('proposals')
  expect(kindOf(makeChange({ path: 'proposals.p1', action: 'decide' }))).toBe('proposals')
  expect(kindOf(makeChange({ path: 'financials.amount', action: 'decide' }))).toBe('proposals')
  expect(kindOf(makeChange({ action: 'conflict', rule: 'RES-2' }))).toBe('conflicts')
  expect(kindOf(makeChange({ action: 'decide', rule: 'RES-3' }))).toBe('conflicts')
  expect(kindOf(makeChange({ action: 'put-back', rule: 'POL-1' }))).toBe('rule')
})

test('an edit that waited on the device says so', () => {
  expect(waitedOnDevice({ editedAt: noon, receivedAt: noon + 60_000 })).toBe(true)
  expect(waitedOnDevice({ editedAt: noon, receivedAt: noon + 900 })).toBe(false)
})

test('a refreshed first page joins the loaded ones without doubles', () => {
  const merged = mergePages([makeEntry(4), makeEntry(3)], [makeEntry(3), makeEntry(2)])
  expect(merged.map(({ seq }) => seq)).toEqual([4, 3, 2])
})
