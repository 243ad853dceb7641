import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { PolicyChange, PolicyStore } from './policy-store.ts'

export interface PolicyStoreUnderTest {
  readonly store: PolicyStore
  /** Closes and opens again on the same data; asked of durable stores only. */
  reopen(): Promise<PolicyStore>
  /** Ends the test. */
  close(): Promise<void>
}

export function makeChange(version: number, parts: Partial<PolicyChange> = {}): PolicyChange {
  return {
    organizationId: 'meridian',
    version,
    author: { id: 'adam', name: 'Adam Novak' },
    at: 1_000 + version,
    reason: 'Reps correct phone numbers after calls; "later" was wrong — twice',
    detail: {
      type: 'strategy',
      kind: 'contact',
      path: 'fields.phone',
      before: 'client-wins',
      after: 'user-choice',
    },
    settings: {
      overrides: [{ kind: 'contact', path: 'fields.phone', strategy: 'user-choice' }],
      approvals: { managerMaxAmount: version, managerMaxDiscount: 5 },
    },
    ...parts,
  }
}

/** Memory has nothing to come back to: the test is not asked of it. */
function ignored(_title: string, _run: () => Promise<void>): void {}

/** The promises of the port `PolicyStore`, for one adapter. */
export function policyStoreContract(
  name: string,
  { open, durable }: { readonly open: () => Promise<PolicyStoreUnderTest>; readonly durable: boolean },
): void {
  describe(`policy store: ${name}`, () => {
    let subject: PolicyStoreUnderTest
    let store: PolicyStore
    beforeEach(async () => {
      subject = await open()
      store = subject.store
    })
    afterEach(() => subject.close())

    test('[STO-9] gives back what was appended, newest first and page by page', async () => {
      const changes = [1, 2, 3, 4].map((version) => makeChange(version))
      for (const change of changes) await store.append(change)
      expect(await store.history('meridian', { limit: 10 })).toEqual(changes.toReversed())
      expect(await store.history('meridian', { limit: 2 })).toEqual([changes[3], changes[2]])
      expect(await store.history('meridian', { limit: 2, before: 3 })).toEqual([changes[1], changes[0]])
      expect(await store.latest()).toEqual([changes[3]])
    })

    test('[STO-9] knows each organization by itself', async () => {
      const own = makeChange(1)
      const rivals = makeChange(1, { organizationId: 'rival' })
      await store.append(own)
      await store.append(rivals)
      expect(await store.history('rival', { limit: 10 })).toEqual([rivals])
      expect(await store.history('nobody', { limit: 10 })).toEqual([])
      expect(await store.latest()).toEqual(expect.arrayContaining([own, rivals]))
    })

    test('[STO-10] takes one change per version, and no version out of order', async () => {
      await store.append(makeChange(1))
      for (const version of [1, 3, 0])
        await expect(store.append(makeChange(version))).rejects.toThrow(/version|UNIQUE/)
      const both = await Promise.allSettled([
        store.append(makeChange(2, { reason: 'one admin' })),
        store.append(makeChange(2, { reason: 'another admin' })),
      ])
      expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
      expect((await store.history('meridian', { limit: 10 })).map(({ version }) => version)).toEqual([2, 1])
    })

    const keepsEverything = async () => {
      const changes = [1, 2].map((version) => makeChange(version))
      for (const change of changes) await store.append(change)
      store = await subject.reopen()
      expect(await store.latest()).toEqual([changes[1]])
      expect(await store.history('meridian', { limit: 10 })).toEqual(changes.toReversed())
    }
    const durableOnly = durable ? test : ignored
    durableOnly('[STO-9] everything is there after closing and opening again', keepsEverything)
  })
}
