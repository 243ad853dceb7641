import type { StageId } from '@fulqrun/schema'
import type { DocumentName } from '@fulqrun/protocol'
import { fold } from '../search/fold.ts'
import { compareKeys, sortKey } from '../search/sort-key.ts'
import { isOpenStage, isOverdue, isStage, type OpportunityRow } from './opportunity-row.ts'

export const sortKeys = ['title', 'account', 'amount', 'closeDate', 'meddpicc', 'owner'] as const
export type SortKey = (typeof sortKeys)[number]

/** What an opportunity may need from somebody. */
export const needs = ['decision', 'proposal', 'plan', 'qualification'] as const
export type Need = (typeof needs)[number]

/** A MEDDPICC score below this says that too much is unknown. */
const thinScore = 40

/** Filters and order, as they stand in the address of the page. */
export interface PipelineSearch {
  readonly q?: string | undefined
  /** Stage ids joined by commas; absent means all open ones. */
  readonly stage?: string | undefined
  /** `me` or a user id. */
  readonly owner?: string | undefined
  readonly territory?: string | undefined
  readonly overdue?: true | undefined
  /** Month of the close date: `2026-03`. */
  readonly close?: string | undefined
  /** The account's name, as the record has it. */
  readonly account?: string | undefined
  readonly need?: Need | undefined
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
    close: monthOf(text(search['close'])),
    account: text(search['account']),
    need: needs.find((need) => need === search['need']),
    sort: sortKeys.find((key) => key === search['sort']),
    desc: flag(search['desc']),
    create: flag(search['create']),
  }
  return Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== undefined))
}

const monthPattern = /^\d{4}-(0[1-9]|1[0-2])$/

function monthOf(value: string | undefined): string | undefined {
  return value !== undefined && monthPattern.test(value) ? value : undefined
}

export function parseStages(joined: string | undefined): readonly StageId[] {
  return (joined ?? '').split(',').filter(isStage)
}

export function formatStages(stages: readonly StageId[]): string | undefined {
  return stages.length === 0 ? undefined : stages.join(',')
}

/** Tells of a folded text whether every word of the query begins or stands somewhere in it. */
export function queryMatcher(query: string | undefined): (folded: string) => boolean {
  if (query === undefined) return () => true
  const words = fold(query).split(/\s+/)
  return (folded) => words.every((word) => folded.includes(word))
}

/** What rows are searched by, folded: once per row and not at every key. */
const folded = new WeakMap<OpportunityRow, { readonly owner: string; readonly text: string }>()

function foldedRow(row: OpportunityRow, ownerName: FilterContext['ownerName']): string {
  const owner = row.ownerId === undefined ? '' : ownerName(row.ownerId)
  const known = folded.get(row)
  if (known?.owner === owner) return known.text
  const text = fold([row.title, row.account, row.product, owner].filter(Boolean).join(' '))
  folded.set(row, { owner, text })
  return text
}

export interface FilterContext {
  readonly myId: string
  /** ISO date. */
  readonly today: string
  readonly ownerName: (id: string) => string
  /** What search found for the query, by notes and with slips of the finger too; undefined until it has answered. */
  readonly found?: ReadonlySet<DocumentName> | undefined
}

function hasNeed(row: OpportunityRow, need: Need): boolean {
  switch (need) {
    case 'decision':
      return row.waitsForChoice
    case 'proposal':
      return row.openProposals > 0
    case 'plan':
      return isOpenStage(row.stage) && row.nextActivity === undefined
    case 'qualification':
      return isOpenStage(row.stage) && row.meddpiccScore < thinScore
  }
}

