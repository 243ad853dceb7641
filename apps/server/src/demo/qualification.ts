import type { MeddpiccPillarId } from '@fulqrun/schema'
import type * as Y from 'yjs'
import type { Deal } from './deal.ts'
import { answer, answerChoice } from './meddpicc-answers.ts'
import type { StepContext } from './recorded-document.ts'

/** Occasions on which a team learns what the MEDDPICC questions ask. */
export type Occasion =
  'firstCall' | 'research' | 'qualifying' | 'buyerMeeting' | 'workshop' | 'papers' | 'review'

interface Finding {
  readonly pillar: MeddpiccPillarId
  readonly questions?: readonly string[] | undefined
  readonly evidence?: boolean | undefined
  /** True for what only thorough teams write down. What the gates of the stages ask for is never left out. */
  readonly extra?: boolean | undefined
}

const findings: Readonly<Record<Occasion, readonly Finding[]>> = {
  firstCall: [
    { pillar: 'identifyPain', questions: ['biggestChallenge'] },
    { pillar: 'identifyPain', questions: ['consequences'], extra: true },
    { pillar: 'metrics', questions: ['currentCost'], extra: true },
  ],
  research: [
    { pillar: 'identifyPain', questions: ['previousAttempts'], evidence: true, extra: true },
    { pillar: 'champion', questions: ['identity'], extra: true },
    { pillar: 'decisionCriteria', questions: ['keyCriteria'], extra: true },
  ],
  qualifying: [
    { pillar: 'identifyPain', questions: ['consequences', 'previousAttempts'], evidence: true },
    { pillar: 'champion', questions: ['identity'] },
    { pillar: 'economicBuyer', questions: ['whoApproves', 'role'], evidence: true },
    { pillar: 'metrics', questions: ['successMetrics'], extra: true },
    { pillar: 'competition', questions: ['competitors'], extra: true },
    { pillar: 'decisionProcess', questions: ['steps'], extra: true },
  ],
  buyerMeeting: [
    { pillar: 'economicBuyer', questions: ['budgetAuthority'] },
    { pillar: 'decisionCriteria', questions: ['keyCriteria', 'importance', 'mustHaves'], evidence: true },
    { pillar: 'decisionProcess', questions: ['steps', 'stakeholders', 'timeline'] },
    { pillar: 'competition', questions: ['advantages'], extra: true },
  ],
  workshop: [
    { pillar: 'metrics', questions: ['currentCost', 'expectedRoi', 'successMetrics'] },
    { pillar: 'metrics', evidence: true, extra: true },
    { pillar: 'implicatePain', questions: ['fullImpact', 'stakeholderImpact'], extra: true },
    { pillar: 'paperProcess', questions: ['documentation'], extra: true },
  ],
  papers: [
    { pillar: 'paperProcess', questions: ['documentation', 'procurement'], evidence: true },
    { pillar: 'paperProcess', questions: ['compliance'], extra: true },
    { pillar: 'competition', questions: ['competitors', 'advantages', 'differentiation'], evidence: true },
  ],
  review: [
    { pillar: 'champion', evidence: true },
    { pillar: 'implicatePain', questions: ['fullImpact', 'urgencyCreation'] },
    { pillar: 'implicatePain', questions: ['stakeholderImpact'], evidence: true, extra: true },
    { pillar: 'metrics', evidence: true, extra: true },
    { pillar: 'decisionProcess', evidence: true, extra: true },
  ],
}

/** Writes down what was learned on an occasion; what is already there stays as it is. */
export function qualify(document: Y.Doc, deal: Deal, occasion: Occasion, context: StepContext): void {
  for (const { pillar, questions = [], evidence, extra } of findings[occasion]) {
    if (extra === true && !deal.random.chance(deal.diligence)) continue
    answer(document, deal, { pillar, questions, evidenceAt: evidence === true ? context.now : undefined })
  }
  for (const [key, options] of Object.entries(choices[occasion] ?? {}))
    answerChoice(document, key, deal.random.pick(options), context)
}

/** Choice questions that an occasion settles, with the answers it may give; repeated ones are likelier. */
const choices: Partial<Record<Occasion, Readonly<Record<string, readonly string[]>>>> = {
  research: { 'meddpicc.metrics.urgency': ['critical', 'high', 'high', 'medium', 'medium', 'low'] },
  qualifying: {
    'meddpicc.champion.influence': ['high', 'high', 'very_high'],
    'meddpicc.champion.commitment': ['strong', 'strong', 'full'],
    'meddpicc.economicBuyer.metBuyer': ['scheduled'],
    'litmus.budgetConfirmed': ['identified', 'identified', 'unclear'],
    'litmus.championConfirmed': ['moderate', 'strong'],
  },
  buyerMeeting: {
    'meddpicc.economicBuyer.metBuyer': ['one_meeting', 'multiple_meetings'],
    'litmus.decisionTimeline': ['general', 'specific_date'],
  },
  papers: { 'meddpicc.competition.winProbability': ['from_70', 'from_70', 'over_90'] },
  review: {
    'litmus.budgetConfirmed': ['approved', 'allocated'],
    'litmus.decisionTimeline': ['specific_date'],
    'litmus.championConfirmed': ['strong', 'strong', 'moderate'],
  },
}
