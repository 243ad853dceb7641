import type { DocumentName } from '@fulqrun/protocol'
import { queryMatcher } from '../pipeline/pipeline-filter.ts'
import { fold } from '../search/fold.ts'
import { compareKeys, sortKey } from '../search/sort-key.ts'
import { consentChannels, type Channel, type ContactRow } from './contact-row.ts'

/** How long ago somebody of the team was in touch, in days; `never` where nothing is on record. */
export const contactedFilters = ['30', '90', 'longer', 'never'] as const
export type Contacted = (typeof contactedFilters)[number]

/** Filters, as they stand in the address of the page. */
export interface ContactSearch {
  readonly q?: string | undefined
  readonly specialty?: string | undefined
  /** Option value of the field `segment`. */
  readonly segment?: string | undefined
  readonly territory?: string | undefined
  /** A channel that the contact has agreed to. */
  readonly consent?: Channel | undefined
  readonly contacted?: Contacted | undefined
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
    consent: consentChannels.find((channel) => channel === search['consent']),
    contacted: contactedFilters.find((known) => known === text(search['contacted'])),
    create: search['create'] === true ? true : undefined,
  }
  return Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== undefined))
}

export interface ContactFilterContext {
  /** ISO date. */
  readonly today: string
  /** What search found for the query; undefined until it has answered. */
  readonly found?: ReadonlySet<DocumentName> | undefined
}

/** Whole days from one ISO date to a later one. */
function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)
}

function wasContacted({ lastContact }: ContactRow, wanted: Contacted, today: string): boolean {
  if (lastContact === undefined) return wanted === 'never'
  const days = daysBetween(lastContact, today)
  switch (wanted) {
    case 'never':
      return false
    case '30':
      return days <= 30
    case '90':
      return days <= 90
    case 'longer':
      return days > 90
  }
}

function mayUse({ consent, consentExpires }: ContactRow, channel: Channel, today: string): boolean {
  const last = consentExpires[channel]
  return consent[channel] === 'opt_in' && (last === undefined || last >= today)
}

/** What rows are searched by, folded: once per row and not at every key. */
const folded = new WeakMap<ContactRow, string>()

function foldedRow(row: ContactRow): string {
  const text =
    folded.get(row) ??
    fold(
      [row.title, row.specialty, row.organization, row.city, row.email, row.phone].filter(Boolean).join(' '),
    )
  folded.set(row, text)
  return text
}

export function filterContacts(
  rows: readonly ContactRow[],
  search: ContactSearch,
  { today, found }: ContactFilterContext,
): readonly ContactRow[] {
  const { q, specialty, segment, territory, consent, contacted } = search
  const matches = queryMatcher(q)
  return rows.filter(
    (row) =>
      (specialty === undefined || row.specialty === specialty) &&
      (segment === undefined || row.segment === segment) &&
      (territory === undefined || row.territoryId === territory) &&
      (consent === undefined || mayUse(row, consent, today)) &&
      (contacted === undefined || wasContacted(row, contacted, today)) &&
      (found?.has(row.name) === true || q === undefined || matches(foldedRow(row))),
  )
}

/** Takes every filter and the search words away. */
export const noContactFilters: ContactSearch = {
  q: undefined,
  specialty: undefined,
  segment: undefined,
  territory: undefined,
  consent: undefined,
  contacted: undefined,
}

export function isFiltered(search: ContactSearch): boolean {
  return Object.keys(noContactFilters).some((key) => search[key as keyof ContactSearch] !== undefined)
}

/**
 * The part of a name that lists go by: the last name, which stands before the credentials (`Ana Ruiz, MD` is under R).
 */
export function sortName(title: string): string {
  const [name = ''] = title.split(',')
  const words = name.trim().split(/\s+/)
  return [words.at(-1) ?? '', ...words.slice(0, -1)].join(' ')
}

const nameKeys = new WeakMap<ContactRow, string>()

function nameKey(row: ContactRow): string {
  const key = nameKeys.get(row) ?? sortKey(sortName(row.title))
  nameKeys.set(row, key)
  return key
}

export function sortContacts(rows: readonly ContactRow[]): readonly ContactRow[] {
  return rows
    .map((row) => ({ row, key: nameKey(row) }))
    .sort((a, b) => compareKeys(a.key, b.key))
    .map(({ row }) => row)
}

/** All specialties that occur, in alphabetical order. */
export function specialtiesOf(rows: readonly ContactRow[]): readonly string[] {
  const found = new Set(rows.flatMap((row) => row.specialty ?? []))
  return [...found].sort((a, b) => compareKeys(sortKey(a), sortKey(b)))
}
