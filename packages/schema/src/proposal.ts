import * as z from 'zod/mini'

/** Where a proposal stands. Only the server moves it on, except that its author may withdraw it. */
export const proposalStatuses = ['waiting', 'approved', 'rejected', 'withdrawn', 'superseded'] as const
export type ProposalStatus = (typeof proposalStatuses)[number]

/** A wanted value for a pinned field, as stored under its id in the root `proposals`. */
export interface StoredProposal {
  /** Path of the pinned field. */
  readonly path: string
  /** Plain JSON. */
  readonly value: unknown
  /** The official value that its author saw. */
  readonly base?: unknown
  /** Version of the official values that its author saw, where they have one: a proposal may be about old ones. */
  readonly baseVersion?: number | undefined
  readonly reason?: string | undefined
  /** User id; the server overwrites it with the authenticated one. */
  readonly author: string
  /** Device time in ms. */
  readonly proposedAt: number
  readonly status: ProposalStatus
  readonly decidedBy?: string | undefined
  readonly decidedAt?: number | undefined
  readonly comment?: string | undefined
  /** Rule that turned a direct write into this proposal, if one did. */
  readonly rule?: string | undefined
  /** Version of the policy table by which it was taken in or decided. */
  readonly policyVersion?: number | undefined
  /** Its author has read what was decided. */
  readonly accepted?: boolean | undefined
}

export interface Proposal extends StoredProposal {
  readonly id: string
}

const id = () => z.string().check(z.minLength(1), z.maxLength(200))
const words = () => z.string().check(z.maxLength(2000))

export const proposalSchema = z.strictObject({
  path: id(),
  value: z.json(),
  base: z.optional(z.json()),
  baseVersion: z.optional(z.number()),
  reason: z.optional(words()),
  author: id(),
  proposedAt: z.number(),
  status: z.enum(proposalStatuses),
  decidedBy: z.optional(id()),
  decidedAt: z.optional(z.number()),
  comment: z.optional(words()),
  rule: z.optional(id()),
  policyVersion: z.optional(z.number()),
  accepted: z.optional(z.boolean()),
})
