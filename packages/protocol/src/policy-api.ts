import type { DocumentKind } from './document-name.ts'

/**
 * Shapes of the answers about the rules that an organization's fields follow. Names of strategies are those of
 * `packages/rules`; whoever reads an answer checks them, since a newer server may know more.
 */

/** How much a manager may approve without finance. */
export interface ApprovalLimits {
  /** Largest amount, in the record's own currency. */
  readonly managerMaxAmount: number
  /** Largest discount, percent. */
  readonly managerMaxDiscount: number
}

/** What an organization has set otherwise than the product does. */
export interface PolicyAnswerSettings {
  readonly overrides: readonly {
    readonly kind: DocumentKind
    readonly path: string
    readonly strategy: string
  }[]
  readonly approvals: ApprovalLimits
}

/** `GET /api/policy` and the answer of `PUT`: the table in force, so that devices preview by the same one. */
export interface PolicyAnswer {
  readonly version: number
  readonly settings: PolicyAnswerSettings
}

/** One thing changed: the strategy of a field, or the limits of approvals. */
export type PolicyChangeDetail =
  | {
      readonly type: 'strategy'
      readonly kind: DocumentKind
      readonly path: string
      readonly before: string
      readonly after: string
    }
  | { readonly type: 'approvals'; readonly before: ApprovalLimits; readonly after: ApprovalLimits }

/** Body of `PUT /api/policy`, which takes the version that the admin saw in `If-Match`. */
export interface PolicyChangeRequest {
  readonly change:
    | {
        readonly type: 'strategy'
        readonly kind: DocumentKind
        readonly path: string
        readonly strategy: string
      }
    | ({ readonly type: 'approvals' } & ApprovalLimits)
  readonly reason: string
}

/** One line of `GET /api/policy/history?before=&limit=`, newest first. */
export interface PolicyHistoryEntry {
  /** Version of the table from this change on. */
  readonly version: number
  readonly author: { readonly id: string; readonly name: string }
  readonly at: number
  readonly reason: string
  readonly detail: PolicyChangeDetail
}

export interface PolicyHistoryPage {
  readonly entries: readonly PolicyHistoryEntry[]
  /** Pass as `before` for the next page; absent at the end. */
  readonly next?: number | undefined
}
