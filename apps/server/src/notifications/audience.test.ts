import type { DocumentName, FeedEvent, Role } from '@fulqrun/protocol'
import { defaultPolicyTable } from '@fulqrun/rules'
import { describe, expect, test } from 'vitest'
import type { Principal } from '../accounts/principal.ts'
import { type Happening, noticeFor } from './audience.ts'

const name = 'meridian/opportunity/0199aaaa-0000-7000-8000-000000000001' as DocumentName

function person(id: string, role: Role, territories: readonly string[] = ['north']): Principal {
  return {
    user: { id, name: id, email: `${id}@example.com` },
    sessionId: `session of ${id}`,
    organizationId: 'meridian',
    organizationName: 'Meridian',
    role,
    territories: territories.map((territory) => ({ id: territory, name: territory })),
    canWrite: role !== 'compliance',
  }
}

function happening(event: FeedEvent, more: Partial<Happening> = {}): Happening {
  return {
    event,
    scope: { organizationId: 'meridian', territoryId: 'north' },
    author: { id: 'ana', name: 'Ana' },
    policy: defaultPolicyTable,
    ...more,
  }
}

const opened: FeedEvent = {
  type: 'conflict.opened',
  seq: 1,
  name,
  conflictId: 'c1',
  path: 'fields.closeDate',
  people: ['ana', 'ben'],
}
const made: FeedEvent = {
  type: 'proposal.made',
  seq: 1,
  name,
  proposalId: 'p1',
  path: 'financials.amount',
  status: 'waiting',
  author: 'ana',
}
const amount = { path: 'financials.amount', value: 10_000, author: 'ana', status: 'waiting' } as const

describe('who hears of what', () => {
  test('[NOT-1] a conflict: whose values stand against each other, but not who brought it about', () => {
    expect(noticeFor(person('ben', 'rep'), happening(opened))).toMatchObject({ kind: 'conflicts', id: 'c1' })
    expect(noticeFor(person('ana', 'rep'), happening(opened))).toBeUndefined()
    expect(noticeFor(person('carla', 'manager'), happening(opened))).toBeUndefined()
  })

  test('[NOT-1] nobody hears of a record out of their reach, whatever it says about them', () => {
    expect(noticeFor(person('ben', 'rep', ['south']), happening(opened))).toBeUndefined()
    const elsewhere = { ...person('ben', 'admin'), organizationId: 'other' }
    expect(noticeFor(elsewhere, happening(opened))).toBeUndefined()
  })

  test('[NOT-2] a proposal: those who may decide on this one', () => {
    const told = (who: Principal, value: number) =>
      noticeFor(who, happening(made, { proposal: { ...amount, value } }))?.kind
    const { managerMaxAmount } = defaultPolicyTable.settings.approvals
    expect(told(person('mona', 'manager'), managerMaxAmount)).toBe('approvals')
    expect(told(person('mona', 'manager'), managerMaxAmount + 1)).toBeUndefined()
    expect(told(person('fred', 'finance', []), managerMaxAmount + 1)).toBe('approvals')
    for (const role of ['rep', 'compliance', 'admin'] as const)
      expect(told(person('x', role), 10)).toBeUndefined()
  })

  test('[NOT-2] a proposal that is gone by the time waits for nobody', () => {
    const finance = person('fred', 'finance')
    expect(noticeFor(finance, happening(made))).toBeUndefined()
    const withdrawn = { ...amount, status: 'withdrawn' } as const
    expect(noticeFor(finance, happening(made, { proposal: withdrawn }))).toBeUndefined()
  })

  test('[NOT-2] a decision: whoever proposed it', () => {
    const decided = { ...made, type: 'proposal.decided', status: 'approved' } as const
    const byFinance = { author: { id: 'fred', name: 'Fred' } }
    const ana = person('ana', 'rep')
    expect(noticeFor(ana, happening(decided, byFinance))).toMatchObject({
      kind: 'approvals',
      reason: 'approved',
    })
    expect(noticeFor(person('ben', 'rep'), happening(decided, byFinance))).toBeUndefined()
    expect(noticeFor(ana, happening({ ...decided, status: 'superseded' }, byFinance))).toBeUndefined()
  })

  test('[NOT-1] a figure: those who work in the territory', () => {
    const moved: FeedEvent = { type: 'kpi.moved', seq: 1, name, path: 'values.trx', after: 3 }
    const told = (who: Principal) => noticeFor(who, happening(moved))?.kind
    expect(told(person('ben', 'rep'))).toBe('kpis')
    expect(told(person('mona', 'manager'))).toBe('kpis')
    expect(told(person('fred', 'finance'))).toBeUndefined()
  })

  test('a change alone is told to nobody', () => {
    const author = { id: 'ana', name: 'Ana' }
    const changed: FeedEvent = { type: 'record.changed', seq: 1, name, head: 1, at: 1, author, paths: [] }
    expect(noticeFor(person('ben', 'rep'), happening(changed))).toBeUndefined()
  })
})
