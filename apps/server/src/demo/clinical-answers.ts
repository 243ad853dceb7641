import { cardiologyAnswers } from './cardiology-answers.ts'
import { diabetesAnswers } from './diabetes-answers.ts'
import type { AnswerBank } from './meddpicc-answers.ts'
import { oncologyAnswers } from './oncology-answers.ts'
import type { ProductId } from './products.ts'

/** Answers that depend on the medicine. */
export const clinicalAnswers: Readonly<Record<ProductId, AnswerBank>> = {
  cardavel: cardiologyAnswers,
  onvexa: oncologyAnswers,
  glymora: diabetesAnswers,
}
