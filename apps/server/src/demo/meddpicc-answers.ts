import { getText, meddpiccKey, type MeddpiccPillarId, setField } from '@fulqrun/schema'
import type * as Y from 'yjs'
import { clinicalAnswers } from './clinical-answers.ts'
import { isoDate } from './calendar.ts'
import type { Deal } from './deal.ts'
import { evidenceFor } from './meddpicc-evidence.ts'
import { processAnswers } from './process-answers.ts'
import { randomFor } from './random.ts'

/** Variants of an answer by `<pillar>.<question>`. */
export type AnswerBank = Readonly<Record<string, readonly ((deal: Deal) => string)[]>>

export interface AnswerOptions {
  readonly pillar: MeddpiccPillarId
  readonly questions: readonly string[]
  /** When the pillar's evidence was seen, ms; the day before is written down. Absent: no evidence yet. */
  readonly evidenceAt?: number | undefined
}

/** Writes the missing answers to text questions of a pillar and, where there is some, its evidence. */
export function answer(document: Y.Doc, deal: Deal, { pillar, questions, evidenceAt }: AnswerOptions): void {
  for (const question of questions) {
    const text = getText(document, meddpiccKey(pillar, question))
    if (text.length === 0) text.insert(0, answerText(deal, `${pillar}.${question}`))
  }
  if (evidenceAt === undefined) return
  const set = (question: string, value: string) =>
    setField(document, `fields.${meddpiccKey(pillar, question)}`, value, { now: evidenceAt })
  set('evidence', evidenceFor(deal, pillar))
  set('evidenceDate', isoDate(evidenceAt - deal.random.integer(0, 2) * 86_400_000))
}

function answerText(deal: Deal, key: string): string {
  const variants = clinicalAnswers[deal.plan.product][key] ?? processAnswers[key]
  if (variants === undefined) throw new RangeError(`no answers for ${key}`)
  // Deals of one hospital take turns, so that two of them do not say the same.
  const turn = randomFor(`${deal.hospital.id} ${key}`).integer(0, variants.length - 1) + deal.turn
  return variants[turn % variants.length]?.(deal) ?? ''
}

/** Answers a choice question, as in `meddpicc.champion.influence` or `litmus.budgetConfirmed`. */
export function answerChoice(
  document: Y.Doc,
  key: string,
  value: string,
  { now }: { readonly now: number },
): void {
  setField(document, `fields.${key}`, value, { now })
}
