import { scoreMeddpicc } from './meddpicc-score.ts'
import type { StageId } from './opportunity-spec.ts'
import type { Activity, OpportunityView } from './views.ts'

/**
 * Deal risk, 0 to 100, higher is riskier (DOMAIN 1.4). A weighted sum of eight factors, each 0 to 100, by rules and
 * not by a model. Differences to the original, on purpose: the clock is supplied, days are calendar days in UTC, a won
 * deal has no risk (the original answered 70 for its `0 || 70`), a closed deal is not judged by its dates, and the
 * MEDDPICC input is the one scorer's overall score.
 */

export type RiskLevel = 'critical' | 'high' | 'medium' | 'low'

export type RiskFactorId =
  'stage' | 'meddpicc' | 'timeline' | 'value' | 'competition' | 'engagement' | 'decisionMaker' | 'budget'

export interface RiskFactor {
  readonly id: RiskFactorId
  readonly label: string
  /** 0 to 100. */
  readonly score: number
  /** Share in the whole, percent. */
  readonly weight: number
  /** What to do about it; only where the score calls for something. */
  readonly advice?: string | undefined
}

export interface Risk {
  /** 0 to 100. */
  readonly score: number
  readonly level: RiskLevel
  readonly factors: readonly RiskFactor[]
  /** 0 to 1: how much of what the factors look at is filled in. */
  readonly confidence: number
}

const dayMs = 86_400_000

const stageRisk: Readonly<Record<StageId, number>> = {
  prospecting: 80,
  engaging: 60,
  advancing: 40,
  key_decision: 20,
  closed_won: 0,
  closed_lost: 100,
}

const competitionRisk = { none: 10, low: 30, medium: 50, high: 80, intense: 90 } as const

/** Marks from the top down: the first whose limit the number reaches decides. */
type Marks = readonly (readonly [limit: number, score: number])[]

const meddpiccMarks: Marks = [
  [80, 10],
  [60, 30],
  [40, 50],
  [20, 70],
]
const valueMarks: Marks = [
  [1_000_000, 70],
  [500_000, 50],
  [100_000, 30],
  [50_000, 20],
  [10_000, 15],
]
const budgetMarks: Marks = [
  [1.2, 80],
  [1, 60],
  [0.8, 30],
  [0.5, 20],
]

function atLeast(marks: Marks, value: number, otherwise: number): number {
  return marks.find(([limit]) => value >= limit)?.[1] ?? otherwise
}

function above(marks: Marks, value: number, otherwise: number): number {
  return marks.find(([limit]) => value > limit)?.[1] ?? otherwise
}

/** Calendar days (UTC) from today to a date; negative when it is past. */
function daysUntil(date: string, now: number): number {
  return Math.round((Date.parse(`${date}T00:00:00Z`) - Math.floor(now / dayMs) * dayMs) / dayMs)
}

function closeDateRisk(closeDate: string | undefined, now: number): number {
  if (closeDate === undefined) return 60
  const days = daysUntil(closeDate, now)
  if (days < 0) return 100
  if (days < 7) return 80
  if (days < 30) return 60
  return days < 90 ? 40 : 60
}

function ageRisk(createdAt: number | undefined, now: number): number {
  if (createdAt === undefined) return 0
  const days = (now - createdAt) / dayMs
  if (days > 180) return 20
  return days > 90 ? 10 : 0
}

function timelineRisk(view: OpportunityView, now: number): number {
  return Math.min(100, closeDateRisk(view.fields.closeDate, now) + ageRisk(view.meta.createdAt, now))
}

function competitionFactor({ fields }: OpportunityView): number {
  if (fields.competitionLevel !== undefined) return competitionRisk[fields.competitionLevel]
  return (fields.competitors?.length ?? 0) > 0 ? 50 : 60
}

/** The last day on which something was done; planned activities are no engagement. */
function lastActivityAt(activities: readonly Activity[]): number | undefined {
  const times = activities.flatMap(({ status, completedAt }) =>
    status === 'completed' && completedAt !== undefined ? [completedAt] : [],
  )
  return times.length === 0 ? undefined : Math.max(...times)
}

function silenceRisk(activities: readonly Activity[], now: number): number {
  const last = lastActivityAt(activities)
  if (last === undefined) return 25
  const days = (now - last) / dayMs
  if (days > 30) return 30
  if (days > 14) return 20
  return days > 7 ? 10 : 0
}

function engagementRisk(view: OpportunityView, now: number): number {
  const activities = view.activities.filter(({ status }) => status !== 'cancelled').length
  const contacts = countContacts(view)
  const activityRisk = activities < 3 ? 20 : activities < 5 ? 10 : 0
  const contactRisk = contacts < 2 ? 15 : contacts < 4 ? 5 : 0
  return Math.min(100, 50 + activityRisk + contactRisk + silenceRisk(view.activities, now))
}

/** People known on the customer's side; the main contact may also be listed as a stakeholder. */
function countContacts({ fields, stakeholders }: OpportunityView): number {
  const main = fields.contactId
  const listed = main !== undefined && stakeholders.some(({ contactId }) => contactId === main)
  return stakeholders.length + (main === undefined || listed ? 0 : 1)
}