export function filterRows(
  rows: readonly OpportunityRow[],
  search: PipelineSearch,
  { myId, today, ownerName, found }: FilterContext,
): readonly OpportunityRow[] {
  const stages = parseStages(search.stage)
  const owner = search.owner === 'me' ? myId : search.owner
  const matches = queryMatcher(search.q)
  return rows.filter(
    (row) =>
      (stages.length === 0 ? isOpenStage(row.stage) : stages.includes(row.stage)) &&
      (owner === undefined || row.ownerId === owner) &&
      (search.territory === undefined || row.territoryId === search.territory) &&
      (search.overdue === undefined || isOverdue(row, today)) &&
      (search.close === undefined || row.closeDate?.startsWith(search.close) === true) &&
      (search.account === undefined || row.account === search.account) &&
      (search.need === undefined || hasNeed(row, search.need)) &&
      (found?.has(row.name) === true || search.q === undefined || matches(foldedRow(row, ownerName))),
  )
}

/** How many filters are set, the search words not counted. */
export function countFilters(search: PipelineSearch): number {
  const { stage, owner, territory, overdue, close, account, need } = search
  return [stage, owner, territory, overdue, close, account, need].filter((value) => value !== undefined)
    .length
}

/** Takes every filter and the search words away; the order stays. */
export const noFilters: PipelineSearch = {
  q: undefined,
  stage: undefined,
  owner: undefined,
  territory: undefined,
  overdue: undefined,
  close: undefined,
  account: undefined,
  need: undefined,
}

/** Months in which opportunities close, earliest first. */
export function closeMonths(rows: readonly OpportunityRow[]): readonly string[] {
  return [...new Set(rows.flatMap(({ closeDate }) => closeDate?.slice(0, 7) ?? []))].sort()
}

/** Accounts with the most opportunities, in alphabetical order. */
export function largestAccounts(rows: readonly OpportunityRow[], limit: number): readonly string[] {
  const counts = new Map<string, number>()
  for (const { account } of rows)
    if (account !== undefined) counts.set(account, (counts.get(account) ?? 0) + 1)
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, limit)
    .map(([account]) => account)
    .sort((a, b) => compareKeys(sortKey(a), sortKey(b)))
}

/** Keys of titles: every order falls back on them. */
const titleKeys = new WeakMap<OpportunityRow, string>()

function titleKey(row: OpportunityRow): string {
  const key = titleKeys.get(row) ?? sortKey(row.title)
  titleKeys.set(row, key)
  return key
}

const byTitle = new WeakMap<readonly OpportunityRow[], readonly OpportunityRow[]>()

/** Every other order begins with this one; it is made once for a list. */
function sortedByTitle(rows: readonly OpportunityRow[]): readonly OpportunityRow[] {
  const sorted = byTitle.get(rows) ?? rows.toSorted((a, b) => compareKeys(titleKey(a), titleKey(b)))
  byTitle.set(rows, sorted)
  return sorted
}

function valueKey(
  row: OpportunityRow,
  key: SortKey,
  keyOf: (text: string) => string,
  ownerName: FilterContext['ownerName'],
): string | number | undefined {
  switch (key) {
    case 'title':
      return titleKey(row)
    case 'account':
      return row.account === undefined ? undefined : keyOf(row.account)
    case 'amount':
      return row.amount
    case 'closeDate':
      return row.closeDate
    case 'meddpicc':
      return row.meddpiccScore
    case 'owner':
      return row.ownerId === undefined ? undefined : keyOf(ownerName(row.ownerId))
  }
}

/** Remembers what it has made: accounts and owners come again and again. */
function makeKeyOf(): (text: string) => string {
  const keys = new Map<string, string>()
  return (text) => {
    const key = keys.get(text) ?? sortKey(text)
    keys.set(text, key)
    return key
  }
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
  const keyOf = makeKeyOf()
  // Sorting keeps the order of equal ones.
  return sortedByTitle(rows)
    .map((row) => ({ row, value: valueKey(row, key, keyOf, ownerName) }))
    .sort((a, b) => {
      if (a.value === b.value) return 0
      if (a.value === undefined || b.value === undefined) return a.value === undefined ? 1 : -1
      return isDescending ? compareKeys(b.value, a.value) : compareKeys(a.value, b.value)
    })
    .map(({ row }) => row)
}
