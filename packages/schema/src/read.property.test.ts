import { documentKinds, type DocumentKind } from '@fulqrun/protocol'
import {
  applyEdit,
  arbitraryEdit,
  arbitraryHostileEdit,
  copyDocument,
  documentJson,
  exchange,
  hostileUpdate,
  makeDocument,
  type DocumentEdit,
} from '@fulqrun/testkit'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { consentState } from './consent.ts'
import { defineRoots, kindSpec } from './kinds.ts'
import { isPlainJson } from './plain-json.ts'
import { assessRisk } from './risk.ts'
import { readDocument } from './read.ts'
import { summarize } from './summary.ts'
import { checkValue } from './validation.ts'
import type { DocumentView } from './views.ts'

const now = Date.UTC(2026, 8, 15)

/** Every scalar of a view with its path, as checkValue wants it. */
function scalarsOf(view: DocumentView): [path: string, value: unknown][] {
  const record = view as unknown as Record<string, Record<string, unknown>>
  const spec = kindSpec(view.kind)
  const roots = ['fields', ...spec.pinned.map(({ root }) => root as string)]
  const scalars = roots.flatMap((root) =>
    Object.entries(record[root] ?? {}).map(([key, value]): [string, unknown] => [`${root}.${key}`, value]),
  )
  const entries = spec.collections.flatMap(({ root }) =>
    (record[root] as unknown as Record<string, unknown>[]).flatMap(({ id, ...values }) =>
      Object.entries(values).map(([key, value]): [string, unknown] => [
        `${root}.${String(id)}.${key}`,
        value,
      ]),
    ),
  )
  return [...scalars, ...entries]
}

/** What is wrong with a view: invalid values that no issue explains, and derived values that make no sense. */
function faultsOf(kind: DocumentKind, doc: Y.Doc): unknown[] {
  const { view, issues } = readDocument(doc, kind)
  const reported = new Set(issues.map(({ path }) => path))
  const invalid = scalarsOf(view).filter(([path, value]) => {
    const problem = checkValue(kind, path, value)
    // A required text that is missing reads as '' and is an issue; everything else is valid or absent.
    return problem && !(problem.code === 'value/missing' && reported.has(path))
  })
  const json = [view, summarize(doc, kind)].filter((part) => !isPlainJson(JSON.parse(JSON.stringify(part))))
  return [...invalid, ...json, ...derivedFaults(view)]
}

function derivedFaults(view: DocumentView): unknown[] {
  if (view.kind === 'opportunity') {
    const { score } = assessRisk(view, now)
    return score >= 0 && score <= 100 ? [] : [score]
  }
  if (view.kind === 'kpi') return []
  const state = consentState(view, 'email', now)
  return ['opt_in', 'opt_out', 'none'].includes(state) ? [] : [state]
}

/** The paths that an edit must stamp, where they are known beforehand. */
function stampedBy(edit: DocumentEdit): string[] | undefined {
  if (edit.type === 'set') return [edit.path]
  return edit.type === 'add' ? [`${edit.collection}.${edit.id}`] : undefined
}

describe.each(documentKinds)('reading %s', (kind) => {
  test('[SCH-8] never throws and answers a valid view of a hostile document', () => {
    fc.assert(
      fc.property(fc.array(arbitraryHostileEdit(kind), { minLength: 1, maxLength: 8 }), (edits) => {
        const doc = makeDocument(kind)
        edits.forEach((edit, index) => Y.applyUpdate(doc, hostileUpdate(doc, edit, 100 + index)))
        expect(faultsOf(kind, doc)).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  test('[SCH-8] never throws when the roots were never defined and hold the wrong types', () => {
    fc.assert(
      fc.property(fc.array(arbitraryHostileEdit(kind), { minLength: 1, maxLength: 4 }), (edits) => {
        const doc = new Y.Doc()
        edits.forEach((edit, index) => Y.applyUpdate(doc, hostileUpdate(doc, edit, 100 + index)))
        for (const { root, as } of edits) {
          if (doc.share.get(root)?.constructor !== Y.AbstractType) continue
          if (as === 'array') doc.getArray(root)
          else if (as === 'text') doc.getText(root)
        }
        expect(faultsOf(kind, doc)).toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  test('[SCH-9] reading writes nothing', () => {
    fc.assert(
      fc.property(fc.array(arbitraryHostileEdit(kind), { maxLength: 4 }), (edits) => {
        const doc = makeDocument(kind)
        edits.forEach((edit, index) => Y.applyUpdate(doc, hostileUpdate(doc, edit, 100 + index)))
        const before = Y.encodeStateAsUpdate(doc)
        readDocument(doc, kind)
        summarize(doc, kind)
        expect(Y.encodeStateAsUpdate(doc)).toEqual(before)
      }),
      { numRuns: 100 },
    )
  })

  test('[SCH-10] what commands write is read back without an issue, on every replica', () => {
    const steps = fc.array(fc.tuple(fc.nat({ max: 1 }), arbitraryEdit(kind)), { maxLength: 20 })
    fc.assert(
      fc.property(steps, (edits) => {
        const first = makeDocument(kind)
        const replicas = [first, copyDocument(first, kind, 2)] as const
        edits.forEach(([at, edit], index) => applyEdit(replicas[at as 0 | 1], edit, now + index))
        exchange(replicas[0], replicas[1])
        expect(readDocument(replicas[0], kind).issues).toEqual([])
        expect(documentJson(replicas[0])).toEqual(documentJson(replicas[1]))
        expect(readDocument(replicas[0], kind)).toEqual(readDocument(replicas[1], kind))
      }),
      { numRuns: 200 },
    )
  })

  test('[SCH-12] every command stamps the path it writes, in the same update', () => {
    const stampingEdit = arbitraryEdit(kind).filter((edit) => stampedBy(edit) !== undefined)
    fc.assert(
      fc.property(stampingEdit, (edit) => {
        const doc = makeDocument(kind)
        const updates: Uint8Array[] = []
        doc.on('update', (update: Uint8Array) => updates.push(update))
        applyEdit(doc, edit, now)
        expect(updates).toHaveLength(1)
        const stamped = [...doc.getMap('edited')].filter(([, time]) => time === now).map(([path]) => path)
        expect(stamped).toEqual(stampedBy(edit))
      }),
      { numRuns: 200 },
    )
  })
})

test.each(documentKinds)('[SCH-8] an empty %s reads as an empty view with issues', (kind) => {
  const doc = new Y.Doc()
  defineRoots(doc, kind)
  expect(faultsOf(kind, doc)).toEqual([])
  expect(readDocument(doc, kind).issues.map(({ path }) => path)).toContain('meta.kind')
})
