import { fieldSpec, readOpportunity } from '@fulqrun/schema'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { describePath, pathLabel, valueAt, valueWords } from './value-words.ts'

const context = { personName: (id: string) => `Name of ${id}`, currency: 'USD' }

function format(path: string, value: unknown): string {
  return valueWords(value, fieldSpec('opportunity', path), context)
}

test.each([
  ['fields.stage', 'key_decision', 'Key decision'],
  ['fields.closeDate', '2026-12-01', 'Dec 1, 2026'],
  ['fields.ownerId', 'u1', 'Name of u1'],
  ['fields.probability', 25, '25 %'],
  ['financials.amount', 48_000, '$48,000'],
  ['financials.amount', 48_000.5, '$48,000.50'],
  ['fields.competitors', ['A', 'B'], 'A, B'],
  ['fields.name', '', 'empty'],
  ['fields.name', undefined, 'empty'],
  ['activities.a1', { subject: 'Call', type: 'call' }, 'Call'],
  ['fields.unknown', true, 'Yes'],
  ['values.trx', { value: 1234, asOf: 1, formulaVersion: 1 }, '1,234'],
])('%s %j reads %s', (path, value, words) => {
  expect(format(path, value)).toBe(words)
})

test('paths are named by their labels', () => {
  expect(pathLabel('opportunity', 'fields.meddpicc.champion.influence')).toBe(
    'Champion: How much influence do they have?',
  )
  expect(pathLabel('opportunity', 'text:meddpicc.metrics.currentCost')).toBe(
    'Metrics: What does the problem cost them today?',
  )
  expect(pathLabel('opportunity', 'activities.a1.status', 'Call')).toBe('Activity "Call": Status')
  expect(pathLabel('opportunity', 'activities.a1')).toBe('Activity')
  expect(pathLabel('opportunity', 'financials.amount')).toBe('Amount')
  expect(pathLabel('opportunity', 'notes')).toBe('Notes')
  expect(pathLabel('kpi', 'targets.trx')).toMatch(/^Targets: /)
})

test('a path that no schema knows keeps its own name', () => {
  expect(pathLabel('opportunity', 'invented.key')).toBe('invented.key')
})

test('values and names of entries come from the view', () => {
  const doc = new Y.Doc()
  doc.getMap('activities').set('a1', new Y.Map([['subject', 'Call Dr. Weiss']]))
  doc.getMap('fields').set('name', 'Northline')
  const { view } = readOpportunity(doc)
  expect(valueAt(view, 'fields.name')).toBe('Northline')
  expect(valueAt(view, 'activities.a1.subject')).toBe('Call Dr. Weiss')
  expect(valueAt(view, 'activities.gone.subject')).toBeUndefined()
  expect(describePath(view, 'activities.a1.dueDate')).toBe('Activity "Call Dr. Weiss": Due')
})
