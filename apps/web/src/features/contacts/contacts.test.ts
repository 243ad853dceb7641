import { formatDocumentName } from '@fulqrun/protocol'
import { describe, expect, test } from 'vitest'
import {
  filterContacts,
  parseContactSearch,
  sortContacts,
  sortName,
  specialtiesOf,
} from './contact-filter.ts'
import { contactRow, type ContactRow } from './contact-row.ts'

let count = 0

function makeRow(part: Partial<ContactRow> = {}): ContactRow {
  count += 1
  const id = `01890000-0000-7000-8000-${String(count).padStart(12, '0')}`
  const name = formatDocumentName({ organizationId: 'org', kind: 'contact', id })
  return {
    name,
    id,
    title: `Person ${count}`,
    territoryId: 'north',
    waitsForChoice: false,
    consent: {},
    consentExpires: {},
    ...part,
  }
}

const titles = (rows: readonly ContactRow[]) => rows.map((row) => row.title)

test('a summary is read, and what does not fit is left out', () => {
  const { name } = makeRow()
  const row = contactRow({
    name,
    kind: 'contact',
    territoryId: 'north',
    title: 'Dana Okafor, MD',
    head: 1,
    updatedAt: 0,
    summary: {
      specialty: 'Cardiology',
      city: 4,
      consent: { email: 'opt_out', phone: 'perhaps', visit: 'opt_in' },
      consentExpires: { visit: '2027-01-31', phone: 'soon' },
    },
  })
  expect(row).toMatchObject({
    title: 'Dana Okafor, MD',
    specialty: 'Cardiology',
    consent: { email: 'opt_out', visit: 'opt_in' },
    consentExpires: { visit: '2027-01-31' },
  })
  expect(row.city).toBeUndefined()
  expect(row.consent.phone).toBeUndefined()
  expect(row.consentExpires.phone).toBeUndefined()
})

describe('filterContacts', () => {
  const context = { today: '2026-11-21' }
  const rows = [
    makeRow({
      title: 'Ana M\u00fcller',
      specialty: 'Cardiology',
      segment: 'a',
      organization: 'Northline Clinic',
    }),
    makeRow({ title: 'Ben Ito', specialty: 'Oncology', segment: 'b', territoryId: 'south' }),
  ]

  test('by specialty, segment and territory', () => {
    expect(titles(filterContacts(rows, { specialty: 'Oncology' }, context))).toEqual(['Ben Ito'])
    expect(titles(filterContacts(rows, { segment: 'a' }, context))).toEqual(['Ana M\u00fcller'])
    expect(titles(filterContacts(rows, { territory: 'south', segment: 'a' }, context))).toEqual([])
  })

  test('search looks at the workplace too and does not mind accents', () => {
    expect(titles(filterContacts(rows, { q: 'muller north' }, context))).toEqual(['Ana M\u00fcller'])
  })

  test('what search found is shown although no word stands in the row', () => {
    const found = new Set(rows.slice(1).map(({ name }) => name))
    expect(titles(filterContacts(rows, { q: 'formulary' }, { ...context, found }))).toEqual(['Ben Ito'])
  })

  test('by consent that stands today', () => {
    const asked = [
      makeRow({ title: 'in', consent: { email: 'opt_in' } }),
      makeRow({ title: 'out', consent: { email: 'opt_out' } }),
      makeRow({ title: 'ended', consent: { email: 'opt_in' }, consentExpires: { email: '2026-11-20' } }),
      makeRow({ title: 'today', consent: { email: 'opt_in' }, consentExpires: { email: '2026-11-21' } }),
      makeRow({ title: 'other', consent: { phone: 'opt_in' } }),
    ]
    expect(titles(filterContacts(asked, { consent: 'email' }, context))).toEqual(['in', 'today'])
  })

  test.each([
    ['30', ['month']],
    ['90', ['month', 'quarter']],
    ['longer', ['long']],
    ['never', ['none']],
  ] as const)('by the last contact: %s', (contacted, expected) => {
    const met = [
      makeRow({ title: 'month', lastContact: '2026-10-22' }),
      makeRow({ title: 'quarter', lastContact: '2026-10-21' }),
      makeRow({ title: 'long', lastContact: '2026-01-01' }),
      makeRow({ title: 'none' }),
    ]
    expect(titles(filterContacts(met, { contacted }, context))).toEqual(expected)
  })
})

test('lists go by the last name, credentials do not count', () => {
  expect(sortName('Ana Ruiz, MD')).toBe('Ruiz Ana')
  const rows = [
    makeRow({ title: 'Ana Ruiz, MD' }),
    makeRow({ title: 'Zoe Adams' }),
    makeRow({ title: 'Ruiz' }),
  ]
  expect(titles(sortContacts(rows))).toEqual(['Zoe Adams', 'Ruiz', 'Ana Ruiz, MD'])
})

test('specialties are listed once', () => {
  const rows = [
    makeRow({ specialty: 'Oncology' }),
    makeRow({ specialty: 'Cardiology' }),
    makeRow({ specialty: 'Oncology' }),
  ]
  expect(specialtiesOf(rows)).toEqual(['Cardiology', 'Oncology'])
})

test('an address with nonsense in it shows everything', () => {
  expect(parseContactSearch({ q: '', segment: ['a'], create: 'yes' })).toEqual({})
})
