import { addEntry, createDocument, decideProposal, propose, setField, setPinned } from '@fulqrun/schema'
import type * as Y from 'yjs'
import { doneActivity, firstCall, plannedActivity } from './opportunity-activities.ts'
import { contactIdOf } from './contacts.ts'
import type { Deal } from './deal.ts'
import { fullName, type Hcp, spokenName } from './hcps.ts'
import { answer, answerChoice } from './meddpicc-answers.ts'
import { committeeNotes, discoveryNotes, outcomeNotes, reviewNotes } from './opportunity-notes.ts'
import { nextStepOf, outcomeOf, pushReasons, storyOf } from './opportunity-texts.ts'
import type { Step, StepContext } from './recorded-document.ts'

/**
 * The life of a deal as its history tells it: opened, qualified, priced, moved from stage to stage by those who worked
 * on it, and decided. Each part returns the sittings it takes; a deal has those of the stages that it went through.
 */
export function opportunitySteps(deal: Deal): Step[] {
  const steps = [...opening(deal)]
  if (deal.reached >= 1) steps.push(...engaging(deal))
  if (deal.reached >= 2) steps.push(...advancing(deal))
  if (deal.reached >= 3) steps.push(...keyDecision(deal))
  steps.push(...(deal.closed ? closing(deal) : keepingUp(deal)))
  return steps
}

/** A moment at a share of the deal's life, 0 at its creation and 1 at its last activity. */
function moment({ calendar, ageDays, quietDays, random }: Deal, share: number): number {
  const daysAgo = Math.round(ageDays - (ageDays - quietDays) * share)
  return calendar.time(daysAgo, random.integer(8, 17), random.integer(0, 59))
}

function set(document: Y.Doc, { now }: StepContext, fields: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(fields)) setField(document, `fields.${key}`, value, { now })
}

function opening(deal: Deal): Step[] {
  const { plan, hospital, product, owner, champion, calendar } = deal
  return [
    {
      at: moment(deal, 0),
      by: owner,
      change: (document, { now }) =>
        createDocument(document, {
          kind: 'opportunity',
          territoryId: hospital.territoryId,
          createdBy: owner,
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
        }),
    },
    {
      at: moment(deal, 0.1),
      by: owner,
      change(document, context) {
        firstCall(document, deal, context)
        answer(document, deal, { pillar: 'identifyPain', questions: ['biggestChallenge'] })
        discoveryNotes(document, deal)
      },
    },
    {
      at: moment(deal, 0.18),
      by: deal.partner,
      change(document, context) {
        addStakeholder(
          document,
          deal,
          { hcp: champion, role: plan.stage === 'prospecting' ? 'user' : 'champion' },
          context,
        )
        set(document, context, {
          competitors: deal.random.shuffle(product.competitors).slice(0, 2),
          'meddpicc.metrics.urgency': deal.random.pick(['high', 'medium', 'medium', 'low']),
        })
      },
    },
  ]
}

function addStakeholder(
  document: Y.Doc,
  { calendar }: Deal,
  { hcp, role }: { readonly hcp: Hcp; readonly role: string },
  { now, newId }: StepContext,
): void {
  const influence = hcp.part === 'leader' || hcp.part === 'specialist' ? 'high' : 'medium'
  const values = { name: fullName(hcp), contactId: contactIdOf(hcp, calendar), role, influence }
  addEntry(document, 'stakeholders', values, { now, id: newId() })
}

function engaging(deal: Deal): Step[] {
  const { owner, partner, champion, influencer, buyer, finance, plan, random } = deal
  return [
    {
      at: moment(deal, 0.24),
      by: owner,
      change(document, context) {
        answer(document, deal, {
          pillar: 'identifyPain',
          questions: ['consequences', 'previousAttempts'],
          evidenceAt: context.now,
        })
        answer(document, deal, { pillar: 'champion', questions: ['identity'] })
        answerChoice(
          document,
          'meddpicc.champion.influence',
          champion.part === 'pharmacy' ? 'high' : random.pick(['high', 'very_high']),
          context,
        )
        answerChoice(
          document,
          'meddpicc.champion.commitment',
          random.pick(['strong', 'strong', 'full']),
          context,
        )
        answer(document, deal, {
          pillar: 'economicBuyer',
          questions: ['whoApproves', 'role'],
          evidenceAt: context.now,
        })
        answerChoice(document, 'meddpicc.economicBuyer.metBuyer', 'scheduled', context)
        addStakeholder(document, deal, { hcp: influencer, role: 'influencer' }, context)
      },
    },
    {
      at: moment(deal, 0.3),
      by: random.chance(0.5) ? partner : owner,
      reason: `${spokenName(champion)} confirmed the problem and agreed to introduce ${spokenName(buyer)}.`,
      change: (document, context) => set(document, context, { stage: 'engaging' }),
    },
    {
      at: moment(deal, 0.36),
      by: finance,
      official: true,
      reason: 'List price and volume from the first quote.',
      change: (document, { now }) =>
        setPinned(
          document,
          'financials',
          {
            amount: deal.reached >= 3 ? Math.round((plan.amount * 0.92) / 500) * 500 : plan.amount,
            currency: 'USD',
            discount: 0,
            margin: random.integer(580, 690) / 10,
            version: 1,
            source: 'Quote, first version',
          },
          { now },
        ),
    },
  ]
}

