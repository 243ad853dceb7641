import { type DocumentName, isDocumentName } from './document-name.ts'

/**
 * What happens to records, in the same words for screens, the service worker, integrations (`GET /api/events`) and
 * tests. The server reads them off its log, so they tell of what is on disk, and only to whoever may read the record.
 */

/** Who did it; the id of an integration's key starts with `key:`, that of the server itself is `system`. */
export interface EventAuthor {
  readonly id: string
  readonly name: string
}

interface OfRecord {
  /** Place in the server's log; several events of one change have the same. */
  readonly seq: number
  readonly name: DocumentName
}

/** Something was written. */
export interface RecordChanged extends OfRecord {
  readonly type: 'record.changed'
  /** Highest log sequence of the record, the same as `seq`. */
  readonly head: number
  /** Receipt by the server, ms since 1970 UTC. */
  readonly at: number
  readonly author: EventAuthor
  /** What was changed: paths as in the schema, at most 50. */
  readonly paths: readonly string[]
}

/** Removed, or moved to a territory out of the reader's reach. Told to those who could read it. */
export interface RecordRemoved extends OfRecord {
  readonly type: 'record.removed'
}

export interface ConflictEvent extends OfRecord {
  readonly type: 'conflict.opened' | 'conflict.closed'
  readonly conflictId: string
  readonly path: string
  /** Ids of the people whose values stand against each other. */
  readonly people: readonly string[]
}

export interface ProposalEvent extends OfRecord {
  readonly type: 'proposal.made' | 'proposal.decided'
  readonly proposalId: string
  readonly path: string
  /** `waiting`, or what was decided. */
  readonly status: string
  /** Who proposed it. */
  readonly author: string
}

/** A target or a computed value of a KPI set has another value. */
export interface KpiMoved extends OfRecord {
  readonly type: 'kpi.moved'
  readonly path: string
  readonly before?: unknown
  readonly after?: unknown
}

export type FeedEvent = RecordChanged | RecordRemoved | ConflictEvent | ProposalEvent | KpiMoved
export type FeedEventType = FeedEvent['type']

type Check = (value: unknown) => boolean
const isString: Check = (value) => typeof value === 'string'
const isNumber: Check = (value) => typeof value === 'number'
const areStrings: Check = (value) => Array.isArray(value) && value.every(isString)
const isAuthor: Check = (value) =>
  typeof value === 'object' && value !== null && 'id' in value && 'name' in value && isString(value.id)

const conflict = { conflictId: isString, path: isString, people: areStrings }
const proposal = { proposalId: isString, path: isString, status: isString, author: isString }

/** What each type has beside `seq` and `name`. */
const fieldsOf: Readonly<Record<FeedEventType, Readonly<Record<string, Check>>>> = {
  'record.changed': { head: isNumber, at: isNumber, author: isAuthor, paths: areStrings },
  'record.removed': {},
  'conflict.opened': conflict,
  'conflict.closed': conflict,
  'proposal.made': proposal,
  'proposal.decided': proposal,
  'kpi.moved': { path: isString },
}

export const feedEventTypes = Object.keys(fieldsOf) as readonly FeedEventType[]

/** Whether a value is an event that this version knows; a newer server may send more. */
export function isFeedEvent(value: unknown): value is FeedEvent {
  if (typeof value !== 'object' || value === null) return false
  const event = value as Record<string, unknown>
  const { type, seq, name } = event
  if (typeof type !== 'string' || !Object.hasOwn(fieldsOf, type)) return false
  if (typeof seq !== 'number' || typeof name !== 'string' || !isDocumentName(name)) return false
  return Object.entries(fieldsOf[type as FeedEventType]).every(([key, check]) => check(event[key]))
}
