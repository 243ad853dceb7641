import {
  litmusQuestions,
  meddpiccKey,
  meddpiccPillars,
  meddpiccVersion,
  type MeddpiccPillar,
  type MeddpiccPillarId,
  type MeddpiccQuestion,
} from './meddpicc-questions.ts'
import type { OpportunityView } from './views.ts'

/**
 * The one MEDDPICC scorer (DOMAIN 1.3, section 7). The original had three that disagreed, and rewarded long answers;
 * here a text answer scores by being answered, evidenced and dated, never by its length.
 */

export type MeddpiccLevel = 'excellent' | 'good' | 'fair' | 'poor'

export interface QuestionScore {
  readonly id: string
  readonly label: string
  readonly answered: boolean
  /** 0 to 10. */
  readonly points: number
}

export interface PillarScore {
  readonly id: MeddpiccPillarId
  readonly label: string
  /** 0 to 100. */
  readonly score: number
  readonly weight: number
  /** Number of answered questions. */
  readonly answered: number
  readonly questions: readonly QuestionScore[]
}

export interface MeddpiccScore {
  /** 0 to 100. */
  readonly overall: number
  readonly level: MeddpiccLevel
  readonly pillars: readonly PillarScore[]
  /** 0 to 100. */
  readonly litmus: number
  /** Version of questions, points and weights that the score was computed with. */
  readonly version: number
}

type ScoredView = Pick<OpportunityView, 'fields' | 'texts'>

const answeredPoints = 6
const evidencePoints = 2
const datedPoints = 2
const maxPoints = 10

function fieldValue(view: ScoredView, key: string): string | undefined {
  const value = (view.fields as Readonly<Record<string, unknown>>)[key]
  return typeof value === 'string' ? value : undefined
}

function isFilled(text: unknown): boolean {
  return typeof text === 'string' && text.trim() !== ''
}

function choicePoints(question: MeddpiccQuestion, value: string | undefined): number | undefined {
  return question.options?.find((option) => option.value === value)?.points
}

function scoreQuestion(view: ScoredView, pillar: MeddpiccPillar, question: MeddpiccQuestion): QuestionScore {
  const key = meddpiccKey(pillar.id, question.id)
  const { id, label } = question
  if (question.type === 'choice') {
    const points = choicePoints(question, fieldValue(view, key))
    return { id, label, answered: points !== undefined, points: points ?? 0 }
  }
  const answered = isFilled(view.texts[key])
  return { id, label, answered, points: answered ? answeredPoints + supportPoints(view, pillar) : 0 }
}

/** A date without evidence supports nothing. */
function supportPoints(view: ScoredView, { id }: MeddpiccPillar): number {
  if (!isFilled(fieldValue(view, meddpiccKey(id, 'evidence')))) return 0
  return evidencePoints + (isFilled(fieldValue(view, meddpiccKey(id, 'evidenceDate'))) ? datedPoints : 0)
}

function percentOf(points: number, questions: number): number {
  return questions === 0 ? 0 : Math.round((100 * points) / (maxPoints * questions))
}

function scorePillar(view: ScoredView, pillar: MeddpiccPillar): PillarScore {
  const questions = pillar.questions.map((question) => scoreQuestion(view, pillar, question))
  const counted = questions.filter(({ answered }, index) => answered || !pillar.questions[index]?.optional)
  const points = counted.reduce((sum, question) => sum + question.points, 0)
  return {
    id: pillar.id,
    label: pillar.label,
    weight: pillar.weight,
    score: percentOf(points, counted.length),
    answered: questions.filter(({ answered }) => answered).length,
    questions,
  }
}

export function meddpiccLevel(overall: number): MeddpiccLevel {
  if (overall >= 80) return 'excellent'
  if (overall >= 60) return 'good'
  return overall >= 40 ? 'fair' : 'poor'
}

/** Scores an opportunity: `overall = round(sum(pillar score x weight) / sum(weight))`. Pure; same view, same score. */
export function scoreMeddpicc(view: ScoredView): MeddpiccScore {
  const pillars = meddpiccPillars.map((pillar) => scorePillar(view, pillar))
  const weights = pillars.reduce((sum, { weight }) => sum + weight, 0)
  const overall = Math.round(pillars.reduce((sum, { score, weight }) => sum + score * weight, 0) / weights)
  const litmusPoints = litmusQuestions
    .map((question) => choicePoints(question, fieldValue(view, `litmus.${question.id}`)) ?? 0)
    .reduce((sum, points) => sum + points, 0)
  return {
    overall,
    level: meddpiccLevel(overall),
    pillars,
    litmus: percentOf(litmusPoints, litmusQuestions.length),
    version: meddpiccVersion,
  }
}
