import { documentKinds } from '@fulqrun/protocol'
import {
  applyEdit,
  arbitraryEdit,
  copyDocument,
  documentJson,
  exchange,
  makeDocument,
  makeVersionOne,
  stagesOfVersionOne,
} from '@fulqrun/testkit'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { migrate } from './migrate.ts'
import { readDocument, readOpportunity } from './read.ts'

const now = Date.UTC(2026, 8, 15)

const oldOpportunityEdit = fc.oneof(
  fc.constantFrom(...Object.keys(stagesOfVersionOne)).map((stage) => ({ key: 'stage', value: stage })),
  fc.nat({ max: 100 }).map((percent) => ({ key: 'probability', value: `${percent} %` })),
  fc.constantFrom('user-ana', 'user-ben').map((user) => ({ key: 'assignedTo', value: user })),
)

describe.each(documentKinds)('migrating %s', (kind) => {
  test('[SCH-14] never touches what the current commands write', () => {
    fc.assert(
      fc.property(fc.array(arbitraryEdit(kind), { maxLength: 20 }), (edits) => {
        const doc = makeDocument(kind)
        edits.forEach((edit, index) => applyEdit(doc, edit, now + index))
        const before = Y.encodeStateAsUpdate(doc)
        expect(migrate(doc).changed).toBe(false)
        expect(Y.encodeStateAsUpdate(doc)).toEqual(before)
      }),
      { numRuns: 100 },
    )
  })

  test('[SCH-14] on two devices that also edit converges', () => {
    const side = fc.array(arbitraryEdit(kind), { maxLength: 8 })
    fc.assert(
      fc.property(side, side, fc.boolean(), (left, right, swap) => {
        const start = makeVersionOne(kind)
        const a = copyDocument(start, kind, swap ? 3 : 2)
        const b = copyDocument(start, kind, swap ? 2 : 3)
        for (const [doc, edits] of [
          [a, left],
          [b, right],
        ] as const) {
          migrate(doc)
          edits.forEach((edit, index) => applyEdit(doc, edit, now + index))
        }
        exchange(a, b)
        expect(documentJson(a)).toEqual(documentJson(b))
        expect(migrate(a).changed).toBe(false)
        expect(readDocument(a, kind).issues).toEqual([])
      }),
      { numRuns: 100 },
    )
  })
})

test('[SCH-14] old values that arrive after the migration are converted too, on every device alike', () => {
  fc.assert(
    fc.property(
      fc.array(oldOpportunityEdit, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 2, max: 9 }),
      fc.integer({ min: 10, max: 19 }),
      (edits, low, high) => {
        const start = makeVersionOne('opportunity')
        const a = copyDocument(start, 'opportunity', low)
        const b = copyDocument(start, 'opportunity', low + 20)
        const old = copyDocument(start, 'opportunity', high)
        migrate(a)
        migrate(b)
        for (const { key, value } of edits) old.getMap('fields').set(key, value)
        for (const doc of [a, b]) exchange(doc, old)
        for (const doc of [a, b]) migrate(doc)
        exchange(a, b)
        expect(documentJson(a)).toEqual(documentJson(b))
        expect(readOpportunity(a).issues).toEqual([])
      },
    ),
    { numRuns: 200 },
  )
})
