import { matchesQuery } from '../pipeline/pipeline-filter.ts'
import type { ContactRow } from './contact-row.ts'

/** Filters, as they stand in the address of the page. */
export interface ContactSearch {
  readonly q?: string | undefined
  readonly specialty?: string | undefined
  /** Option value of the field `segment`. */
  readonly segment?: string | undefined
  readonly territory?: string | undefined
  /** Opens the dialog for a new contact. */
  readonly create?: true | undefined
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== ''
    ? value
    : typeof value === 'number'
      ? String(value)
      : undefined

export function parseContactSearch(search: Readonly<Record<string, unknown>>): ContactSearch {
  const parsed: ContactSearch = {
    q: text(search['q']),
    specialty: text(search['specialty']),
    segment: text(search['segment']),
    territory: text(search['territory']),
    create: search['create'] === true ? true : undefined,
  }
  return Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== undefined))
}

export function filterContacts(rows: readonly ContactRow[], search: ContactSearch): readonly ContactRow[] {
  return rows.filter(
    (row) =>
      (search.specialty === undefined || row.specialty === search.specialty) &&
      (search.segment === undefined || row.segment === search.segment) &&
      (search.territory === undefined || row.territoryId === search.territory) &&
      matchesQuery(search.q, [row.title, row.specialty, row.organization, row.city, row.email, row.phone]),
  )
}

const collator = new Intl.Collator('en-US', { sensitivity: 'base' })

/**
 * The part of a name that lists go by: the last name, which stands before the credentials (`Ana Ruiz, MD` is under R).
 */
export function sortName(title: string): string {
  const [name = ''] = title.split(',')
  const words = name.trim().split(/\s+/)
  return [words.at(-1) ?? '', ...words.slice(0, -1)].join(' ')
}

export function sortContacts(rows: readonly ContactRow[]): readonly ContactRow[] {
  return rows
    .map((row) => ({ row, key: sortName(row.title) }))
    .sort((a, b) => collator.compare(a.key, b.key))
    .map(({ row }) => row)
}

/** All specialties that occur, in alphabetical order. */
export function specialtiesOf(rows: readonly ContactRow[]): readonly string[] {
  const found = new Set(rows.flatMap((row) => row.specialty ?? []))
  return [...found].sort((a, b) => collator.compare(a, b))
}
