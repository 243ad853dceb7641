import { defaultPolicyTable, policyFor } from '@fulqrun/rules'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Principal } from '../accounts/principal.ts'
import { MemoryPolicyStore } from './memory-policy-store.ts'
import { PolicyDirectory, type WantedPolicyChange } from './policy-directory.ts'
import { PolicyError } from './policy-error.ts'
import type { PolicyChange } from './policy-store.ts'

const now = 1_800_000_000_000

function admin(organizationId = 'meridian', role: Principal['role'] = 'admin'): Principal {
  return {
    user: { id: 'adam', name: 'Adam Novak', email: 'adam@meridian.example' },
    sessionId: 's',
    organizationId,
    organizationName: organizationId,
    role,
    territories: [],
    canWrite: true,
  }
}

function phoneTo(
  strategy: string,
  expectedVersion: number,
  reason = 'asked by the team',
): WantedPolicyChange {
  return {
    change: { type: 'strategy', kind: 'contact', path: 'fields.phone', strategy },
    expectedVersion,
    reason,
  }
}

async function refusalOf(
  change: Promise<unknown>,
): Promise<Pick<PolicyError, 'code' | 'detail' | 'version'>> {
  const error = await change.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof PolicyError)) throw new Error(`not refused: ${String(error)}`)
  const { code, detail, version } = error
  return { code, detail, version }
}

describe('the rules in force', () => {
  let store: MemoryPolicyStore
  let policies: PolicyDirectory
  beforeEach(async () => {
    store = new MemoryPolicyStore()
    policies = await PolicyDirectory.open({ store, now: () => now })
  })

  test('[API-8] are those of the product until somebody changes them', () => {
    expect(policies.tableOf('meridian')).toBe(defaultPolicyTable)
  })

  test('[API-8] a change is in force with the next version, in one organization, and is written down whole', async () => {
    const table = await policies.change(admin(), phoneTo('user-choice', 1, '  too many wrong numbers '))
    expect(policies.tableOf('meridian')).toBe(table)
    expect(table.version).toBe(2)
    expect(policyFor('contact', 'fields.phone', table)?.strategy).toBe('user-choice')
    expect(policies.tableOf('rival')).toBe(defaultPolicyTable)
    expect(await policies.history('meridian', { limit: 10 })).toEqual([
      {
        organizationId: 'meridian',
        version: 2,
        author: { id: 'adam', name: 'Adam Novak' },
        at: now,
        reason: 'too many wrong numbers',
        detail: {
          type: 'strategy',
          kind: 'contact',
          path: 'fields.phone',
          before: 'client-wins',
          after: 'user-choice',
        },
        settings: table.settings,
      } satisfies PolicyChange,
    ])
  })

  test('[API-8] a field that goes back to its standard is no exception any more', async () => {
    await policies.change(admin(), phoneTo('user-choice', 1))
    const table = await policies.change(admin(), phoneTo('client-wins', 2))
    expect(table).toMatchObject({ version: 3, settings: { overrides: [] } })
    expect((await policies.history('meridian', { limit: 1 }))[0]?.detail).toMatchObject({
      before: 'user-choice',
      after: 'client-wins',
    })
  })

  test('[API-8] limits of approvals are changed the same way', async () => {
    const change = { type: 'approvals', managerMaxAmount: 100_000, managerMaxDiscount: 12.5 } as const
    const table = await policies.change(admin(), { change, expectedVersion: 1, reason: 'new year' })
    expect(table.settings.approvals).toEqual({ managerMaxAmount: 100_000, managerMaxDiscount: 12.5 })
    for (const wrong of [
      { managerMaxAmount: -1 },
      { managerMaxDiscount: 101 },
      { managerMaxAmount: NaN },
      {},
    ])
      expect(
        await refusalOf(
          policies.change(admin(), { change: { ...change, ...wrong }, expectedVersion: 2, reason: 'x' }),
        ),
      ).toMatchObject({ code: 'input/invalid' })
    expect(policies.tableOf('meridian')).toBe(table)
  })

  test.each([
    ['a pinned field', 'opportunity', 'financials.amount', 'client-wins'],
    ['a computed value', 'kpi', 'values.trx', 'client-wins'],
    ['consent', 'contact', 'consents.*.optType', 'client-wins'],
    ['an opt-out', 'contact', 'fields.doNotCall', 'client-wins'],
    ['a strategy that the field may not have', 'contact', 'fields.phone', 'server-wins'],
    ['a strategy that does not exist', 'contact', 'fields.phone', 'coin-toss'],
    ['what it follows already', 'contact', 'fields.phone', 'client-wins'],
    ['a field that does not exist', 'contact', 'fields.nothing', 'user-choice'],
    ['a field of one entry', 'opportunity', 'activities.a1.subject', 'user-choice'],
    ['a root', 'contact', '__proto__', 'user-choice'],
  ] as const)('[API-8] %s is refused in words, and nothing changes', async (_what, kind, path, strategy) => {
    const change = { type: 'strategy', kind, path, strategy } as const
    const refusal = await refusalOf(policies.change(admin(), { change, expectedVersion: 1, reason: 'x' }))
    expect(refusal.code).toBe('input/invalid')
    expect(refusal.detail).toContain(path)
    expect(policies.tableOf('meridian')).toBe(defaultPolicyTable)
    expect(await policies.history('meridian', { limit: 10 })).toEqual([])
  })

  test('[API-8] nobody but an admin, and not without a reason', async () => {
    for (const role of ['rep', 'manager', 'finance', 'compliance'] as const)
      expect(
        await refusalOf(policies.change(admin('meridian', role), phoneTo('user-choice', 1))),
      ).toMatchObject({ code: 'access/role' })
    expect(await refusalOf(policies.change(admin(), phoneTo('user-choice', 1, ' \n ')))).toMatchObject({
      code: 'input/invalid',
    })
    expect(policies.tableOf('meridian')).toBe(defaultPolicyTable)
  })

  test('[API-8] of two admins who saw the same version, the second is told the current one', async () => {
    const limits = { type: 'approvals', managerMaxAmount: 5, managerMaxDiscount: 5 } as const
    const [first, second] = await Promise.allSettled([
      policies.change(admin(), phoneTo('user-choice', 1)),
      policies.change(admin(), { change: limits, expectedVersion: 1, reason: 'at the same time' }),
    ])
    expect(first.status).toBe('fulfilled')
    expect(second).toMatchObject({ reason: { code: 'version/mismatch', version: 2 } })
    expect(policies.tableOf('meridian').version).toBe(2)
  })

  test('[API-8] a change that does not reach the disk is not in force', async () => {
    store.append = () => Promise.reject(new Error('disk I/O error'))
    expect(await refusalOf(policies.change(admin(), phoneTo('user-choice', 1)))).toMatchObject({
      code: 'server/storage',
    })
    expect(policies.tableOf('meridian')).toBe(defaultPolicyTable)
  })

  test('[API-8] are read again at the next start', async () => {
    const table = await policies.change(admin(), phoneTo('user-choice', 1))
    const restarted = await PolicyDirectory.open({ store, now: () => now })
    expect(restarted.tableOf('meridian')).toEqual(table)
  })
})
