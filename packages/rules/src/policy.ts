import type { DocumentKind } from '@fulqrun/protocol'
import { fieldSpec, parsePath } from '@fulqrun/schema'

/**
 * The field policy table: for each kind and path, who may write it and what happens when two people, or a person and
 * the server, disagree. It is data: admission reads it at the server, screens read the sentences.
 *
 * Rule ids are those of `packages/rules/SPEC.md`.
 */

export const strategies = [
  'server-wins',
  'client-wins',
  'merge',
  'user-choice',
  'completed-wins',
  'most-restrictive',
  'append-only',
  'derived',
] as const
export type Strategy = (typeof strategies)[number]

export type Writer =
  /** Anybody with write access. */
  | 'people'
  /** Only in the update that creates the record. */
  | 'creation'
  /** Only the server, on behalf of somebody it has checked. */
  | 'server'

export interface Policy {
  readonly strategy: Strategy
  readonly writer: Writer
  /** Id of the rule in SPEC.md that puts a forbidden write back, or that resolves concurrent ones. */
  readonly ruleId: string
  /** Whether a written value that is put back becomes a proposal. */
  readonly proposes: boolean
  /** One sentence for the person whose value did not stay. */
  readonly sentence: string
  /** False where the strategy is declared but the merge of the CRDT decides for now (POL-9). */
  readonly enforced: boolean
}

function policy(
  strategy: Strategy,
  ruleId: string,
  rest: Partial<Policy> & Pick<Policy, 'sentence'>,
): Policy {
  return { strategy, ruleId, writer: 'people', proposes: false, enforced: false, ...rest }
}

const byFinance = policy('server-wins', 'POL-1', {
  writer: 'server',
  proposes: true,
  enforced: true,
  sentence: 'Set by finance, so the official value stays; yours is kept as a proposal.',
})
const byManagement = policy('server-wins', 'POL-1', {
  writer: 'server',
  proposes: true,
  enforced: true,
  sentence: 'Targets are set by management, so the official value stays; yours is kept as a proposal.',
})
const computed = policy('derived', 'POL-2', {
  writer: 'server',
  enforced: true,
  sentence: 'Computed by the server from recorded events, so it cannot be typed in.',
})
const identity = policy('server-wins', 'POL-3', {
  writer: 'creation',
  enforced: true,
  sentence: 'Set when the record was created and not changed afterwards.',
})
const serverOnly = policy('server-wins', 'POL-3', {
  writer: 'server',
  enforced: true,
  sentence: 'Kept by the server.',
})
const proposals = policy('append-only', 'POL-4', {
  enforced: true,
  sentence: 'A proposal is not changed after it was made; withdraw it and make another.',
})
const merged = policy('merge', 'POL-5', { enforced: true, sentence: 'Text of both people is kept.' })
const latest = policy('client-wins', 'POL-6', {
  sentence: 'The later edit stays; the other is in the history.',
})
const chosen = policy('user-choice', 'POL-7', {
  sentence: 'Two people changed this; somebody has to choose.',
})
const gated = policy('server-wins', 'POL-8', {
  sentence: 'A stage is entered when its gate is met.',
})
const sticky = policy('completed-wins', 'POL-8', { sentence: 'Completed stays completed.' })
const restrictive = policy('most-restrictive', 'POL-8', {
  sentence: 'The more restrictive of two answers stays: an opt-out is never lost.',
})
const bookkeeping = policy('client-wins', 'POL-6', {
  enforced: true,
  sentence: 'When the field was last edited.',
})

/** Scalar fields that differ from the default `client-wins`. */
const fieldPolicies: Readonly<Record<DocumentKind, Readonly<Record<string, Policy>>>> = {
  opportunity: {
    stage: gated,
    name: chosen,
    account: chosen,
    accountName: chosen,
    ownerId: chosen,
    closeDate: chosen,
  },
  contact: { npi: chosen, firstName: chosen, lastName: chosen },
  kpi: { period: identity, title: identity },
}

const rootPolicies: Readonly<Record<string, Policy>> = {
  meta: identity,
  financials: byFinance,
  targets: byManagement,
  values: computed,
  conflicts: serverOnly,
  proposals,
  decisions: chosen,
  edited: bookkeeping,
  notes: merged,
  consents: restrictive,
  licences: restrictive,
}

/**
 * Policy of a path, as parsed by the schema. `undefined` means that the schema does not list the path: it is emptied
 * on arrival (ADM-4).
 */
export function policyFor(kind: DocumentKind, path: string): Policy | undefined {
  const { root, key } = parsePath(path)
  if (root === 'fields') {
    if (fieldSpec(kind, path) === undefined) return undefined
    return fieldPolicies[kind][key ?? ''] ?? latest
  }
  if (root === 'activities' && key === 'status') return sticky
  if (root.startsWith('text:')) return merged
  return rootPolicies[root] ?? latest
}
