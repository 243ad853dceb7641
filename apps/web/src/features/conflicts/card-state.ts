/** Where a conflict stands for the person at this device: what the server said, and what was decided here since. */
import type { Conflict, Decision, Proposal } from '@fulqrun/schema'
import { isNews } from '@fulqrun/schema'

export type CardState =
  /** Somebody has to choose. */
  | { readonly type: 'open' }
  /** Chosen on this device; the server has not carried it out yet. */
  | { readonly type: 'waiting'; readonly decision: Decision }
  /** Settled by a person. */
  | { readonly type: 'decided'; readonly by: string; readonly at: number }
  /** Settled by a rule. */
  | { readonly type: 'settled' }

/** The last decision about a conflict that has not been carried out. */
function lastDecision(conflictId: string, decisions: readonly Decision[]): Decision | undefined {
  return decisions.findLast(
    (decision) =>
      decision.type !== 'proposal' && decision.type !== 'accept' && decision.conflict === conflictId,
  )
}

export function stateOf(conflict: Conflict, decisions: readonly Decision[]): CardState {
  const decision = lastDecision(conflict.id, decisions)
  // Taken back before it was sent, or after: the choice is open again either way.
  if (decision?.type === 'undo') return { type: 'open' }
  if (decision !== undefined) return { type: 'waiting', decision }
  if (conflict.status === 'open') return { type: 'open' }
  if (conflict.decision === undefined) return { type: 'settled' }
  return { type: 'decided', by: conflict.decision.by, at: conflict.decision.at }
}

/** The person said on this device that they have read it. */
export function isReadHere(id: string, decisions: readonly Decision[]): boolean {
  return decisions.some((decision) => decision.type === 'accept' && decision.conflict === id)
}

/** A value of this person was replaced and they have not been told yet. */
export function isUnread(conflict: Conflict, userId: string, decisions: readonly Decision[]): boolean {
  return (
    stateOf(conflict, decisions).type !== 'waiting' &&
    isNews(conflict, userId) &&
    !isReadHere(conflict.id, decisions)
  )
}

/** What was decided about a proposal on this device and is not carried out yet. */
export function pendingProposalDecision(
  proposal: Pick<Proposal, 'id'>,
  decisions: readonly Decision[],
): 'approved' | 'rejected' | 'withdrawn' | undefined {
  const last = decisions.findLast(
    (decision) => decision.type === 'proposal' && decision.proposal === proposal.id,
  )
  return last?.type === 'proposal' ? last.decision : undefined
}