interface KnownPeople {
  readonly economicBuyer: boolean
  readonly champion: boolean
  readonly decisionMaker: boolean
  readonly process: boolean
  readonly criteria: boolean
}

function knownPeople(view: OpportunityView): KnownPeople {
  const { fields, texts, stakeholders } = view
  const told = (...names: readonly string[]) => names.some((name) => (texts[name] ?? '').trim() !== '')
  const has = (role: string) => stakeholders.some((stakeholder) => stakeholder.role === role)
  return {
    economicBuyer: has('economic_buyer') || told('meddpicc.economicBuyer.whoApproves'),
    champion: has('champion') || told('meddpicc.champion.identity'),
    decisionMaker: has('decision_maker') || (fields.decisionMaker ?? '').trim() !== '',
    process: told('meddpicc.decisionProcess.steps', 'meddpicc.decisionProcess.timeline'),
    criteria: told('meddpicc.decisionCriteria.keyCriteria', 'meddpicc.decisionCriteria.mustHaves'),
  }
}

function decisionMakerRisk(known: KnownPeople): number {
  const reduced =
    (known.economicBuyer ? 30 : 0) +
    (known.champion ? 20 : 0) +
    (known.decisionMaker ? 15 : 0) +
    (known.process ? 10 : 0) +
    (known.criteria ? 10 : 0)
  return Math.max(0, 80 - reduced)
}

function budgetRisk({ financials, fields }: OpportunityView): number {
  const { amount } = financials
  const { budget } = fields
  if (amount === undefined || budget === undefined || budget <= 0) return 70
  return above(budgetMarks, amount / budget, 10)
}

function valueRisk(amount: number | undefined): number {
  return amount === undefined || amount <= 0 ? 80 : above(valueMarks, amount, 10)
}

const factorTable: readonly {
  readonly id: RiskFactorId
  readonly label: string
  readonly weight: number
  readonly advice: string
}[] = [
  { id: 'stage', label: 'Stage', weight: 20, advice: 'Agree on the next step that moves the deal on.' },
  { id: 'meddpicc', label: 'Qualification', weight: 25, advice: 'Answer the open MEDDPICC questions.' },
  { id: 'timeline', label: 'Timeline', weight: 15, advice: 'Confirm the close date with the customer.' },
  { id: 'value', label: 'Value', weight: 10, advice: 'Have the amount confirmed and the case reviewed.' },
  { id: 'competition', label: 'Competition', weight: 10, advice: 'Find out who else they are looking at.' },
  {
    id: 'engagement',
    label: 'Engagement',
    weight: 10,
    advice: 'Plan a meeting and widen the circle of people.',
  },
  { id: 'decisionMaker', label: 'Decision makers', weight: 5, advice: 'Get to the economic buyer.' },
  { id: 'budget', label: 'Budget', weight: 5, advice: 'Clarify the budget.' },
]

/** From here on a factor calls for action. A timeline is always somewhat risky, so its mark is higher. */
function callsForAdvice(id: RiskFactorId, score: number): boolean {
  return score > (id === 'timeline' ? 70 : 60)
}

function factorScores(view: OpportunityView, now: number): Record<RiskFactorId, number> {
  return {
    stage: stageRisk[view.fields.stage],
    meddpicc: atLeast(meddpiccMarks, scoreMeddpicc(view).overall, 90),
    timeline: timelineRisk(view, now),
    value: valueRisk(view.financials.amount),
    competition: competitionFactor(view),
    engagement: engagementRisk(view, now),
    decisionMaker: decisionMakerRisk(knownPeople(view)),
    budget: budgetRisk(view),
  }
}

export function riskLevel(score: number): RiskLevel {
  if (score >= 80) return 'critical'
  if (score >= 60) return 'high'
  return score >= 40 ? 'medium' : 'low'
}

function confidenceOf(view: OpportunityView): number {
  const { fields, financials } = view
  const known = knownPeople(view)
  const filled = [
    fields.name !== '',
    true, // the stage is always there
    scoreMeddpicc(view).overall > 0,
    (financials.amount ?? 0) > 0,
    fields.closeDate !== undefined,
    known.economicBuyer,
    known.champion,
    known.process,
    fields.competitionLevel !== undefined || (fields.competitors?.length ?? 0) > 0,
    fields.budget !== undefined,
  ]
  return filled.filter(Boolean).length / filled.length
}

/** Assesses an opportunity at a moment (ms since 1970 UTC). Pure: same view and moment, same answer. */
export function assessRisk(view: OpportunityView, now: number): Risk {
  const scores = factorScores(view, now)
  const open = view.fields.stage !== 'closed_won' && view.fields.stage !== 'closed_lost'
  const factors = factorTable.map(({ id, label, weight, advice }): RiskFactor => ({
    id,
    label,
    weight,
    score: scores[id],
    ...(open && callsForAdvice(id, scores[id]) ? { advice } : {}),
  }))
  const weighted = factors.reduce((sum, factor) => sum + factor.score * factor.weight, 0) / 100
  const score = open ? Math.min(100, Math.max(0, Math.round(weighted))) : scores.stage
  return { score, level: riskLevel(score), factors, confidence: confidenceOf(view) }
}
