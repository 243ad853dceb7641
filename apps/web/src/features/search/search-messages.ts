/** What the page and the search worker say to each other. */
import type { DocumentName } from '@fulqrun/protocol'
import type { SearchEntry } from './search-entry.ts'
import type { NamesRequest, SearchHit, SearchRequest } from './search-index.ts'
import type { Wanted } from './marks.ts'

export type ToSearch =
  /** First of all. The database of the person; undefined where this browser keeps nothing. */
  | { readonly type: 'open'; readonly database: string | undefined }
  | {
      readonly type: 'list'
      readonly changed: readonly SearchEntry[]
      readonly removed: readonly DocumentName[]
      /** With the last part of the first list: what was kept of other records is forgotten. */
      readonly isWhole: boolean
    }
  /** Copies may have come or changed. */
  | { readonly type: 'copies-changed' }
  | ({ readonly type: 'find'; readonly id: number } & SearchRequest)
  | ({ readonly type: 'names'; readonly id: number } & NamesRequest)
  | {
      readonly type: 'excerpts'
      readonly id: number
      readonly names: readonly DocumentName[]
      readonly wanted: Wanted
    }

export interface SearchStatus {
  /** Records that are found by what lists show. */
  readonly records: number
  /** Of these, those whose notes, activities and answers are searched too. */
  readonly texts: number
}

export type FromSearch =
  | {
      readonly type: 'found'
      readonly id: number
      readonly hits: readonly SearchHit[]
    }
  | { readonly type: 'names'; readonly id: number; readonly names: readonly DocumentName[] }
  | {
      readonly type: 'excerpts'
      readonly id: number
      readonly excerpts: readonly (readonly [DocumentName, string])[]
    }
  | ({ readonly type: 'status' } & SearchStatus)
