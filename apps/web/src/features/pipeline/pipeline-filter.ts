import type { StageId } from '@fulqrun/schema'
import { isOpenStage, isOverdue, isStage, type OpportunityRow } from './opportunity-row.ts'

export const sortKeys = ['title', 'account', 'amount', 'closeDate', 'meddpicc', 'owner'] as const
export type SortKey = (typeof sortKeys)[number]

/** Filters and order, as they stand in the address of the page. */
export interface PipelineSearch {
  readonly q?: string | undefined
  /** Stage ids joined by commas; absent means all open ones. */
  readonly stage?: string | undefined
  /** `me` or a user id. */
  readonly owner?: string | undefined
  readonly territory?: string | undefined
  readonly overdue?: true | undefined
  /** Absent: grouped by stage. */
  readonly sort?: SortKey | undefined
  readonly desc?: true | undefined
  /** Opens the dialog for a new opportunity. */
  readonly create?: true | undefined
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== ''
    ? value
    : typeof value === 'number'
      ? String(value)
      : undefined

const flag = (value: unknown): true | undefined =>
  value === true || value === 'true' || value === 1 ? true : undefined

/** Reads the address of the page; what it cannot read is not filtered by. */
export function parsePipelineSearch(search: Readonly<Record<string, unknown>>): PipelineSearch {
  const parsed: PipelineSearch = {
    q: text(search['q']),
    stage: formatStages(parseStages(text(search['stage']))),
    owner: text(search['owner']),
    territory: text(search['territory']),
    overdue: flag(search['overdue']),
    sort: sortKeys.find((key) => key === search['sort']),
    desc: flag(search['desc']),
    create: flag(search['create']),
  }
  return Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== undefined))
}

export function parseStages(joined: string | undefined): readonly StageId[] {
  return (joined ?? '').split(',').filter(isStage)
}

export function formatStages(stages: readonly StageId[]): string | undefined {
  return stages.length === 0 ? undefined : stages.join(',')
}

/** Lower case and without accents, so that `Munoz` finds `Mu\u00f1oz`. */
export function searchable(words: string): string {
  return words.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

/** True when every word of the query begins or stands somewhere in the text. */
export function matchesQuery(query: string | undefined, haystack: readonly (string | undefined)[]): boolean {
  if (query === undefined) return true
  const whole = searchable(haystack.filter(Boolean).join(' '))
  return searchable(query)
    .split(/\s+/)
    .every((word) => whole.includes(word))
}

export interface FilterContext {
  readonly myId: string
  /** ISO date. */
  readonly today: string
  readonly ownerName: (id: string) => string
}

export function filterRows(
  rows: readonly OpportunityRow[],
  search: PipelineSearch,
  { myId, today, ownerName }: FilterContext,
): readonly OpportunityRow[] {
  const stages = parseStages(search.stage)
  const owner = search.owner === 'me' ? myId : search.owner
  return rows.filter(
    (row) =>
      (stages.length === 0 ? isOpenStage(row.stage) : stages.includes(row.stage)) &&
      (owner === undefined || row.ownerId === owner) &&
      (search.territory === undefined || row.territoryId === search.territory) &&
      (search.overdue === undefined || isOverdue(row, today)) &&
      matchesQuery(search.q, [
        row.title,
        row.account,
        row.product,
        row.ownerId === undefined ? undefined : ownerName(row.ownerId),
      ]),
  )
}

/** How many filters are set, the search words not counted. */
export function countFilters({ stage, owner, territory, overdue }: PipelineSearch): number {
  return [stage, owner, territory, overdue].filter((value) => value !== undefined).length
}

type Sortable = string | number | undefined

function sortValue(row: OpportunityRow, key: SortKey, ownerName: FilterContext['ownerName']): Sortable {
  switch (key) {
    case 'title':
      return row.title
    case 'account':
      return row.account
    case 'amount':
      return row.amount
    case 'closeDate':
      return row.closeDate
    case 'meddpicc':
      return row.meddpiccScore
    case 'owner':
      return row.ownerId === undefined ? undefined : ownerName(row.ownerId)
  }
}

const collator = new Intl.Collator('en-US', { numeric: true, sensitivity: 'base' })

function compare(a: Sortable, b: Sortable): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return collator.compare(String(a), String(b))
}

export interface SortOrder {
  readonly key: SortKey
  readonly isDescending: boolean
}

/** Sorted copy. Rows without the value come last in both directions; equal ones stay in the order of their titles. */
export function sortRows(
  rows: readonly OpportunityRow[],
  { key, isDescending }: SortOrder,
  ownerName: FilterContext['ownerName'],
): readonly OpportunityRow[] {
  return [...rows].sort((a, b) => {
    const left = sortValue(a, key, ownerName)
    const right = sortValue(b, key, ownerName)
    if (left === undefined || right === undefined) {
      if (left === right) return collator.compare(a.title, b.title)
      return left === undefined ? 1 : -1
    }
    const order = compare(left, right)
    if (order === 0) return collator.compare(a.title, b.title)
    return isDescending ? -order : order
  })
}
