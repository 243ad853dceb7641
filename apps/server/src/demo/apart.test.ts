import { defineRoots, isNews, readDocument } from '@fulqrun/schema'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { buildDemoBatch } from './demo-batch.ts'

/** A Wednesday, and a Sunday in the first minute of a quarter: whenever the demo is started, it tells the same. */
const starts = [Date.UTC(2026, 8, 16, 14, 30), Date.UTC(2028, 9, 1, 0, 1)]

function recordsAt(now: number) {
  const { entries, descriptions } = buildDemoBatch({ now })
  return descriptions.map(({ document, kind, territoryId }) => {
    const doc = new Y.Doc()
    defineRoots(doc, kind)
    for (const { update } of entries.filter((entry) => entry.document === document))
      Y.applyUpdate(doc, update)
    return { kind, territoryId, view: readDocument(doc, kind).view }
  })
}

describe.each(starts)('a demo that starts at %d', (now) => {
  const records = recordsAt(now)
  const conflicts = records.flatMap(({ view, ...record }) =>
    view.conflicts.map((conflict) => ({ ...record, conflict })),
  )
  const waiting = records.flatMap(({ view }) =>
    view.proposals.filter(({ status }) => status === 'waiting').map((proposal) => ({ view, proposal })),
  )

  test('asks about close date, owner and NPI, with the value of each and the one they started from', () => {
    const open = conflicts.filter(({ conflict }) => conflict.status === 'open')
    expect(open.map(({ conflict }) => conflict.path).toSorted()).toEqual([
      'fields.closeDate',
      'fields.npi',
      'fields.ownerId',
    ])
    for (const { conflict, territoryId } of open) {
      expect(territoryId).toBe('meridian-north')
      expect(conflict.candidates.map(({ author = '' }) => author).toSorted()).toEqual(['ana', 'ben'])
      const values = [conflict.base, ...conflict.candidates.map(({ value }) => value)]
      expect(new Set(values).size).toBe(3)
      expect(values).not.toContain(undefined)
    }
  })

  test('lets the later value stand and tells Ana that hers was replaced', () => {
    const news = conflicts.filter(({ conflict }) => isNews(conflict, 'ana'))
    expect(news.map(({ conflict, kind }) => `${kind} ${conflict.path}`).toSorted()).toEqual([
      'contact fields.phone',
      'opportunity fields.nextStep',
    ])
    for (const { conflict } of news)
      expect(conflict.candidates.find(({ id }) => id === conflict.stands)?.author).toBe('ben')
  })

  test('has written each before it arrived, one device after the other', () => {
    for (const { conflict } of conflicts) {
      const [first, second] = conflict.candidates
      expect(second?.author).toBe('ana')
      expect(second?.editedAt).toBeLessThan(first?.editedAt ?? 0)
      expect(second?.receivedAt).toBeGreaterThan(first?.receivedAt ?? Infinity)
    }
  })

  test('has proposals side by side where two people ask for one number', () => {
    const byPath = Map.groupBy(waiting, ({ view, proposal }) => `${view.meta.createdAt} ${proposal.path}`)
    const several = [...byPath.values()].filter((proposals) => proposals.length > 1)
    expect(several.map((proposals) => proposals.map(({ proposal }) => proposal.author).toSorted())).toEqual([
      ['ana', 'ben'],
    ])
  })

  test('has one about an older version of the official numbers', () => {
    const outdated = waiting.filter(
      ({ view, proposal }) =>
        view.kind === 'opportunity' && (proposal.baseVersion ?? Infinity) < view.financials.version,
    )
    expect(outdated.map(({ proposal }) => [proposal.path, proposal.author])).toEqual([
      ['financials.amount', 'ana'],
    ])
  })

  test('has one about a stage', () => {
    const stages = waiting.filter(({ proposal }) => proposal.path === 'fields.stage')
    expect(stages.map(({ proposal }) => proposal)).toMatchObject([
      { value: 'engaging', base: 'prospecting', author: 'ana' },
    ])
  })
})
