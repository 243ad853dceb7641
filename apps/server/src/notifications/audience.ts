import type { FeedEvent } from '@fulqrun/protocol'
import { approvalProblem, type PolicyTable } from '@fulqrun/rules'
import type { StoredProposal } from '@fulqrun/schema'
import { canRead, type DocumentScope, type Principal } from '../accounts/principal.ts'
import type { Notice, NoticeReason } from './notice.ts'

/** An event and what has to be known to tell who should hear of it. */
export interface Happening {
  readonly event: FeedEvent
  readonly scope: DocumentScope
  /** Who brought it about. */
  readonly author: { readonly id: string; readonly name: string }
  /** The proposal that the event is about, as the record has it now; undefined when it is gone. */
  readonly proposal?: Pick<StoredProposal, 'path' | 'value' | 'author' | 'status'> | undefined
  readonly policy: PolicyTable
}

/**
 * What somebody is told of an event; undefined when it is none of their business.
 *
 * - NOT-1 Nobody hears of a record that they may not read, and nobody of what they did themselves.
 * - NOT-2 A proposal is told to those who may decide on this one, within their limits.
 */
export function noticeFor(person: Principal, happening: Happening): Notice | undefined {
  const { event, scope, author } = happening
  if (author.id === person.user.id || !canRead(person, scope)) return undefined
  const about = { document: event.name, authorName: author.name }
  switch (event.type) {
    case 'conflict.opened':
      return event.people.includes(person.user.id)
        ? { ...about, kind: 'conflicts', reason: 'conflict', id: event.conflictId, path: event.path }
        : undefined
    case 'conflict.closed':
      return event.people.includes(person.user.id)
        ? { ...about, kind: 'replaced', reason: 'replaced', id: event.conflictId, path: event.path }
        : undefined
    case 'proposal.made':
      return mayDecide(person, happening)
        ? { ...about, kind: 'approvals', reason: 'proposal', id: event.proposalId, path: event.path }
        : undefined
    case 'proposal.decided': {
      const reason = outcomeOf(event.status)
      return reason !== undefined && event.author === person.user.id
        ? { ...about, kind: 'approvals', reason, id: event.proposalId, path: event.path }
        : undefined
    }
    case 'kpi.moved':
      return hasAsOwn(person, scope) ? { ...about, kind: 'kpis', reason: 'kpi', path: event.path } : undefined
    case 'record.changed':
    case 'record.removed':
      return undefined
  }
}

function mayDecide(person: Principal, { proposal, policy }: Happening): boolean {
  if (proposal?.status !== 'waiting' || !person.canWrite) return false
  return approvalProblem(proposal, { id: person.user.id, role: person.role }, policy) === undefined
}

/** A proposal that was withdrawn or overtaken is no news to whoever made it. */
function outcomeOf(status: string): NoticeReason | undefined {
  if (status === 'approved' || status === 'rejected') return status
  return undefined
}

/** Figures are news to those who work in the territory, not to everybody who may look at them. */
function hasAsOwn({ role, territories }: Principal, { territoryId }: DocumentScope): boolean {
  return (role === 'rep' || role === 'manager') && territories.some(({ id }) => id === territoryId)
}
