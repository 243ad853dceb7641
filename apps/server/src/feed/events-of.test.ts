import type { ChangeRecord, DocumentName, FeedEvent } from '@fulqrun/protocol'
import { isFeedEvent } from '@fulqrun/protocol'
import { describe, expect, test } from 'vitest'
import type { EntryMark, LoggedEntry } from '../store/document-store.ts'
import { eventsOf } from './events-of.ts'

const id = '0198c6f2-7a31-7cc2-9d0e-2f1b6a3c4d5e'
const deal = `meridian/opportunity/${id}` as DocumentName
const kpi = `meridian/kpi/${id}` as DocumentName

interface Parts {
  readonly document?: DocumentName
  readonly changes?: readonly Partial<ChangeRecord>[]
  readonly marks?: readonly EntryMark[]
}

function entry({ document = deal, changes = [], marks }: Parts): LoggedEntry {
  return {
    seq: 7,
    document,
    author: { id: 'ana', name: 'Ana Castillo' },
    origin: 'device',
    receivedAt: 50,
    changes: changes.map((change) => ({ path: 'fields.name', action: 'set', editedAt: 40, ...change })),
    ...(marks === undefined ? {} : { marks }),
  }
}

/** The events of an entry but for the first, which says that the record was changed. */
function eventsBesideChange(parts: Parts): FeedEvent[] {
  const [changed, ...rest] = eventsOf(entry(parts))
  expect(changed?.type).toBe('record.changed')
  for (const event of rest) expect(isFeedEvent(event)).toBe(true)
  return rest
}

const conflict = (parts: Partial<EntryMark>): Parts => ({
  marks: [
    { type: 'conflict', id: 'c', path: 'fields.name', status: 'open', people: ['ana', 'ben'], ...parts },
  ],
})
const proposal = (parts: Partial<EntryMark>): Parts => ({
  marks: [
    { type: 'proposal', id: 'p', path: 'financials.amount', status: 'waiting', people: ['ana'], ...parts },
  ],
})
const types = (parts: Parts) => eventsBesideChange(parts).map(({ type }) => type)

describe('what an entry of the log means', () => {
  test('[SSE-1] every change is one of its record, with each path once and at most 50', () => {
    const changes = [{}, {}, ...Array.from({ length: 60 }, (_, index) => ({ path: `fields.f${index}` }))]
    const [changed] = eventsOf(entry({ changes }))
    expect(changed).toMatchObject({
      type: 'record.changed',
      seq: 7,
      name: deal,
      head: 7,
      at: 50,
      author: { id: 'ana', name: 'Ana Castillo' },
    })
    const paths = changed?.type === 'record.changed' ? changed.paths : []
    expect(paths.slice(0, 2)).toEqual(['fields.name', 'fields.f0'])
    expect(paths).toHaveLength(50)
    expect(eventsBesideChange({ changes })).toEqual([])
  })

  test('[SSE-1] a removal is nothing else', () => {
    expect(eventsOf(entry({ changes: [{ path: 'meta', action: 'delete' }] }))).toEqual([
      { type: 'record.removed', seq: 7, name: deal },
    ])
  })

  test('[SSE-1] a move is a removal for whoever is left behind; an attempt at one that was put back is none', () => {
    const move = { path: 'meta.territoryId', before: 'north', after: 'south' }
    expect(eventsBesideChange({ changes: [move] })).toEqual([{ type: 'record.removed', seq: 7, name: deal }])
    expect(eventsBesideChange({ changes: [{ ...move, action: 'put-back' }] })).toEqual([])
    expect(eventsBesideChange({ changes: [{ path: 'meta.territoryId', after: 'north' }] })).toEqual([])
  })

  test('[SSE-1] a conflict is opened once, and for whoever joins it', () => {
    expect(eventsBesideChange(conflict({}))).toEqual([
      {
        type: 'conflict.opened',
        seq: 7,
        name: deal,
        conflictId: 'c',
        path: 'fields.name',
        people: ['ana', 'ben'],
      },
    ])
    expect(types(conflict({ before: 'resolved' }))).toEqual(['conflict.opened'])
    expect(types(conflict({ before: 'open' }))).toEqual([])
    expect(types(conflict({ before: 'open', isJoined: true }))).toEqual(['conflict.opened'])
  })

  test('[SSE-1] a conflict is closed by a person, by a rule at once, or for want of room', () => {
    expect(eventsBesideChange(conflict({ status: 'resolved', before: 'open' }))).toMatchObject([
      { type: 'conflict.closed', conflictId: 'c', people: ['ana', 'ben'] },
    ])
    expect(types(conflict({ status: 'resolved', isJoined: true }))).toEqual(['conflict.closed'])
    expect(types(conflict({ status: 'resolved' }))).toEqual(['conflict.closed'])
    expect(types(conflict({ status: 'gone', before: 'open' }))).toEqual(['conflict.closed'])
    // A late decision that is only kept beside, and one that is forgotten.
    expect(types(conflict({ status: 'resolved', before: 'resolved' }))).toEqual([])
    expect(types(conflict({ status: 'gone', before: 'resolved' }))).toEqual([])
  })

  test('[SSE-1] a proposal is made, and decided in any way', () => {
    expect(eventsBesideChange(proposal({}))).toEqual([
      {
        type: 'proposal.made',
        seq: 7,
        name: deal,
        proposalId: 'p',
        path: 'financials.amount',
        status: 'waiting',
        author: 'ana',
      },
    ])
    for (const status of ['approved', 'rejected', 'withdrawn', 'superseded'])
      expect(eventsBesideChange(proposal({ status, before: 'waiting' }))).toMatchObject([
        { type: 'proposal.decided', proposalId: 'p', status, author: 'ana' },
      ])
    expect(types(proposal({ before: 'waiting' }))).toEqual([])
    expect(types(proposal({ status: 'approved', before: 'approved' }))).toEqual([])
    expect(types(proposal({ status: 'gone', before: 'approved' }))).toEqual([])
  })

  test('[SSE-1] official values of a KPI set move it, with before and after', () => {
    const changes = [
      { path: 'values.revenue', before: 1, after: 2 },
      { path: 'targets.revenue', after: 5, action: 'decide' },
      { path: 'values.calls', before: 3, action: 'delete' },
      { path: 'values.revenue', action: 'put-back', before: 2, after: 9 },
      { path: 'fields.period', before: 'a', after: 'b' },
      { path: 'text:commentary', action: 'text', inserted: 'x' },
    ] as const
    expect(eventsBesideChange({ document: kpi, changes })).toEqual([
      { type: 'kpi.moved', seq: 7, name: kpi, path: 'values.revenue', before: 1, after: 2 },
      { type: 'kpi.moved', seq: 7, name: kpi, path: 'targets.revenue', after: 5 },
      { type: 'kpi.moved', seq: 7, name: kpi, path: 'values.calls', before: 3 },
    ])
    expect(eventsBesideChange({ changes })).toEqual([])
  })
})
