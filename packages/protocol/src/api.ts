import type { DocumentKind, DocumentName } from './document-name.ts'

/** Shapes of the HTTP answers. Times are milliseconds since 1970 UTC by the server's clock unless they say otherwise. */

export const roles = ['rep', 'manager', 'finance', 'compliance', 'admin'] as const
export type Role = (typeof roles)[number]

export function isRole(value: unknown): value is Role {
  return (roles as readonly unknown[]).includes(value)
}

export interface Territory {
  readonly id: string
  readonly name: string
}

/** `GET /api/me`. */
export interface Me {
  readonly user: { readonly id: string; readonly name: string; readonly email: string }
  readonly organization: { readonly id: string; readonly name: string }
  readonly role: Role
  /** Territories whose documents this person works in; reading roles get all of the organization. */
  readonly territories: readonly Territory[]
  /** False for compliance: everything is read, nothing written. */
  readonly canWrite: boolean
  /** Server clock at the answer, to measure the device's skew. */
  readonly now: number
}

/** `GET /api/people`: everybody in the organization, for names beside ids. */
export interface Person {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role: Role
  readonly territoryIds: readonly string[]
}

/** One line of `GET /api/catalogue`. */
export interface CatalogueEntry {
  readonly name: DocumentName
  readonly kind: DocumentKind
  readonly territoryId: string
  readonly title: string
  /** Highest log sequence of the document. */
  readonly head: number
  readonly updatedAt: number
  /** What lists show; its shape is the schema's summary of the kind. */
  readonly summary: Readonly<Record<string, unknown>>
}

/**
 * `GET /api/catalogue?cursor=&limit=`: what changed since the cursor; without one, everything the caller may see. Rows
 * come by head; a record that is edited while pages are fetched comes again with its newer row, and none is missed.
 */
export interface CataloguePage {
  /**
   * `<head>.<access>-<log>`, for the next page or the next time. Heads may be compared where the rest is the same; which
   * log it is that they count in says {@link cursorLog}.
   */
  readonly cursor: string
  readonly entries: readonly CatalogueEntry[]
  /**
   * True on every page of a listing of everything, because it began without a cursor or because the caller's access has
   * changed since: whatever is in none of its pages when the last one has come is out of reach now.
   */
  readonly complete: boolean
  /** True on the first page of such a listing: what earlier pages of one that was broken off have named is forgotten. */
  readonly first: boolean
  /**
   * Whether there are more pages: ask again with this cursor. Only the cursor of a page with `more: false`, or of one
   * that is not `complete`, is one to keep.
   */
  readonly more: boolean
  /** What has been removed, or moved out of reach, since the cursor. Only what the caller could read before. */
  readonly removed: readonly DocumentName[]
}

/** The log that a cursor is about; undefined for a server of before. Heads of two logs have nothing to do with each other. */
export function cursorLog(cursor: string): string | undefined {
  return /^\d+\.[^.-]*-([^.]+)/.exec(cursor)?.[1]
}

/** `put-back`: not allowed, `after` is what was attempted; `conflict`: lost to a concurrent value, `after` is the loser. */
export type ChangeAction =
  'create' | 'set' | 'delete' | 'text' | 'put-back' | 'conflict' | 'propose' | 'decide' | 'restore'

/** One field-level change, as history shows it. */
export interface ChangeRecord {
  readonly path: string
  readonly action: ChangeAction
  /** Value before and after; absent for text, which has `inserted` and `deleted`. */
  readonly before?: unknown
  readonly after?: unknown
  readonly inserted?: string | undefined
  readonly deleted?: string | undefined
  /** Device time of the edit, never later than its receipt. */
  readonly editedAt: number
  /** Rule that changed the outcome, if one did. */
  readonly rule?: string | undefined
  readonly reason?: string | undefined
}

export type ChangeOrigin = 'device' | 'api' | 'import' | 'system' | 'restore' | 'demo'

/** One admitted update in the history of a document. */
export interface HistoryEntry {
  readonly seq: number
  readonly author: { readonly id: string; readonly name: string }
  readonly origin: ChangeOrigin
  readonly receivedAt: number
  readonly changes: readonly ChangeRecord[]
}

/** `GET /api/documents/<name>/history?before=&limit=`, newest first. */
export interface HistoryPage {
  readonly entries: readonly HistoryEntry[]
  /** Pass as `before` for the next page; absent at the end. */
  readonly next?: number | undefined
}

/** `GET|PUT /api/opportunities/<uuid>/financials`; PUT takes a subset of `values`, and `If-Match: <version>`. */
export interface FinancialsAnswer {
  readonly version: number
  readonly values: Readonly<Record<string, unknown>>
}

/** `POST /api/documents/<name>/proposals/<id>`. */
export interface ProposalDecision {
  readonly decision: 'approved' | 'rejected' | 'withdrawn'
  readonly comment?: string | undefined
}

/** `POST /api/documents/<name>/restore`: puts the value of a path before change `seq` back, as a new edit. */
export interface RestoreRequest {
  readonly seq: number
  readonly path: string
}

/** `PUT /api/documents/<name>/territory`, by an admin or the manager of both territories. */
export interface MoveRequest {
  readonly territoryId: string
  /** Kept in the history. */
  readonly reason: string
}

/** `DELETE /api/documents/<name>`, by an admin. The history stays; there is no way back. */
export interface RemoveRequest {
  /** Kept in the history. */
  readonly reason: string
}

/** `GET /api/demo`: who one click can sign in as; 404 outside demo mode. */
export interface DemoAnswer {
  readonly password: string
  readonly people: readonly {
    readonly name: string
    readonly email: string
    readonly role: Role
    readonly organization: string
    readonly territory?: string | undefined
  }[]
}