function advancing(deal: Deal): Step[] {
  const { owner, partner, buyer, random, plan, calendar } = deal
  const steps: Step[] = [
    {
      at: moment(deal, 0.46),
      by: owner,
      change(document, context) {
        answer(document, deal, { pillar: 'economicBuyer', questions: ['budgetAuthority'] })
        answerChoice(
          document,
          'meddpicc.economicBuyer.metBuyer',
          random.pick(['one_meeting', 'multiple_meetings']),
          context,
        )
        answer(document, deal, {
          pillar: 'decisionCriteria',
          questions: ['keyCriteria', 'importance', 'mustHaves'],
          evidenceAt: context.now,
        })
        answer(document, deal, {
          pillar: 'decisionProcess',
          questions: ['steps', 'stakeholders', 'timeline'],
        })
        addStakeholder(document, deal, { hcp: buyer, role: 'economic_buyer' }, context)
        set(document, context, {
          decisionMaker: fullName(buyer),
          budget: Math.round((plan.amount * random.integer(95, 130)) / 100 / 1000) * 1000,
        })
      },
    },
    {
      at: moment(deal, 0.52),
      by: random.chance(0.6) ? partner : owner,
      change(document, context) {
        answer(document, deal, {
          pillar: 'metrics',
          questions: ['currentCost', 'expectedRoi', 'successMetrics'],
          evidenceAt: context.now,
        })
        committeeNotes(document, deal)
        doneActivity(document, deal, { kind: 'workshop' }, context)
      },
    },
    {
      at: moment(deal, 0.58),
      by: owner,
      reason: `Met ${spokenName(buyer)}; criteria and steps are written down.`,
      change: (document, context) => set(document, context, { stage: 'advancing' }),
    },
  ]
  if (random.chance(0.6) && !hasProposal(deal))
    steps.push({
      at: moment(deal, 0.66),
      by: random.chance(0.5) ? partner : owner,
      reason: random.pick(pushReasons),
      change: (document, context) =>
        set(document, context, { closeDate: deal.closed ? calendar.date(-deal.quietDays) : closeDate(deal) }),
    })
  return steps
}

function keyDecision(deal: Deal): Step[] {
  const { owner, partner, finance, plan, random } = deal
  const steps: Step[] = [
    {
      at: moment(deal, 0.72),
      by: partner,
      change(document, context) {
        answer(document, deal, {
          pillar: 'paperProcess',
          questions: ['documentation', 'procurement', 'compliance'],
          evidenceAt: context.now,
        })
        answer(document, deal, {
          pillar: 'competition',
          questions: ['competitors', 'advantages', 'differentiation'],
          evidenceAt: context.now,
        })
        answerChoice(
          document,
          'meddpicc.competition.winProbability',
          random.pick(['from_70', 'from_70', 'over_90']),
          context,
        )
        set(document, context, { competitionLevel: random.pick(['low', 'medium', 'medium', 'high']) })
      },
    },
    {
      at: moment(deal, 0.78),
      by: owner,
      change(document, context) {
        answer(document, deal, {
          pillar: 'implicatePain',
          questions: ['fullImpact', 'urgencyCreation', 'stakeholderImpact'],
          evidenceAt: context.now,
        })
        answer(document, deal, { pillar: 'champion', questions: [], evidenceAt: context.now })
        answer(document, deal, { pillar: 'decisionProcess', questions: [], evidenceAt: context.now })
        answerChoice(document, 'litmus.budgetConfirmed', random.pick(['approved', 'allocated']), context)
        answerChoice(document, 'litmus.decisionTimeline', 'specific_date', context)
        answerChoice(
          document,
          'litmus.championConfirmed',
          random.pick(['strong', 'strong', 'moderate']),
          context,
        )
        reviewNotes(document, deal)
      },
    },
    {
      at: moment(deal, 0.84),
      by: random.chance(0.4) ? partner : owner,
      reason: 'Contract draft is with their legal team, no competitor left on the shortlist.',
      change: (document, context) => set(document, context, { stage: 'key_decision' }),
    },
  ]
  if (!hasDecidedProposal(deal))
    steps.push({
      at: moment(deal, 0.9),
      by: finance,
      official: true,
      reason: 'Volume confirmed by the pharmacy; rebate tier 1.',
      change: (document, { now }) =>
        setPinned(
          document,
          'financials',
          {
            amount: plan.amount,
            discount: random.pick([2.5, 3, 4, 5]),
            version: 2,
            source: 'Quote, second version',
          },
          { now },
        ),
    })
  else steps.push(...decidedProposal(deal))
  return steps
}

