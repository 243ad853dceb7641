import { documentKinds } from '@fulqrun/protocol'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { defineRoots, fieldSpec, kindSpec, rootsOf } from './kinds.ts'
import { kpiDefinitions, kpiIds } from './kpi-definitions.ts'
import { litmusQuestions, meddpiccPillarIds, meddpiccPillars } from './meddpicc-questions.ts'
import { stages } from './opportunity-spec.ts'
import { formatPath, parsePath } from './path.ts'
import { fieldProblem } from './validation.ts'

test('[SCH-2] every kind has the roots of the design and no others', () => {
  const names = (kind: 'opportunity' | 'contact' | 'kpi') =>
    rootsOf(kind)
      .map(({ name }) => name)
      .filter((name) => !name.startsWith('text:'))
      .sort()
  const common = ['conflicts', 'decisions', 'edited', 'fields', 'meta', 'notes', 'proposals']
  expect(names('opportunity')).toEqual([...common, 'activities', 'financials', 'stakeholders'].sort())
  expect(names('contact')).toEqual([...common, 'activities', 'affiliations', 'consents', 'licences'].sort())
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

test('[SCH-2] defineRoots gives every root its type before the first update', () => {
  for (const kind of documentKinds) {
    const doc = new Y.Doc()
    defineRoots(doc, kind)
    for (const { name, type } of rootsOf(kind)) {
      const constructor = { map: Y.Map, text: Y.Text, xml: Y.XmlFragment }[type]
      expect(doc.share.get(name), name).toBeInstanceOf(constructor)
    }
    expect(doc.share.size).toBe(rootsOf(kind).length)
    expect(Y.encodeStateAsUpdate(doc)).toHaveLength(2)
  }
})

test('[SCH-3] defaults fit their own fields, and every choice has options with distinct values', () => {
  for (const kind of documentKinds) {
    const spec = kindSpec(kind)
    const fields = [
      ...spec.fields,
      ...spec.collections.flatMap((part) => part.fields),
      ...spec.pinned.flatMap((part) => part.fields),
    ]
    for (const field of fields) {
      expect(fieldSpec(kind, field.path.replace('*', 'some-id')), field.path).toBe(field)
      expect(field.label, field.path).not.toBe('')
      if (field.default !== undefined && field.default !== '')
        expect(fieldProblem(field, field.default), field.path).toBeUndefined()
      if (field.type !== 'choice') continue
      const values = field.options?.map(({ value }) => value) ?? []
      expect(values.length, field.path).toBeGreaterThan(1)
      expect(new Set(values).size, field.path).toBe(values.length)
    }
  }
})

test('[SCH-3] every field of a kind is shown in one of its groups', () => {
  for (const kind of documentKinds) {
    const spec = kindSpec(kind)
    const groups = new Set(spec.groups.map(({ id }) => id))
    for (const { path, group } of [...spec.fields, ...spec.texts])
      expect(groups.has(group ?? ''), path).toBe(true)
  }
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

test('[SCH-19] every KPI states direction, formula and version', () => {
  expect(kpiDefinitions.map(({ id }) => id)).toEqual(kpiIds)
  for (const { formula, formulaVersion, direction, thresholds } of kpiDefinitions) {
    expect(formula).not.toBe('')
    expect(formulaVersion).toBeGreaterThan(0)
    if (thresholds) expect(thresholds.target > thresholds.critical).toBe(direction === 'higher-better')
  }
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
