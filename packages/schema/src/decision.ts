import * as z from 'zod/mini'

/**
 * What a person decided, on its way to the server: stored under a fresh id in the root `decisions` by the device, so
 * that deciding works offline and two people never overwrite each other's. The server carries a decision out when it
 * admits it, and takes it out of the root again: what is still there has not been carried out.
 */
export type StoredDecision =
  /** Puts a candidate in place. `seen` are the candidates the person had before them. */
  | {
      readonly type: 'choose'
      readonly conflict: string
      readonly candidate: string
      readonly seen: readonly string[]
      readonly at: number
    }
  /** Puts a value of one's own in place; none when `value` is absent. */
  | {
      readonly type: 'edit'
      readonly conflict: string
      readonly value?: unknown
      readonly seen: readonly string[]
      readonly at: number
    }
  /** Near-duplicate blocks: both are wanted. */
  | { readonly type: 'keep-both'; readonly conflict: string; readonly at: number }
  /** Takes a decision back: the conflict is open again. */
  | { readonly type: 'undo'; readonly conflict: string; readonly at: number }
  /** "I have read that my value was replaced", or that a proposal was decided. */
  | { readonly type: 'accept'; readonly conflict: string; readonly at: number }
  | {
      readonly type: 'proposal'
      readonly proposal: string
      readonly decision: 'approved' | 'rejected' | 'withdrawn'
      readonly comment?: string | undefined
      /** The official value that the person saw; null when there was none. */
      readonly seen?: unknown
      readonly at: number
    }

export type Decision = StoredDecision & { readonly id: string }

const id = () => z.string().check(z.minLength(1), z.maxLength(64))
const seen = () => z.array(id()).check(z.maxLength(50))

const decisionSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('choose'),
    conflict: id(),
    candidate: id(),
    seen: seen(),
    at: z.number(),
  }),
  z.strictObject({
    type: z.literal('edit'),
    conflict: id(),
    value: z.optional(z.json()),
    seen: seen(),
    at: z.number(),
  }),
  z.strictObject({ type: z.literal('keep-both'), conflict: id(), at: z.number() }),
  z.strictObject({ type: z.literal('undo'), conflict: id(), at: z.number() }),
  z.strictObject({ type: z.literal('accept'), conflict: id(), at: z.number() }),
  z.strictObject({
    type: z.literal('proposal'),
    proposal: id(),
    decision: z.enum(['approved', 'rejected', 'withdrawn']),
    comment: z.optional(z.string().check(z.maxLength(2000))),
    seen: z.optional(z.json()),
    at: z.number(),
  }),
])

/** Reads a decision that a device wrote; undefined when it is not one. */
export function parseDecision(stored: unknown): StoredDecision | undefined {
  const parsed = decisionSchema.safeParse(stored)
  return parsed.success ? (stored as StoredDecision) : undefined
}
