import * as z from 'zod/mini'

/**
 * A conflict: two values written to one field by people who had not seen each other's. Stored by id in the root
 * `conflicts`, written by the server only, so that everybody sees the same candidates and the same outcome.
 */

/** `open` waits for a person; `resolved` was settled by a rule or by somebody, and is kept so that nothing is lost. */
export const conflictStatuses = ['open', 'resolved'] as const
export type ConflictStatus = (typeof conflictStatuses)[number]

/** One of the values that were written. */
export interface Candidate {
  /** Unique within its conflict. */
  readonly id: string
  /** Plain JSON; absent when the person cleared the field or removed the entry. */
  readonly value?: unknown
  /** User id; absent when the server cannot tell any more. */
  readonly author?: string | undefined
  /** Device time of the edit, corrected by the measured skew and never later than its receipt (ms). */
  readonly editedAt: number
  /** Server time (ms). */
  readonly receivedAt: number
  /** For a near-duplicate in rich text: the block that holds it, as `<client>-<clock>` of its item. */
  readonly block?: string | undefined
}

/** What a person chose. */
export interface ConflictDecision {
  /** User id. */
  readonly by: string
  /** Device time (ms), bounded like an edit's. */
  readonly at: number
  /** The candidate that was chosen; absent for a value of the person's own, and when both blocks were kept. */
  readonly candidate?: string | undefined
  /** The value that was put in place; absent when the choice was to have none. */
  readonly value?: unknown
  /** Value that stood before the decision, for undoing it. */
  readonly before?: unknown
  readonly keepBoth?: boolean | undefined
}

export interface StoredConflict {
  /** A field, an entry of a collection (`activities.<id>`, when one removed what another edited), or a text root. */
  readonly path: string
  readonly status: ConflictStatus
  /** Rule of `packages/rules/SPEC.md` that made or settled it. */
  readonly rule: string
  /** Version of the policy table that was in force. */
  readonly policyVersion: number
  /** Server time (ms) of the first clash. */
  readonly openedAt: number
  /** The value that both sides started from, where the server knows it. */
  readonly base?: unknown
  /** At least two, in the order of their receipt. */
  readonly candidates: readonly Candidate[]
  /** Id of the candidate whose value is in place; absent after a decision for a value of one's own. */
  readonly stands?: string | undefined
  readonly decision?: ConflictDecision | undefined
  /** Decisions that came after the first one: kept, not applied. */
  readonly late?: readonly ConflictDecision[] | undefined
  /** Users who have read that their value was replaced. */
  readonly accepted?: readonly string[] | undefined
}

export interface Conflict extends StoredConflict {
  readonly id: string
}

const id = () => z.string().check(z.minLength(1), z.maxLength(200))

const candidateSchema = z.strictObject({
  id: id(),
  value: z.optional(z.json()),
  author: z.optional(id()),
  editedAt: z.number(),
  receivedAt: z.number(),
  block: z.optional(id()),
})

const decisionSchema = z.strictObject({
  by: id(),
  at: z.number(),
  candidate: z.optional(id()),
  value: z.optional(z.json()),
  before: z.optional(z.json()),
  keepBoth: z.optional(z.boolean()),
})

export const conflictSchema = z.strictObject({
  path: id(),
  status: z.enum(conflictStatuses),
  rule: id(),
  policyVersion: z.number(),
  openedAt: z.number(),
  base: z.optional(z.json()),
  candidates: z.array(candidateSchema),
  stands: z.optional(id()),
  decision: z.optional(decisionSchema),
  late: z.optional(z.array(decisionSchema)),
  accepted: z.optional(z.array(id())),
})

/** Authors of candidates whose value is not in place. */
export function losersOf({ candidates, stands, decision }: StoredConflict): readonly string[] {
  if (decision?.keepBoth === true) return []
  const standing = candidates.find((candidate) => candidate.id === stands)?.author
  const losers = candidates.flatMap(({ id: candidate, author }) =>
    candidate === stands || author === undefined || author === standing ? [] : [author],
  )
  return [...new Set(losers)]
}

/** Whether somebody's value was replaced by a rule or by somebody else, and they have not been told yet. */
export function isNews(conflict: StoredConflict, userId: string): boolean {
  if (conflict.status !== 'resolved' || conflict.accepted?.includes(userId) === true) return false
  if (conflict.decision?.by === userId) return false
  return losersOf(conflict).includes(userId)
}
