import { buildTime, makeContact, makeKpi, makeOpportunity } from '@fulqrun/testkit'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { addEntry, propose } from './commands.ts'
import { gradeKpi } from './kpi-definitions.ts'
import { summarize } from './summary.ts'

test('[SCH-20] an opportunity in a list', () => {
  const doc = makeOpportunity()
  const id = propose(doc, { path: 'financials.amount', value: 1, author: 'user-ana', now: buildTime })
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
      attention: [
        { id, type: 'proposal', path: 'financials.amount', since: buildTime, people: ['user-ana'] },
      ],
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

test('[SCH-20] the last contact is the day of the latest completed activity, else the day it was due', () => {
  const doc = makeContact()
  expect(summarize(doc, 'contact').summary).not.toHaveProperty('lastContact')
  const visit = { subject: 'Visit', type: 'meeting', status: 'completed', dueDate: '2026-09-10' }
  addEntry(doc, 'activities', visit, { now: buildTime })
  addEntry(doc, 'activities', { ...visit, dueDate: '2026-09-09' }, { now: buildTime })
  addEntry(doc, 'activities', { ...visit, dueDate: '2026-09-12', status: 'pending' }, { now: buildTime })
  expect(summarize(doc, 'contact').summary).toMatchObject({ lastContact: '2026-09-10' })
  const at = Date.UTC(2026, 8, 14, 9)
  addEntry(doc, 'activities', { ...visit, dueDate: '2026-09-01', completedAt: at }, { now: buildTime })
  expect(summarize(doc, 'contact').summary).toMatchObject({ lastContact: '2026-09-14' })
})
