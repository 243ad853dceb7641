import { unmetCriteria } from '@fulqrun/rules'
import { defineRoots, readOpportunity } from '@fulqrun/schema'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { buildDemoBatch } from './demo-batch.ts'

const { entries, descriptions } = buildDemoBatch({ now: Date.UTC(2026, 8, 16, 14, 30) })
const opportunities = descriptions.filter(({ kind }) => kind === 'opportunity')

/** Every move of a record between stages, with what was missing for it at that moment. */
function movesOf(document: string) {
  const doc = new Y.Doc()
  defineRoots(doc, 'opportunity')
  return entries
    .filter((entry) => entry.document === document)
    .flatMap(({ update }) => {
      const from = readOpportunity(doc).view.fields.stage
      Y.applyUpdate(doc, update)
      const { view } = readOpportunity(doc)
      const to = view.fields.stage
      return from === to ? [] : [{ from, to, view, unmet: unmetCriteria(view, from, to) }]
    })
}

test('every deal came to its stage through the gates, or by a manager who said why', () => {
  const moves = opportunities.flatMap(({ document, title }) =>
    movesOf(document).map((move) => ({ title, ...move })),
  )
  expect(moves.length).toBeGreaterThan(100)
  const unexplained = moves.filter(
    ({ to, view, unmet }) =>
      unmet.length > 0 &&
      !view.proposals.some(
        ({ path, value, status, reason }) =>
          path === 'fields.stage' && value === to && status === 'approved' && reason !== undefined,
      ),
  )
  expect(unexplained.map(({ title, from, to, unmet }) => ({ title, from, to, unmet }))).toEqual([])
})
