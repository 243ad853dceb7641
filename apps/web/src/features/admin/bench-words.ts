import type { EditVerdict, WhatIfAnswer, WhatIfQuestion } from '@fulqrun/rules'
import { sameValue } from '../../fields/draft.ts'

/** What became of one of the two edits. */
export type Fate =
  'stands' | 'merged' | 'waits' | 'kept' | 'overwritten' | 'proposed' | 'put-back' | 'unchanged'

const fateWords: Readonly<Record<Fate, string>> = {
  stands: 'stands',
  merged: 'is in the text',
  waits: 'waits beside the field until somebody chooses',
  kept: 'does not stand; it is kept beside the field, one click away',
  overwritten: 'was replaced by somebody who had seen it; it is in the history',
  proposed: 'became a proposal; the official value stays',
  'put-back': 'was put back; it is in the history',
  unchanged: 'changed nothing',
}

export function fateSentence(fate: Fate): string {
  return fateWords[fate]
}

/** What became of each edit, in the order of the question. */
export function fatesOf(question: WhatIfQuestion, answer: WhatIfAnswer): readonly [Fate, Fate] {
  const [first, second] = question.edits
  return [fateOf(answer.edits[0], first.value, answer), fateOf(answer.edits[1], second.value, answer)]
}

function fateOf({ changes, putBack }: EditVerdict, value: unknown, answer: WhatIfAnswer): Fate {
  if (putBack.some(({ proposalId }) => proposalId !== undefined)) return 'proposed'
  if (changes.some(({ action }) => action === 'text')) return 'merged'
  if (sameValue(answer.value, value)) return changes.length === 0 ? 'unchanged' : 'stands'
  const conflict = answer.conflicts.find(({ candidates }) =>
    candidates.some((candidate) => sameValue(candidate.value, value)),
  )
  if (conflict !== undefined) return conflict.status === 'open' ? 'waits' : 'kept'
  if (putBack.length > 0) return 'put-back'
  return changes.length === 0 ? 'unchanged' : 'overwritten'
}

/** The rule that decided; undefined when none had to, because each edit followed on what its author had seen. */
export function ruleOf({ conflicts, edits }: WhatIfAnswer): string | undefined {
  return (
    conflicts.at(-1)?.rule ??
    edits.flatMap(({ putBack }) => putBack.map(({ rule }) => rule)).at(-1) ??
    edits.flatMap(({ changes }) => changes.flatMap(({ rule }) => rule ?? [])).at(-1)
  )
}

/** What the field shows afterwards, apart from its value. */
export type Mark = 'open-conflict' | 'settled-conflict' | 'proposals' | 'none'

export function markOf({ conflicts, proposals }: WhatIfAnswer): Mark {
  if (conflicts.some(({ status }) => status === 'open')) return 'open-conflict'
  if (conflicts.length > 0) return 'settled-conflict'
  return proposals.some(({ status }) => status === 'waiting') ? 'proposals' : 'none'
}
