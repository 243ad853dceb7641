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
} from '@fulqrun/testkit'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { defineRoots, fieldSpec, kindSpec } from './kinds.ts'
import { assessRisk } from './risk.ts'
import { readDocument } from './read.ts'
import { consentState, summarize } from './summary.ts'
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

function expectSound(kind: DocumentKind, doc: Y.Doc): void {
  const { view, issues } = readDocument(doc, kind)
  for (const [path, value] of scalarsOf(view)) {
    // A required text that is missing reads as '' and is an issue; everything else must be valid or absent.
    const problem = checkValue(kind, path, value)
    if (problem !== undefined) {
      expect(problem.code, path).toBe('value/missing')
      expect(issues.map((issue) => issue.path)).toContain(path)
    }
  }
  expect(JSON.parse(JSON.stringify(view))).toBeTypeOf('object')
  const summarized = summarize(doc, kind)
  expect(JSON.parse(JSON.stringify(summarized))).toEqual(summarized)
  if (view.kind === 'opportunity') expect(assessRisk(view, now).score).toBeLessThanOrEqual(100)
  if (view.kind === 'contact')
    expect(['opt_in', 'opt_out', 'none']).toContain(consentState(view, 'email', now))
}

describe.each(documentKinds)('reading %s', (kind) => {
  test('[SCH-8] never throws and answers a valid view of a hostile document', () => {
    fc.assert(
      fc.property(fc.array(arbitraryHostileEdit(kind), { minLength: 1, maxLength: 8 }), (edits) => {
        const doc = makeDocument(kind)
        edits.forEach((edit, index) => Y.applyUpdate(doc, hostileUpdate(doc, edit, 100 + index)))
        expectSound(kind, doc)
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
        expectSound(kind, doc)
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

  test('[SCH-12] every command stamps the path it writes', () => {
    fc.assert(
      fc.property(arbitraryEdit(kind), (edit) => {
        const doc = makeDocument(kind)
        const updates: Uint8Array[] = []
        doc.on('update', (update: Uint8Array) => updates.push(update))
        applyEdit(doc, edit, now)
        if (edit.type !== 'set' && edit.type !== 'propose' && edit.type !== 'add') return
        expect(updates).toHaveLength(1)
        const stamped = [...doc.getMap('edited')].filter(([, time]) => time === now).map(([path]) => path)
        expect(stamped).toHaveLength(1)
        if (edit.type === 'set') expect(stamped).toEqual([edit.path])
        if (edit.type === 'add') expect(stamped).toEqual([`${edit.collection}.${edit.id}`])
      }),
      { numRuns: 200 },
    )
  })
})

test('[SCH-8] an empty document reads as an empty view with issues', () => {
  for (const kind of documentKinds) {
    const doc = new Y.Doc()
    defineRoots(doc, kind)
    expectSound(kind, doc)
    expect(readDocument(doc, kind).issues.map(({ path }) => path)).toContain('meta.kind')
    expect(fieldSpec(kind, 'meta.kind')).toBeDefined()
  }
})
