import type { CatalogueEntry } from './api.ts'
import { type DocumentName, isDocumentKind, isDocumentName } from './document-name.ts'
import { type FeedEvent, isFeedEvent } from './events.ts'
import { type ErrorCode, isErrorCode } from './reaction.ts'

/**
 * Stateless messages: JSON that the server sends on a document's channel beside the Yjs frames.
 *
 * - `refused`: an edit of this device was not admitted. `SyncStatus(false)` has been sent for the frame; this says why.
 * - `putBack`: the update was admitted, but rules put some paths back. For the author only.
 * - `feed`: what has happened to records that this person may read, whichever channel it comes on.
 */
export type ServerMessage =
  | { readonly type: 'refused'; readonly code: ErrorCode; readonly quarantineId?: string | undefined }
  | { readonly type: 'putBack'; readonly paths: readonly PutBackPath[] }
  | FeedMessage

/**
 * News of the catalogue and of events, about four times a second at most. It covers what has happened after the head
 * `from` up to the head of `cursor`: a device whose catalogue stands at `from` or later, with the same mark, applies
 * `entries` and `removed` and goes on from `cursor` (unless its own head is higher). Any other device, and every device
 * when there are no `entries`, fetches the catalogue from its own cursor.
 */
export interface FeedMessage {
  readonly type: 'feed'
  readonly from: number
  readonly cursor: string
  /** New rows; absent when there are too many for a message. */
  readonly entries?: readonly CatalogueEntry[] | undefined
  readonly removed?: readonly DocumentName[] | undefined
  /** In the order of the log. */
  readonly events: readonly FeedEvent[]
}

export interface PutBackPath {
  /** Path of the field, as in the schema: `financials.amount`. */
  readonly path: string
  /** Id of the rule that put it back, as in `packages/rules/SPEC.md`. */
  readonly rule: string
  /** Set when the value lives on as a proposal. */
  readonly proposalId?: string | undefined
  /** Set when the value lives on as a candidate of a conflict. */
  readonly conflictId?: string | undefined
}

export function encodeServerMessage(message: ServerMessage): string {
  return JSON.stringify(message)
}

function isPutBackPath(value: unknown): value is PutBackPath {
  if (typeof value !== 'object' || value === null) return false
  const { path, rule } = value as Record<string, unknown>
  return typeof path === 'string' && typeof rule === 'string'
}

/** Reads a stateless payload; undefined for anything that is not one of our messages (a newer server may send more). */
export function parseServerMessage(payload: string): ServerMessage | undefined {
  let value: unknown
  try {
    value = JSON.parse(payload)
  } catch {
    // Not JSON: another application's stateless message on the same server.
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const message = value as Record<string, unknown>
  if (message['type'] === 'refused' && isErrorCode(message['code'])) {
    const quarantineId = message['quarantineId']
    return {
      type: 'refused',
      code: message['code'],
      ...(typeof quarantineId === 'string' ? { quarantineId } : {}),
    }
  }
  if (message['type'] === 'putBack' && Array.isArray(message['paths'])) {
    return { type: 'putBack', paths: message['paths'].filter(isPutBackPath) }
  }
  return message['type'] === 'feed' ? readFeed(message) : undefined
}

/** A row or a name that is not understood makes the device fetch the catalogue, which says more than ignoring it. */
function readFeed({
  from,
  cursor,
  entries,
  removed,
  events,
}: Record<string, unknown>): FeedMessage | undefined {
  if (typeof from !== 'number' || typeof cursor !== 'string' || !Array.isArray(events)) return undefined
  const isUnderstood =
    Array.isArray(entries) &&
    entries.every(isCatalogueEntry) &&
    (removed === undefined || (Array.isArray(removed) && removed.every(isName)))
  return {
    type: 'feed',
    from,
    cursor,
    events: events.filter(isFeedEvent),
    ...(isUnderstood ? { entries, removed: removed ?? [] } : {}),
  }
}

function isName(value: unknown): value is DocumentName {
  return typeof value === 'string' && isDocumentName(value)
}

/** Whether a value has the form of a line of the catalogue. */
export function isCatalogueEntry(value: unknown): value is CatalogueEntry {
  if (typeof value !== 'object' || value === null) return false
  const { name, kind, territoryId, title, head, updatedAt, summary } = value as Record<string, unknown>
  return (
    isName(name) &&
    isDocumentKind(kind) &&
    [territoryId, title].every((text) => typeof text === 'string') &&
    [head, updatedAt].every((number) => typeof number === 'number') &&
    typeof summary === 'object' &&
    summary !== null
  )
}
