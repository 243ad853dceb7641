import type { Proposal } from '@fulqrun/schema'
import { expect, test } from 'vitest'
import { groupProposals } from './proposal-groups.ts'

let count = 0

function makeProposal(proposal: Partial<Proposal>): Proposal {
  count += 1
  return {
    id: `p-${count}`,
    path: 'financials.amount',
    value: count,
    author: 'user-ana',
    proposedAt: count,
    status: 'waiting',
    ...proposal,
  }
}

test('what waits for one field stands together, what was decided follows with the latest first', () => {
  const amount = makeProposal({})
  const old = makeProposal({ status: 'rejected', decidedAt: 100 })
  const discount = makeProposal({ path: 'financials.discount' })
  const other = makeProposal({ author: 'user-ben' })
  const recent = makeProposal({ status: 'superseded', decidedAt: 200 })
  const withdrawn = makeProposal({ status: 'withdrawn' })
  expect(groupProposals([amount, old, discount, other, recent, withdrawn])).toEqual({
    waiting: [
      { path: 'financials.amount', proposals: [amount, other] },
      { path: 'financials.discount', proposals: [discount] },
    ],
    decided: [recent, old, withdrawn],
  })
})
