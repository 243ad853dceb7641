/** What to find out next: pillars by what they would add to the overall score, each with its best next question. */
import {
  meddpiccKey,
  type MeddpiccLevel,
  meddpiccPillars,
  type MeddpiccPillarId,
  type MeddpiccScore,
  type OpportunityView,
  type PillarScore,
} from '@fulqrun/schema'

export type GapStep =
  /** Answer this question. */
  | { readonly kind: 'answer'; readonly questionId: string; readonly label: string }
  /** All is answered, but nothing says where from. */
  | { readonly kind: 'evidence' }
  | { readonly kind: 'date' }
  /** A choice that could become a better one by working on it. */
  | { readonly kind: 'improve'; readonly questionId: string; readonly label: string }

export interface MeddpiccGap {
  readonly pillarId: MeddpiccPillarId
  readonly label: string
  readonly score: number
  /** Points that a complete pillar would add to the overall score of 100, rounded. */
  readonly gain: number
  readonly step: GapStep
}

type ScoredFields = Readonly<Record<string, unknown>>

function isFilled(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== ''
}

function questionsOf(pillar: PillarScore) {
  const spec = meddpiccPillars.find(({ id }) => id === pillar.id)
  return pillar.questions.map((score) => ({
    ...score,
    type: spec?.questions.find(({ id }) => id === score.id)?.type ?? 'text',
    optional: spec?.questions.find(({ id }) => id === score.id)?.optional === true,
  }))
}

function nextStep(pillar: PillarScore, fields: ScoredFields): GapStep | undefined {
  const questions = questionsOf(pillar)
  const open = questions.filter(({ answered, optional }) => !answered && !optional)
  // A choice can bring all ten points at once, a text at most ten with its evidence: ask for the choice first.
  const best = open.find(({ type }) => type === 'choice') ?? open[0]
  if (best !== undefined) return { kind: 'answer', questionId: best.id, label: best.label }
  const hasText = questions.some(({ type, answered }) => type === 'text' && answered)
  if (hasText && !isFilled(fields[meddpiccKey(pillar.id, 'evidence')])) return { kind: 'evidence' }
  if (hasText && !isFilled(fields[meddpiccKey(pillar.id, 'evidenceDate')])) return { kind: 'date' }
  const weakest = questions
    .filter(({ type, points }) => type === 'choice' && points < 10)
    .toSorted((a, b) => a.points - b.points)[0]
  return weakest === undefined ? undefined : { kind: 'improve', questionId: weakest.id, label: weakest.label }
}

/** Incomplete pillars, the one that adds most first; pillars of equal gain keep the order of the method. */
export function meddpiccGaps(
  score: MeddpiccScore,
  view: Pick<OpportunityView, 'fields'>,
): readonly MeddpiccGap[] {
  const weights = score.pillars.reduce((sum, { weight }) => sum + weight, 0)
  return score.pillars
    .flatMap((pillar) => {
      const step = pillar.score >= 100 ? undefined : nextStep(pillar, view.fields)
      if (step === undefined) return []
      const exact = ((100 - pillar.score) * pillar.weight) / weights
      return [{ pillarId: pillar.id, label: pillar.label, score: pillar.score, exact, step }]
    })
    .toSorted((a, b) => b.exact - a.exact)
    .map(({ exact, ...gap }) => ({ ...gap, gain: Math.round(exact) }))
}

/** What to do about a gap, as a sentence. */
export function gapWords({ step }: MeddpiccGap): string {
  switch (step.kind) {
    case 'answer':
      return step.label
    case 'evidence':
      return 'Say where this is written down or who said it'
    case 'date':
      return 'Date the evidence'
    default:
      return `Work on: ${step.label}`
  }
}

const levelLabels: Record<MeddpiccLevel, string> = {
  excellent: 'Excellent',
  good: 'Good',
  fair: 'Fair',
  poor: 'Poor',
}

export function levelLabel(level: MeddpiccLevel): string {
  return levelLabels[level]
}
