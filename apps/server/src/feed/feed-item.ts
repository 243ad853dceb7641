import type { DocumentName, FeedEvent } from '@fulqrun/protocol'
import { canRead, type DocumentScope, type Principal } from '../accounts/principal.ts'
import type { LoggedEntry } from '../store/document-store.ts'
import { eventsOf, formerTerritoryOf } from './events-of.ts'

/** One entry of the log as the feed tells of it. */
export interface FeedItem {
  readonly seq: number
  readonly document: DocumentName
  /** Where the document belongs now, which may be later than the entry. */
  readonly scope: DocumentScope
  /** The territory that it left with this entry. */
  readonly formerTerritoryId?: string | undefined
  readonly author: { readonly id: string; readonly name: string }
  /** Server time in ms. */
  readonly receivedAt: number
  readonly events: readonly FeedEvent[]
}

export function feedItem(entry: LoggedEntry, scope: DocumentScope): FeedItem {
  const { seq, document, author, receivedAt } = entry
  const formerTerritoryId = formerTerritoryOf(entry)
  return {
    seq,
    document,
    scope,
    author,
    receivedAt,
    events: eventsOf(entry),
    ...(formerTerritoryId === undefined ? {} : { formerTerritoryId }),
  }
}

/**
 * Whether somebody may hear of an event: whoever may read the record; that it is gone, only whoever could read it where
 * it was and cannot any more.
 */
export function mayHear(
  principal: Principal,
  { scope, formerTerritoryId }: Pick<FeedItem, 'scope' | 'formerTerritoryId'>,
  { type }: Pick<FeedEvent, 'type'>,
): boolean {
  if (type !== 'record.removed' || formerTerritoryId === undefined) return canRead(principal, scope)
  const { organizationId } = scope
  return canRead(principal, { organizationId, territoryId: formerTerritoryId }) && !canRead(principal, scope)
}
