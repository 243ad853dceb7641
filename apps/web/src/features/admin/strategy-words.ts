import type { DocumentKind } from '@fulqrun/protocol'
import { type Policy, type PolicyRow, type Strategy, strategies } from '@fulqrun/rules'
import { parsePath } from '@fulqrun/schema'
import { pathLabel } from '../history/value-words.ts'

interface StrategyWords {
  /** What happens, in one short sentence. */
  readonly title: string
  /** How it works, for somebody who chooses between two of them. */
  readonly detail: string
}

const words: Readonly<Record<Strategy, StrategyWords>> = {
  'server-wins': {
    title: 'The official value stays',
    detail: 'What somebody else enters does not take its place; it waits for a decision.',
  },
  'client-wins': {
    title: 'The later edit stays',
    detail:
      'When two people change it apart from each other, the later edit stays and the other one is kept beside it.',
  },
  merge: {
    title: 'Both texts are kept',
    detail: "Everybody's words are merged; sentences that say the same are pointed out.",
  },
  'user-choice': {
    title: 'Somebody chooses',
    detail:
      'When two people change it apart from each other, the one that arrived first stays until somebody picks.',
  },
  'completed-wins': {
    title: 'Completed stays completed',
    detail: 'An activity that somebody has completed is not opened again by somebody who did not know.',
  },
  'most-restrictive': {
    title: 'The stricter answer stays',
    detail: 'An opt-out is never lost, and of two validities the shorter one counts.',
  },
  'append-only': {
    title: 'Entries are only added',
    detail: 'Nothing here is changed or removed afterwards.',
  },
  derived: { title: 'Computed, never typed', detail: 'The server computes it from what was recorded.' },
}

export function strategyTitle(strategy: Strategy): string {
  return words[strategy].title
}

export function strategyDetail(strategy: Strategy): string {
  return words[strategy].detail
}

/** The same for a name that comes from an answer; a newer server may know more than this app. */
export function strategyTitleOf(name: string): string {
  const known = strategies.find((strategy) => strategy === name)
  return known === undefined ? name : words[known].title
}

const serverWriters: Readonly<Record<string, string>> = {
  financials: 'Finance; others propose',
  targets: 'Managers, finance and admins; others propose',
  values: 'The server',
}

/** Who writes a field, as one reads it in a table. */
export function writerWords({ path, policy }: Pick<PolicyRow, 'path' | 'policy'>): string {
  if (policy.writer === 'server') return serverWriters[parsePath(path).root] ?? 'The server'
  if (policy.writer === 'creation') return 'Whoever creates the record, once'
  if (policy.reason === 'override') return 'Everybody with access; managers may override'
  return 'Everybody with access'
}

export function isChangeable({ changeableTo }: Policy): boolean {
  return changeableTo.length > 1
}

/** A field with what it is a part of: `Champion: How committed are they?`, `Activity: Status`. */
export function fieldName(kind: DocumentKind, path: string): string {
  return pathLabel(kind, path)
}
