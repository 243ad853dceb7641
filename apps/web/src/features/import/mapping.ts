import type { ImportKind } from '@fulqrun/protocol'
import { type ImportColumn, importColumns } from '@fulqrun/schema'

/** Path of the field that each column of the file goes to, by its place; null for a column that is left out. */
export type Mapping = readonly (string | null)[]

/** How other systems head their columns, folded as {@link fold} does. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  'fields.firstName': ['given name', 'forename', 'vorname'],
  'fields.lastName': ['surname', 'family name', 'nachname', 'name'],
  'fields.npi': ['npi number', 'npi id', 'hcp id', 'national provider identifier'],
  'fields.email': ['e mail', 'mail', 'email address', 'e mail address'],
  'fields.phone': ['telephone', 'phone number', 'tel', 'office phone'],
  'fields.mobile': ['mobile phone', 'cell', 'cell phone', 'handy'],
  'fields.hcpType': ['hcp type', 'type'],
  'fields.specialty': ['speciality', 'primary specialty', 'taxonomy'],
  'fields.ownerId': ['owner', 'owner email', 'rep', 'sales rep', 'assigned to'],
  'fields.addressLine1': ['address', 'address 1', 'address line 1', 'street address'],
  'fields.addressLine2': ['address 2', 'address line 2', 'suite'],
  'fields.postalCode': ['zip', 'zip code', 'postcode', 'plz'],
  'affiliations.organization': [
    'organization',
    'organisation',
    'hospital',
    'account',
    'practice',
    'clinic',
    'hco',
    'employer',
  ],
  'fields.name': ['opportunity', 'opportunity name', 'deal', 'deal name'],
  'fields.account': ['account name', 'company', 'customer', 'organization', 'hospital'],
  'fields.closeDate': ['expected close', 'expected close date', 'closing date'],
  'fields.budget': ['budget'],
  'fields.competitors': ['competitor', 'competition'],
  'financials.amount': ['amount', 'value', 'deal value', 'deal size'],
  'financials.currency': ['currency'],
  'financials.discount': ['discount'],
  'financials.margin': ['margin'],
}

function fold(text: string): string {
  return text
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** A guess by the heading; each field is guessed once, for the first column that has its name. */
export function guessMapping(kind: ImportKind, headers: readonly string[]): Mapping {
  const taken = new Set<string>()
  const take = (header: string, names: (column: ImportColumn) => readonly string[]): string | null => {
    const wanted = fold(header)
    const found = importColumns(kind).find(
      (column) => !taken.has(column.path) && names(column).includes(wanted),
    )
    if (found !== undefined) taken.add(found.path)
    return found?.path ?? null
  }
  const own = headers.map((header) => take(header, ({ label, spec }) => [fold(label), fold(spec.key)]))
  return headers.map((header, index) => own[index] ?? take(header, ({ path }) => otherNames[path] ?? []))
}

/** Moves a field to another column: no two columns go to one. */
export function withColumn(mapping: Mapping, index: number, path: string | null): Mapping {
  return mapping.map((known, at) => {
    if (at === index) return path
    return known === path ? null : known
  })
}
