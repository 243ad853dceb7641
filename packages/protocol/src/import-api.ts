import type { DocumentKind, DocumentName } from './document-name.ts'

/**
 * `POST /api/imports/<import id>`: rows of a file that become records, or edits of records. Who imports names the import
 * by a fresh UUID version 7 and sends its rows in portions, under the same id; a portion whose answer did not come is
 * sent again as it was (IMP-5).
 */
export function importEndpoint(importId: string): string {
  return `/api/imports/${importId}`
}

export const importLimits = {
  /** Rows of one request. */
  maxRows: 200,
  /** Rows of one file: what is longer is split by whoever made it. */
  maxFileRows: 20_000,
  /** A row is named by its place in the file, and a file may begin with empty lines. */
  maxRowNumber: 1_000_000,
  maxFileBytes: 10 * 1024 * 1024,
  maxLabelLength: 120,
} as const

/** What is imported; KPI sets are not. */
export const importKinds = ['contact', 'opportunity'] as const satisfies readonly DocumentKind[]
export type ImportKind = (typeof importKinds)[number]

/** What a cell says, in the form in which the record holds it: text, a number, a day as `YYYY-MM-DD`, a list. */
export type ImportValue = string | number | boolean | readonly string[]

export interface ImportRow {
  /** Its number in the file, the same whenever it is sent. */
  readonly row: number
  /** By the path of the column (schema, `importColumns`). What is left out changes nothing. */
  readonly values: Readonly<Record<string, ImportValue>>
  /** What is done when the record is there already; nothing, unless it says so. */
  readonly existing?: 'update' | 'skip' | undefined
}

export interface ImportRequest {
  readonly kind: ImportKind
  /** `check` says what would happen, by the rules that decide about it, and writes nothing. */
  readonly mode: 'check' | 'apply'
  /** Where new records belong. */
  readonly territoryId: string
  /** Whose new records are, unless a row says so itself. */
  readonly ownerId?: string | undefined
  /** Name of the file, for the history. */
  readonly label: string
  readonly rows: readonly ImportRow[]
}

/**
 * `create`: a new record. `change`: the record is there and gets these values. `same`: it is there and holds them
 * already. `duplicate`: it is there, and was left as it is because the row does not say `update`; `changes` are what that
 * would have done. `refused`: nothing comes of the row, for these reasons.
 */
export type ImportOutcome = 'create' | 'change' | 'same' | 'duplicate' | 'refused'

export interface ImportChange {
  readonly path: string
  readonly from?: unknown
  readonly to?: unknown
}

/** A value that somebody has to approve. */
export interface ImportProposal extends ImportChange {
  /** The rule that made it one, in words, where the row did not ask for a proposal. */
  readonly why?: string | undefined
}

export interface ImportVerdict {
  readonly row: number
  readonly outcome: ImportOutcome
  /** The record that the row is about; absent when it was refused. */
  readonly name?: DocumentName | undefined
  readonly title?: string | undefined
  readonly changes: readonly ImportChange[]
  /** Values that somebody has to approve: they wait as proposals of whoever imports. */
  readonly proposed: readonly ImportProposal[]
  /** Values that a rule did not let stand, and why, in words. */
  readonly kept: readonly { readonly path: string; readonly why: string }[]
  /** Why it was refused, by column; without a path it is about the row. */
  readonly problems: readonly { readonly path?: string | undefined; readonly message: string }[]
  /** True when this import has applied the row before: nothing was done again. */
  readonly again?: true | undefined
}

export interface ImportAnswer {
  /** In the order of the rows. */
  readonly verdicts: readonly ImportVerdict[]
}
