import { buildTime, makeContact, makeKpi, makeOpportunity } from '@fulqrun/testkit'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { propose } from './commands.ts'
import { gradeKpi } from './kpi-definitions.ts'
import { readContact } from './read.ts'
import { consentState, summarize } from './summary.ts'

const dayMs = 86_400_000

test('[SCH-20] an opportunity in a list', () => {
  const doc = makeOpportunity()
  propose(doc, { path: 'financials.amount', value: 1, author: 'user-ana', now: buildTime })
  expect(summarize(doc, 'opportunity')).toEqual({
    title: 'Cardiology formulary, St. Vincent',
    summary: {
      stage: 'engaging',
      account: 'St. Vincent Hospital',
      product: 'Velorin 10 mg',
      owner: 'user-ana',
      closeDate: '2026-11-30',
      amount: 45_000,
      currency: 'USD',
      probability: 25,
      meddpiccScore: 4,
      nextActivity: { subject: 'Call Dr. Okafor', type: 'call', dueDate: '2026-09-18' },
      nextStep: 'Send the budget impact model',
      openProposals: 1,
    },
  })
})

test('[SCH-20] a stated probability goes before that of the stage', () => {
  expect(summarize(makeOpportunity({ fields: { probability: 0 } }), 'opportunity').summary).toMatchObject({
    probability: 0,
  })
})

test('[SCH-20] a contact in a list', () => {
  expect(summarize(makeContact(), 'contact')).toEqual({
    title: 'Grace Okafor, MD',
    summary: {
      specialty: 'Cardiology',
      segment: 'a',
      organization: 'St. Vincent Hospital',
      city: 'Springfield',
      phone: '+1 555 0101',
      email: 'grace.okafor@stvincent.example',
      npi: '1234567893',
      consent: { email: 'opt_in' },
      consentExpires: { email: '2027-09-14' },
    },
  })
})

test('[SCH-20] a KPI set in a list', () => {
  expect(summarize(makeKpi(), 'kpi')).toEqual({
    title: 'North, third quarter',
    summary: {
      period: '2026-Q3',
      headline: [
        { id: 'trx', value: 812, target: 1000, previous: 760 },
        { id: 'market_share', value: 14.5, target: 20 },
      ],
      asOf: buildTime,
    },
  })
})

test('[SCH-20] untitled records have a title to show', () => {
  expect(summarize(new Y.Doc(), 'opportunity').title).toBe('Untitled opportunity')
  expect(summarize(new Y.Doc(), 'contact').title).toBe('Unnamed contact')
  expect(summarize(new Y.Doc(), 'kpi').title).toBe('Untitled KPI set')
})

function state(consents: Record<string, Record<string, unknown>>, fields: Record<string, unknown> = {}) {
  const doc = makeContact({ fields, entries: { consents } })
  return consentState(readContact(doc).view, 'email', buildTime + 10 * dayMs)
}

test('[SCH-21] the latest word on a channel counts, and of two at the same moment the opt-out', () => {
  const line = (optType: string, capturedAt: number) => ({ channel: 'email', optType, capturedAt })
  expect(state({})).toBe('none')
  expect(state({ a: line('opt_out', 1), b: line('opt_in', 2) })).toBe('opt_in')
  expect(state({ a: line('double_opt_in', 1), b: line('opt_out', 2) })).toBe('opt_out')
  expect(state({ a: line('opt_in', 2), b: line('opt_out', 2) })).toBe('opt_out')
  expect(state({ a: line('opt_out', 2), b: line('opt_in', 2) })).toBe('opt_out')
})

test('[SCH-21] an opt-in ends after its last day, and a wish not to be approached beats it', () => {
  const until = (expiresOn: string) => ({
    a: { channel: 'email', optType: 'opt_in', capturedAt: 1, expiresOn },
  })
  expect(state(until('2026-09-24'))).toBe('opt_in')
  expect(state(until('2026-09-23'))).toBe('none')
  expect(state(until('2026-09-24'), { doNotEmail: true })).toBe('opt_out')
})

test('[SCH-19] a KPI is graded by its marks, or by the target of the set', () => {
  expect([10, 15, 25, 35].map((value) => gradeKpi('win_rate', value))).toEqual([
    'critical',
    'warning',
    'on-track',
    'on-target',
  ])
  expect([799, 800, 900, 1000].map((value) => gradeKpi('trx', value, 1000))).toEqual([
    'critical',
    'warning',
    'on-track',
    'on-target',
  ])
  expect(gradeKpi('reach', 50)).toBeUndefined()
  expect(gradeKpi('reach', 50, 50)).toBe('on-target')
})

test('[SCH-19] where lower is better, lower is better (the original graded these backwards)', () => {
  expect([95, 90, 60, 45].map((value) => gradeKpi('sales_cycle_length', value))).toEqual([
    'critical',
    'warning',
    'on-track',
    'on-target',
  ])
  expect(gradeKpi('cac', 100, 300)).toBe('on-target')
  expect(gradeKpi('cac', 1000, 300)).toBe('critical')
})
