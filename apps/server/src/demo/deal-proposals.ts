import { decideProposal, propose, setPinned } from '@fulqrun/schema'
import { type AuthorId, authorOf } from './authors.ts'
import { moment } from './deal-dates.ts'
import type { Deal } from './deal.ts'
import type { Step } from './recorded-document.ts'

/** Deals whose discount was asked for and decided, by hospital and product, with who decided and what. */
const decided: Readonly<Record<string, { readonly by: AuthorId; readonly approved: boolean }>> = {
  'ironbridge cardavel': { by: 'finn', approved: true },
  'whitewater onvexa': { by: 'mia', approved: true },
  'palmetto cardavel': { by: 'finn', approved: false },
  'gulfstar glymora': { by: 'finn', approved: true },
}

/** Deals with a proposal that still waits for finance or a manager. */
const waiting: ReadonlySet<string> = new Set([
  'lakemont cardavel key_decision',
  'northpine glymora key_decision',
  'elmwood onvexa advancing',
  'stalban cardavel advancing',
  'prairie glymora advancing',
  'harborlight onvexa engaging',
  'silverlake glymora advancing',
])

function decisionFor({ plan }: Deal): { readonly by: AuthorId; readonly approved: boolean } | undefined {
  return plan.stage === 'key_decision' ? decided[`${plan.hospital} ${plan.product}`] : undefined
}

/** True where a decided proposal, and not finance on its own, made the second version of the numbers. */
export function hasDecidedProposal(deal: Deal): boolean {
  return decisionFor(deal) !== undefined
}

/** The rep's own deals; in the manager's territory the admin asks, because nobody decides about their own proposal. */
function askerOf({ owner }: Deal): AuthorId {
  return owner === 'mia' ? 'adam' : owner
}

/** Asked for by a rep, answered some days later. */
export function decidedProposal(deal: Deal): Step[] {
  const decision = decisionFor(deal)
  if (decision === undefined) return []
  const { by, approved } = decision
  const discount = deal.random.pick([4, 6, 7.5])
  const comment = approved
    ? 'Margin stays above the floor at this volume.'
    : 'Too early: come back with a confirmed volume.'
  const asker = askerOf(deal)
  const made: { id?: string } = {}
  return [
    {
      at: moment(deal, 0.88),
      by: asker,
      change(document, { now, newId }) {
        const reason = 'Matches the rebate tier that their purchasing group gets from year two.'
        made.id = propose(document, {
          path: 'financials.discount',
          value: discount,
          reason,
          author: asker,
          now,
          id: newId(),
        })
      },
    },
    {
      at: moment(deal, 0.93),
      by,
      official: true,
      decides: true,
      reason: comment,
      change(document, { now }) {
        const status = approved ? 'approved' : 'rejected'
        decideProposal(document, made.id ?? '', { status, decidedBy: by, comment, now })
        if (!approved) return
        const source = `Proposal approved by ${authorOf(by).name}`
        setPinned(document, 'financials', { discount, version: 2, source }, { now })
      },
    },
  ]
}

/** A wish about the official numbers that nobody has answered yet. */
export function waitingProposal(deal: Deal): Step[] {
  const { plan, random } = deal
  if (!waiting.has(`${plan.hospital} ${plan.product} ${plan.stage}`)) return []
  const amount = Math.round((plan.amount * random.pick([0.94, 1.08, 1.12])) / 500) * 500
  const wishes = [
    {
      path: 'financials.amount',
      value: amount,
      reason: 'The pharmacy confirmed the number of patients this week; the first quote is off.',
    },
    {
      path: 'financials.discount',
      value: 6,
      reason:
        'They ask for the same tier as their sister hospital; without it the contract goes out to tender.',
    },
  ]
  const wish = random.pick(wishes)
  const asker = askerOf(deal)
  return [
    {
      at: moment(deal, 0.97),
      by: asker,
      change(document, { now, newId }) {
        propose(document, { ...wish, author: asker, now, id: newId() })
      },
    },
  ]
}
