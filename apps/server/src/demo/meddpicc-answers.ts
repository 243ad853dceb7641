import { getText, meddpiccKey, type MeddpiccPillarId, setField } from '@fulqrun/schema'
import type * as Y from 'yjs'
import { clinicalAnswers } from './clinical-answers.ts'
import { isoDate } from './calendar.ts'
import type { Deal } from './deal.ts'
import { evidenceFor } from './meddpicc-evidence.ts'
import { processAnswers } from './process-answers.ts'

/** Variants of an answer by `<pillar>.<question>`. */
export type AnswerBank = Readonly<Record<string, readonly ((deal: Deal) => string)[]>>

export interface AnswerOptions {
  readonly pillar: MeddpiccPillarId
  readonly questions: readonly string[]
  /** When the pillar's evidence was seen, ms; the day before is written down. Absent: no evidence yet. */
  readonly evidenceAt?: number | undefined
}

/** Writes the answers to text questions of a pillar and, where there is some, its evidence. */
export function answer(document: Y.Doc, deal: Deal, { pillar, questions, evidenceAt }: AnswerOptions): void {
  for (const question of questions) {
    getText(document, meddpiccKey(pillar, question)).insert(0, answerText(deal, `${pillar}.${question}`))
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
  return deal.random.pick(variants)(deal)
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
