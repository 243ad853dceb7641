import type { DocumentKind } from '@fulqrun/protocol'
import { type PolicyTable, whatIf } from '@fulqrun/rules'
import { fieldSpec } from '@fulqrun/schema'
import { formatTime } from '../../fields/format.ts'
import { valueWords } from '../history/value-words.ts'
import { exampleQuestion } from './bench.ts'
import { markOf } from './bench-words.ts'

const afterwards = {
  'open-conflict': 'and somebody is asked to choose',
  'settled-conflict': 'and the other value is kept beside it',
  proposals: 'and the others wait for approval',
  none: 'and nothing is left to decide',
} as const

/** What a table makes of two edits of a field, made apart from each other; tried with the rules themselves. */
export function exampleWords(kind: DocumentKind, path: string, table: PolicyTable): string {
  const question = exampleQuestion(kind, path, table)
  if (question === undefined) return ''
  const answer = whatIf(question)
  const say = (value: unknown) => valueWords(value, fieldSpec(kind, path), {})
  const edits = question.edits.map(({ value, editedAt }) => `${say(value)} at ${formatTime(editedAt)}`)
  return `${edits.join(' and ')}: it shows ${say(answer.value)}, ${afterwards[markOf(answer)]}.`
}
