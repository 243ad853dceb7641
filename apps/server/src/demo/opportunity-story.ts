import { createDocument } from '@fulqrun/schema'
import type * as Y from 'yjs'
import { isoDate } from './calendar.ts'
import { contactIdOf } from './contacts.ts'
import { dealApart } from './deal-apart.ts'
import { firstCloseDate, moment } from './deal-dates.ts'
import { waitingProposal } from './deal-proposals.ts'
import { addStakeholder, advancing, engaging, firstQuote, keyDecision, setFields } from './deal-stages.ts'
import type { Deal } from './deal.ts'
import { fullName } from './hcps.ts'
import { doneActivity, firstCall, plannedActivity } from './opportunity-activities.ts'
import { discoveryNotes, latestNotes, outcomeNotes } from './opportunity-notes.ts'
import { nextStepOf, outcomeOf, storyOf } from './opportunity-texts.ts'
import { qualify } from './qualification.ts'
import type { Step, StepContext } from './recorded-document.ts'

/**
 * The life of a deal as its history tells it: opened, qualified, priced, moved from stage to stage by those who worked
 * on it, and decided. A deal has the sittings of the stages that it went through.
 */
export function opportunitySteps(deal: Deal): Step[] {
  return [
    ...opening(deal),
    ...(deal.reached >= 1 ? engaging(deal) : estimate(deal)),
    ...(deal.reached >= 2 ? advancing(deal) : []),
    ...(deal.reached >= 3 ? keyDecision(deal) : []),
    ...(deal.closed ? closing(deal) : keepingUp(deal)),
    ...dealApart(deal),
  ]
}

function opening(deal: Deal): Step[] {
  const { owner, partner } = deal
  return [
    { at: moment(deal, 0), by: owner, change: (document, context) => create(document, deal, context) },
    {
      at: moment(deal, 0.1),
      by: owner,
      change(document, context) {
        firstCall(document, deal, context)
        qualify(document, deal, 'firstCall', context)
        discoveryNotes(document, deal)
      },
    },
    { at: moment(deal, 0.18), by: partner, change: (document, context) => research(document, deal, context) },
  ]
}

function create(document: Y.Doc, deal: Deal, { now, by }: StepContext): void {
  const { hospital, product, owner, champion, calendar } = deal
  createDocument(document, {
    kind: 'opportunity',
    territoryId: hospital.territoryId,
    createdBy: by,
    createdAt: now,
    fields: {
      name: deal.name,
      account: hospital.name,
      product: product.name,
      stage: 'prospecting',
      ownerId: owner,
      closeDate: firstCloseDate(deal),
      contactId: contactIdOf(champion, calendar),
      contactName: fullName(champion),
    },
    texts: { description: storyOf(deal) },
  })
}

/** Who matters there, and who else is in the race. */
function research(document: Y.Doc, deal: Deal, context: StepContext): void {
  const { champion, product, random, reached } = deal
  qualify(document, deal, 'research', context)
  addStakeholder(document, deal, { hcp: champion, role: reached === 0 ? 'user' : 'champion' }, context)
  setFields(
    document,
    { competitors: random.shuffle(product.competitors).slice(0, random.integer(1, 2)) },
    context,
  )
  if (random.chance(0.5))
    setFields(
      document,
      { competitionLevel: random.pick(['none', 'low', 'medium', 'high', 'intense']) },
      context,
    )
}

/** Most new deals get a first number from the list price; the others wait for it. */
function estimate(deal: Deal): Step[] {
  return deal.random.chance(0.7) ? [firstQuote(deal, 0.4)] : []
}

/** The last sittings of an open deal: what was done last, and what comes next. */
function keepingUp(deal: Deal): Step[] {
  const { owner, random, calendar, quietDays } = deal
  const withNote = random.chance(0.6)
  return [
    ...waitingProposal(deal),
    {
      at: moment(deal, 1),
      by: owner,
      change(document, context) {
        doneActivity(document, deal, { kind: 'latest' }, context)
        plannedActivity(document, deal, context)
        if (withNote) latestNotes(document, deal)
        const [nextStep, days] = nextStepOf(deal)
        setFields(document, { nextStep, nextStepDate: calendar.date(days - quietDays) }, context)
      },
    },
  ]
}

function closing(deal: Deal): Step[] {
  const { owner, partner, plan } = deal
  return [
    {
      at: moment(deal, 0.98),
      by: owner,
      reason: plan.stage === 'closed_won' ? 'Signed contract received.' : 'Told by phone, letter follows.',
      change: (document, context) =>
        setFields(document, { stage: plan.stage, closeDate: isoDate(context.now) }, context),
    },
    {
      at: moment(deal, 0.99),
      by: owner,
      change(document, context) {
        doneActivity(document, deal, { kind: 'decision' }, context)
        setFields(document, outcomeOf(deal), context)
      },
    },
    { at: moment(deal, 1), by: partner, change: (document) => outcomeNotes(document, deal) },
  ]
}