/** Deals whose discount was asked for by a rep and decided, by their place and product. */
const decidedDeals: readonly string[] = [
  'ironbridge cardavel',
  'whitewater onvexa',
  'palmetto cardavel',
  'gulfstar glymora',
]
/** Deals with a proposal that still waits for finance or a manager. */
const waitingDeals: readonly string[] = [
  'lakemont cardavel',
  'northpine glymora',
  'elmwood onvexa',
  'stalban cardavel',
  'prairie glymora',
  'harborview onvexa',
  'silverlake glymora',
]

function hasDecidedProposal({ plan }: Deal): boolean {
  return plan.stage === 'key_decision' && decidedDeals.includes(`${plan.hospital} ${plan.product}`)
}

function hasWaitingProposal({ plan, closed, reached }: Deal): boolean {
  return !closed && reached >= 1 && waitingDeals.includes(`${plan.hospital} ${plan.product}`)
}

function hasProposal(deal: Deal): boolean {
  return hasDecidedProposal(deal) || hasWaitingProposal(deal)
}

function decidedProposal(deal: Deal): Step[] {
  const { random, finance, owner } = deal
  const rep = owner === 'mia' ? 'adam' : owner
  const discount = random.pick([4, 6, 7.5])
  const approved = deal.plan.hospital !== 'palmetto'
  let id = ''
  return [
    {
      at: moment(deal, 0.88),
      by: rep,
      change(document, { now, newId }) {
        id = newId()
        const path = 'financials.discount'
        const reason = 'Matches the rebate tier that their group purchasing contract gives from year two.'
        propose(document, { path, value: discount, reason, author: rep, now, id })
      },
    },
    {
      at: moment(deal, 0.93),
      by: finance,
      official: true,
      decides: true,
      reason: approved
        ? 'Margin stays above the floor at this volume.'
        : 'Too early: come back with a confirmed volume.',
      change(document, { now }) {
        const comment = approved
          ? 'Margin stays above the floor at this volume.'
          : 'Too early: come back with a confirmed volume.'
        decideProposal(document, id, {
          status: approved ? 'approved' : 'rejected',
          decidedBy: finance,
          comment,
          now,
        })
        if (approved)
          setPinned(
            document,
            'financials',
            { discount, version: 2, source: 'Proposal approved by Finn Gallagher' },
            { now },
          )
      },
    },
  ]
}

function waitingProposal(deal: Deal): Step {
  const { plan, random, owner, partner } = deal
  const amount = Math.round((plan.amount * random.pick([0.94, 1.08, 1.12])) / 500) * 500
  const [path, value, reason] = random.pick([
    ['financials.amount', amount, 'The pharmacy gave us the confirmed number of patients this week.'],
    [
      'financials.discount',
      6,
      'They ask for the same tier as their sister hospital; without it the contract goes out to tender.',
    ],
  ] as const)
  return {
    at: moment(deal, 0.97),
    by: owner === 'ben' ? 'ben' : random.pick(['ana', owner === 'ana' ? 'ana' : partner]),
    change: (document, { now, newId }) => {
      propose(document, { path, value, reason, author: owner, now, id: newId() })
    },
  }
}

function firstCloseDate(deal: Deal): string {
  const { calendar, random, closed, ageDays } = deal
  if (closed) return calendar.date(-Math.max(1, Math.round(ageDays * 0.3)))
  return deal.reached >= 2 ? calendar.date(random.integer(4, 24)) : closeDate(deal)
}

/** When an open deal is expected to close; now and then the date has passed and nobody has moved it. */
function closeDate({ calendar, random, reached }: Deal): string {
  if (reached === 2 && random.chance(0.12)) return calendar.date(-random.integer(2, 8))
  const windows: readonly (readonly [number, number])[] = [
    [90, 200],
    [60, 150],
    [30, 100],
    [6, 42],
  ]
  return calendar.date(random.integer(...(windows[reached] ?? [30, 90])))
}

/** The last sittings of an open deal: what was done last, and what comes next. */
function keepingUp(deal: Deal): Step[] {
  const { owner } = deal
  const steps: Step[] = hasWaitingProposal(deal) ? [waitingProposal(deal)] : []
  steps.push({
    at: moment(deal, 1),
    by: owner,
    change(document, context) {
      doneActivity(document, deal, { kind: 'latest' }, context)
      plannedActivity(document, deal, context)
      const [nextStep, days] = nextStepOf(deal)
      set(document, context, { nextStep, nextStepDate: deal.calendar.date(days) })
    },
  })
  return steps
}

function closing(deal: Deal): Step[] {
  const { owner, plan, calendar, quietDays } = deal
  const outcome = outcomeOf(deal)
  return [
    {
      at: moment(deal, 0.98),
      by: owner,
      reason: plan.stage === 'closed_won' ? 'Signed contract received.' : 'Told by phone, letter follows.',
      change(document, context) {
        doneActivity(document, deal, { kind: 'decision' }, context)
        set(document, context, { stage: plan.stage, closeDate: calendar.date(-quietDays), ...outcome })
      },
    },
    {
      at: moment(deal, 1),
      by: deal.partner,
      change: (document) => outcomeNotes(document, deal),
    },
  ]
}
