import { documentKinds, type DocumentKind } from '@fulqrun/protocol'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import type { FieldSpec } from './field-spec.ts'
import { defineRoots, fieldSpec, kindSpec, rootsOf } from './kinds.ts'
import { kpiDefinitions, kpiIds } from './kpi-definitions.ts'
import { litmusQuestions, meddpiccPillarIds, meddpiccPillars } from './meddpicc-questions.ts'
import { stages } from './opportunity-spec.ts'
import { formatPath, parsePath } from './path.ts'
import { fieldProblem, isCleared } from './validation.ts'

test('[SCH-2] every kind has the roots of the design and no others', () => {
  const names = (kind: 'opportunity' | 'contact' | 'kpi') =>
    rootsOf(kind)
      .map(({ name }) => name)
      .filter((name) => !name.startsWith('text:'))
      .sort()
  const common = ['conflicts', 'decisions', 'edited', 'fields', 'meta', 'notes', 'proposals']
  expect(names('opportunity')).toEqual(
    [...common, 'activities', 'attachments', 'financials', 'stakeholders'].sort(),
  )
  expect(names('contact')).toEqual(
    [
      ...common,
      'activities',
      'affiliations',
      'attachments',
      'consents',
      'licences',
      'samples',
      'signatures',
    ].sort(),
  )
  expect(names('kpi')).toEqual([...common, 'targets', 'values'].sort())
})

test('[SCH-6] financials, targets, values and conflicts are written by the server only', () => {
  const pinned = documentKinds.flatMap((kind) =>
    rootsOf(kind)
      .filter(({ writer }) => writer === 'server')
      .map(({ name }) => name),
  )
  expect([...new Set(pinned)].sort()).toEqual(['conflicts', 'financials', 'targets', 'values'])
})

test.each(documentKinds)(
  '[SCH-2] defineRoots gives every root of %s its type before the first update',
  (kind) => {
    const doc = new Y.Doc()
    defineRoots(doc, kind)
    const types = { map: Y.Map, text: Y.Text, xml: Y.XmlFragment }
    const wrong = rootsOf(kind).filter(({ name, type }) => !(doc.share.get(name) instanceof types[type]))
    expect(wrong).toEqual([])
    expect(doc.share.size).toBe(rootsOf(kind).length)
    // An empty update has two bytes: nothing was written.
    expect(Y.encodeStateAsUpdate(doc)).toHaveLength(2)
  },
)

function allFields(kind: DocumentKind): readonly FieldSpec[] {
  const { fields, collections, pinned } = kindSpec(kind)
  return [...fields, ...collections.flatMap((part) => part.fields), ...pinned.flatMap((part) => part.fields)]
}

function isSoundChoice({ type, options = [] }: FieldSpec): boolean {
  const values = new Set(options.map(({ value }) => value))
  return type !== 'choice' || (values.size > 1 && values.size === options.length)
}

test.each(documentKinds)('[SCH-3] the fields of %s are sound', (kind) => {
  const fields = allFields(kind)
  const without = (good: (field: FieldSpec) => boolean) => fields.filter((field) => !good(field))
  expect(without((field) => fieldSpec(kind, field.path.replace('*', 'some-id')) === field)).toEqual([])
  expect(without(({ label }) => label !== '')).toEqual([])
  expect(
    without((field) => isCleared(field.default) || fieldProblem(field, field.default) === undefined),
  ).toEqual([])
  expect(without(isSoundChoice)).toEqual([])
})

test.each(documentKinds)('[SCH-3] every field of %s is shown in one of its groups', (kind) => {
  const spec = kindSpec(kind)
  const groups = new Set(spec.groups.map(({ id }) => id))
  const homeless = [...spec.fields, ...spec.texts].filter(({ group }) => !groups.has(group ?? ''))
  expect(homeless).toEqual([])
})

test('[SCH-17] nine pillars, weights that add up to 120, and points of at most ten', () => {
  expect(meddpiccPillars.map(({ id }) => id)).toEqual(meddpiccPillarIds)
  expect(meddpiccPillars.reduce((sum, { weight }) => sum + weight, 0)).toBe(120)
  const options = [...meddpiccPillars.flatMap(({ questions }) => questions), ...litmusQuestions].flatMap(
    (question) => question.options ?? [],
  )
  for (const { points } of options) expect(points).toBeLessThanOrEqual(10)
  expect(stages.map(({ value }) => value)).toEqual([
    'prospecting',
    'engaging',
    'advancing',
    'key_decision',
    'closed_won',
    'closed_lost',
  ])
})

test('[SCH-19] every KPI states direction, formula and version, and its marks run the right way', () => {
  expect(kpiDefinitions.map(({ id }) => id)).toEqual(kpiIds)
  const vague = kpiDefinitions.filter(({ formula, formulaVersion }) => formula === '' || formulaVersion < 1)
  expect(vague).toEqual([])
  const backwards = kpiDefinitions.filter(
    ({ thresholds: marks, direction }) =>
      marks && marks.target > marks.critical !== (direction === 'higher-better'),
  )
  expect(backwards).toEqual([])
})

test('[SCH-4] paths split into root, id and key, and join again', () => {
  expect(parsePath('fields.meddpicc.metrics.urgency')).toEqual({
    root: 'fields',
    key: 'meddpicc.metrics.urgency',
  })
  expect(parsePath('activities.a1.status')).toEqual({ root: 'activities', id: 'a1', key: 'status' })
  expect(parsePath('activities.a1')).toEqual({ root: 'activities', id: 'a1' })
  expect(parsePath('proposals.p1')).toEqual({ root: 'proposals', id: 'p1' })
  expect(parsePath('edited.activities.a1.status')).toEqual({ root: 'edited', key: 'activities.a1.status' })
  expect(parsePath('text:meddpicc.metrics.currentCost')).toEqual({
    root: 'text:meddpicc.metrics.currentCost',
  })
  expect(parsePath('notes')).toEqual({ root: 'notes' })
  for (const path of ['fields.a.b', 'activities.a1.b', 'activities.a1', 'notes', 'text:a.b', 'values.trx'])
    expect(formatPath(parsePath(path))).toBe(path)
})
