import { addEntry, setField, setPinned } from '@fulqrun/schema'
import type * as Y from 'yjs'
import { contactIdOf } from './contacts.ts'
import { closeDate, isOverdue, moment } from './deal-dates.ts'
import { decidedProposal, hasDecidedProposal } from './deal-proposals.ts'
import type { Deal } from './deal.ts'
import { fullName, type Hcp, spokenName } from './hcps.ts'
import { doneActivity } from './opportunity-activities.ts'
import { committeeNotes, reviewNotes } from './opportunity-notes.ts'
import { pushReasons } from './opportunity-texts.ts'
import { qualify } from './qualification.ts'
import type { Step, StepContext } from './recorded-document.ts'

/** The sittings that a deal takes in each open stage after the first, up to the move into the next one. */

export function setFields(
  document: Y.Doc,
  fields: Readonly<Record<string, unknown>>,
  { now }: Pick<StepContext, 'now'>,
): void {
  for (const [key, value] of Object.entries(fields)) setField(document, `fields.${key}`, value, { now })
}

export interface Participation {
  readonly hcp: Hcp
  readonly role: string
}

export function addStakeholder(
  document: Y.Doc,
  { calendar }: Deal,
  { hcp, role }: Participation,
  { now, newId }: StepContext,
): void {
  const influence = hcp.part === 'leader' || hcp.part === 'specialist' ? 'high' : 'medium'
  const values = { name: fullName(hcp), contactId: contactIdOf(hcp, calendar), role, influence }
  addEntry(document, 'stakeholders', values, { now, id: newId() })
}

/** Finance's first number for a deal. */
export function firstQuote(deal: Deal, share: number): Step {
  const { finance, plan, random, reached } = deal
  const quoted = reached >= 3 ? Math.round((plan.amount * 0.92) / 500) * 500 : plan.amount
  const values = {
    amount: quoted,
    currency: 'USD',
    discount: 0,
    margin: random.integer(580, 690) / 10,
    version: 1,
    source: reached === 0 ? 'Estimate from list price' : 'Quote, first version',
  }
  return {
    at: moment(deal, share),
    by: finance,
    official: true,
    change: (document, { now }) => setPinned(document, 'financials', values, { now }),
  }
}

export function engaging(deal: Deal): Step[] {
  const { owner, partner, champion, influencer, buyer, random } = deal
  return [
    {
      at: moment(deal, 0.24),
      by: owner,
      change(document, context) {
        qualify(document, deal, 'qualifying', context)
        addStakeholder(document, deal, { hcp: influencer, role: 'influencer' }, context)
      },
    },
    {
      at: moment(deal, 0.3),
      by: random.chance(0.5) ? partner : owner,
      reason: `${spokenName(champion)} confirmed the problem and agreed to introduce ${spokenName(buyer)}.`,
      change: (document, context) => setFields(document, { stage: 'engaging' }, context),
    },
    firstQuote(deal, 0.36),
  ]
}

export function advancing(deal: Deal): Step[] {
  const { owner, partner, buyer, random } = deal
  const budget = Math.round((deal.plan.amount * random.integer(92, 130)) / 100_000) * 1000
  const steps: Step[] = [
    {
      at: moment(deal, 0.46),
      by: owner,
      change(document, context) {
        qualify(document, deal, 'buyerMeeting', context)
        addStakeholder(document, deal, { hcp: buyer, role: 'economic_buyer' }, context)
        setFields(document, { decisionMaker: fullName(buyer), budget }, context)
      },
    },
    {
      at: moment(deal, 0.52),
      by: random.chance(0.6) ? partner : owner,
      change(document, context) {
        qualify(document, deal, 'workshop', context)
        committeeNotes(document, deal)
        doneActivity(document, deal, { kind: 'workshop' }, context)
      },
    },
    {
      at: moment(deal, 0.58),
      by: owner,
      reason: `Met ${spokenName(buyer)}; criteria and steps are written down.`,
      change: (document, context) => setFields(document, { stage: 'advancing' }, context),
    },
  ]
  if (!deal.closed && !isOverdue(deal) && random.chance(0.7)) steps.push(pushedCloseDate(deal))
  return steps
}

function pushedCloseDate(deal: Deal): Step {
  const { owner, partner, random } = deal
  return {
    at: moment(deal, 0.66),
    by: random.chance(0.5) ? partner : owner,
    reason: random.pick(pushReasons),
    change: (document, context) => setFields(document, { closeDate: closeDate(deal) }, context),
  }
}

export function keyDecision(deal: Deal): Step[] {
  const { owner, partner, random } = deal
  return [
    {
      at: moment(deal, 0.72),
      by: partner,
      change(document, context) {
        qualify(document, deal, 'papers', context)
        setFields(document, { competitionLevel: random.pick(['low', 'medium', 'medium', 'high']) }, context)
      },
    },
    {
      at: moment(deal, 0.78),
      by: owner,
      change(document, context) {
        qualify(document, deal, 'review', context)
        reviewNotes(document, deal)
      },
    },
    {
      at: moment(deal, 0.84),
      by: random.chance(0.4) ? partner : owner,
      reason: 'Contract draft is with their legal team, no competitor left on the shortlist.',
      change: (document, context) => setFields(document, { stage: 'key_decision' }, context),
    },
    ...(hasDecidedProposal(deal) ? decidedProposal(deal) : [secondQuote(deal)]),
  ]
}

function secondQuote(deal: Deal): Step {
  const discount = deal.random.pick([2.5, 3, 4, 5])
  const values = { amount: deal.plan.amount, discount, version: 2, source: 'Quote, second version' }
  return {
    at: moment(deal, 0.9),
    by: deal.finance,
    official: true,
    reason: 'Volume confirmed by the pharmacy; rebate tier 1.',
    change: (document, { now }) => setPinned(document, 'financials', values, { now }),
  }
}
