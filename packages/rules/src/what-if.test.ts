import { describe, expect, test } from 'vitest'
import { defaultPolicyTable, policyTable } from './policy.ts'
import { type PretendEdit, whatIf, type WhatIfQuestion } from './what-if.ts'

const ana = { id: 'ana', name: 'Ana', role: 'rep' } as const
const ben = { id: 'ben', name: 'Ben', role: 'rep' } as const
const nine = Date.UTC(2026, 0, 15, 9)
const ten = Date.UTC(2026, 0, 15, 10)

const asks = (
  question: Pick<WhatIfQuestion, 'kind' | 'path' | 'start'> & Partial<WhatIfQuestion>,
  first: unknown,
  second: unknown,
) =>
  whatIf({
    edits: [
      { author: ana, value: first, editedAt: nine },
      { author: ben, value: second, editedAt: ten },
    ],
    hadSeen: false,
    reversed: false,
    ...question,
  })

const phone = { kind: 'contact', path: 'fields.phone', start: '1' } as const

describe('what would happen if', () => {
  test('[WIF-1] two people apart: the rule of the field decides, in both orders of arrival', () => {
    for (const reversed of [false, true]) {
      const answer = asks({ ...phone, reversed }, '2', '3')
      expect(answer).toMatchObject({ value: '3', converged: true, policy: { strategy: 'client-wins' } })
      expect(answer.conflicts).toMatchObject([
        { path: 'fields.phone', status: 'resolved', rule: 'RES-2', base: '1' },
      ])
    }
  })

  test('[WIF-1] somebody who had seen the first edit simply follows it', () => {
    expect(asks({ ...phone, hadSeen: true }, '2', '3')).toMatchObject({ value: '3', conflicts: [] })
  })

  test('[WIF-1] by the table that is asked about', () => {
    const override = { kind: 'contact', path: 'fields.phone', strategy: 'user-choice' } as const
    const table = policyTable(7, { ...defaultPolicyTable.settings, overrides: [override] })
    expect(asks({ ...phone, table }, '2', '3')).toMatchObject({
      value: '2',
      conflicts: [{ status: 'open', policyVersion: 7 }],
    })
  })

  test('[WIF-1] what only the server writes is put back, and proposed where that is possible', () => {
    const pinned = asks({ kind: 'opportunity', path: 'financials.amount', start: 45_000 }, 48_000, 50_000)
    expect(pinned.value).toBe(45_000)
    expect(pinned.proposals.map(({ value, author }) => [value, author])).toEqual([
      [48_000, 'ana'],
      [50_000, 'ben'],
    ])
    expect(pinned.edits[0].putBack).toMatchObject([{ rule: 'POL-1', proposalId: pinned.proposals[0]?.id }])
    const computed = asks({ kind: 'kpi', path: 'fields.period', start: '2026-Q1' }, '2026-Q2', '2026-Q3')
    expect(computed).toMatchObject({ value: '2026-Q1', proposals: [] })
  })

  test('[WIF-1] of entries, also those that are only added', () => {
    const completed = asks(
      { kind: 'opportunity', path: 'activities.*.status', start: 'pending' },
      'completed',
      'cancelled',
    )
    expect(completed).toMatchObject({ value: 'completed', conflicts: [{ rule: 'RES-4' }] })
    const sample = asks({ kind: 'contact', path: 'samples.*.product', start: 'x' }, 'y', 'z')
    expect(sample.value).toBe('x')
    expect(sample.edits.map(({ putBack }) => putBack[0]?.rule)).toEqual(['RES-7', 'RES-7'])
  })

  test('[WIF-1] of texts: both are kept, and what says the same twice is pointed out', () => {
    const answer = asks(
      { kind: 'opportunity', path: 'notes', start: 'Budget is agreed.' },
      'The committee meets on Monday.',
      'The committee meets on monday',
    )
    expect(answer.value).toBe(
      'Budget is agreed.\nThe committee meets on Monday.\nThe committee meets on monday',
    )
    expect(answer.conflicts).toMatchObject([{ status: 'open', rule: 'RES-9' }])
    expect(asks({ kind: 'opportunity', path: 'text:description', start: 'A' }, 'B', 'C')).toMatchObject({
      value: expect.stringMatching(/^A( B C| C B)$/) as string,
      conflicts: [],
    })
  })

  test("[WIF-1] a system's edit gives way to a person's", () => {
    const edits: [PretendEdit, PretendEdit] = [
      { author: ana, value: '2', editedAt: nine },
      {
        author: { id: 'import', name: 'An import', role: 'admin' },
        isSystem: true,
        value: '3',
        editedAt: ten,
      },
    ]
    expect(asks({ ...phone, edits, reversed: true }, undefined, undefined).value).toBe('2')
  })

  test('[WIF-2] the same question has the same answer, to the id', () => {
    const ask = () =>
      asks({ kind: 'opportunity', path: 'fields.closeDate', start: undefined }, '2026-02-01', '2026-03-01')
    expect(ask()).toEqual(ask())
    expect(ask().conflicts[0]?.candidates.map(({ receivedAt }) => receivedAt)).toEqual([
      ten + 60_000,
      ten + 120_000,
    ])
  })
})
