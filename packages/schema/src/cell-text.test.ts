import { describe, expect, test } from 'vitest'
import { type CellStyle, needsDateOrder, needsDecimalSign, parseCell } from './cell-text.ts'
import { importColumn, importColumns, ImportMatches } from './import-columns.ts'

const style: CellStyle = { dates: 'dmy', decimal: '.' }

function read(path: string, text: string, other: Partial<CellStyle> = {}): unknown {
  const kind = ['fields.npi', 'fields.segment', 'fields.isActive', 'fields.phone'].includes(path)
    ? 'contact'
    : 'opportunity'
  const column = importColumn(kind, path)
  if (column === undefined) throw new Error(`no column ${path}`)
  const { value, problem } = parseCell(column.spec, text, { ...style, ...other })
  return value ?? problem
}

describe('[IMP-10] text of cells', () => {
  test('dates: ISO whatever is chosen, others in the chosen order, never two readings', () => {
    expect(read('fields.closeDate', '2026-03-31', { dates: 'mdy' })).toBe('2026-03-31')
    expect(read('fields.closeDate', '2026-03-31 00:00:00')).toBe('2026-03-31')
    expect(read('fields.closeDate', '4/3/2026')).toBe('2026-03-04')
    expect(read('fields.closeDate', '4/3/2026', { dates: 'mdy' })).toBe('2026-04-03')
    expect(read('fields.closeDate', '31.03.2026')).toBe('2026-03-31')
    expect(read('fields.closeDate', '2026/3/31', { dates: 'ymd' })).toBe('2026-03-31')
    for (const wrong of ['31/03/2026', '13/13/2026'])
      expect(read('fields.closeDate', wrong, { dates: 'mdy' })).toBe('Not a date in the order that you chose')
    expect(read('fields.closeDate', '30/02/2026')).toBe('Not a date in the order that you chose')
    expect(read('fields.closeDate', '04/03/26')).toBe('Write the year with four digits')
    expect(read('fields.closeDate', '45000')).toBe('Not a date in the order that you chose')
  })

  test('amounts: the chosen decimal sign, thousands in groups of three, currencies around', () => {
    const texts = [
      '1234567.5',
      '1,234,567.50',
      '$1,234,567.50',
      'USD 1,234,567.5',
      '1 234 567.50',
      "1'234'567.5",
    ]
    expect(texts.map((text) => read('fields.budget', text))).toEqual(texts.map(() => 1_234_567.5))
    expect(read('fields.budget', '1.234.567,50 €', { decimal: ',' })).toBe(1_234_567.5)
    expect(read('fields.budget', '1,234', { decimal: ',' })).toBe('At most two decimals')
    const wrong = ['12,34', '1,23,456', '1.234.567', '1,2345', 'about 5', '5k', '--5', '-']
    const notRead = 'Not a number with the decimal sign that you chose'
    expect(wrong.map((text) => read('fields.budget', text))).toEqual(wrong.map(() => notRead))
    expect(read('fields.budget', '(5)')).toBe('At least 0')
    expect(read('fields.budget', '1.2E+06')).toBe('The spreadsheet has shortened this number')
    expect(read('fields.probability', '40 %')).toBe(40)
    expect(read('fields.probability', '140%')).toBe('At most 100')
  })

  test('choices by value or label, yes and no in the usual words, lists by semicolon', () => {
    expect(read('fields.stage', 'Key Decision')).toBe('key_decision')
    expect(read('fields.stage', 'key_decision')).toBe('key_decision')
    expect(read('fields.segment', 'A')).toBe('a')
    expect(read('fields.segment', 'B, high potential')).toBe('b')
    expect(read('fields.segment', 'E')).toMatch(/^Not one of: A, highest potential; /)
    expect(read('fields.isActive', 'NO')).toBe(false)
    expect(read('fields.isActive', 'x')).toBe(true)
    expect(read('fields.isActive', 'maybe')).toBe('Write yes or no')
    expect(read('fields.competitors', ' Insorel ; Nexavor|')).toEqual(['Insorel', 'Nexavor'])
  })

  test('numbers of people: check digit, shortened by a spreadsheet, with an apostrophe in front', () => {
    expect(read('fields.npi', '1234567893')).toBe('1234567893')
    expect(read('fields.npi', '1234567893.0')).toBe('1234567893')
    expect(read('fields.npi', '1234567890')).toBe('Not a valid NPI: check the ten digits')
    expect(read('fields.npi', '1.23457E+09')).toBe('The spreadsheet has shortened this number')
    expect(read('fields.phone', "'+1 555 0100")).toBe('+1 555 0100')
    expect(read('fields.nextStep', "'=1+1")).toBe('=1+1')
    const personId = (text: string) => (text === 'Ana' ? 'ana' : undefined)
    expect(read('fields.ownerId', 'Ana', { personId })).toBe('ana')
    expect(read('fields.ownerId', 'Nobody', { personId })).toBe('Nobody here has this name or email')
  })

  test('an empty cell says nothing; a text that is too long is a problem', () => {
    for (const { spec } of importColumns('opportunity')) expect(parseCell(spec, '  ', style)).toEqual({})
    expect(read('fields.name', 'x'.repeat(201))).toBe('At most 200 characters')
  })

  test('what has to be asked is asked only where it makes a difference', () => {
    expect(['2026-03-31', '', ' 2026-03-31T00:00:00Z '].map(needsDateOrder)).toEqual([false, false, false])
    expect(['3/4/2026', '31.03.2026', 'soon'].map(needsDateOrder)).toEqual([true, true, true])
    expect(['1000', '$ 5', '1,000', '0.5'].map(needsDecimalSign)).toEqual([false, false, true, true])
  })
})

test('[IMP-1] files say fields, official values as wishes and a place of work; no ids, texts or counters', () => {
  const paths = importColumns('opportunity').map(({ path }) => path)
  expect(paths).toContain('financials.amount')
  for (const path of ['financials.version', 'financials.source', 'fields.accountId', 'fields.contactId'])
    expect(paths).not.toContain(path)
  expect(importColumns('contact').find(({ how }) => how === 'workplace')?.label).toBe('Place of work')
})

describe('[IMP-9] which rows and records are one', () => {
  type Values = Readonly<Record<string, unknown>>
  const contact = (lastName: string, email?: string, npi?: string): Values => ({
    'fields.lastName': lastName,
    'fields.email': email,
    'fields.npi': npi,
  })
  const found = (kind: 'contact' | 'opportunity', known: Values, row: Values) => {
    const matches = new ImportMatches<string>(kind)
    matches.add(known, `${String(known['fields.lastName'])}, MD`, 'known')
    return matches.find(row)?.key.words
  }

  test('contacts by NPI, else by email and last name, and never against another NPI', () => {
    const ann = contact('Osei', 'Ann@x.example', '1234567893')
    expect(found('contact', ann, contact('Married', undefined, '1234567893'))).toBe('the same NPI')
    expect(found('contact', ann, contact('OSEI', ' ann@X.example '))).toBe('the same name and email')
    expect(found('contact', ann, contact('Osei', 'ann@x.example', '1003000126'))).toBeUndefined()
    expect(found('contact', ann, contact('Other', 'ann@x.example'))).toBeUndefined()
    expect(found('contact', contact('Osei'), contact('Osei'))).toBeUndefined()
  })

  test('opportunities by name and account, whatever case, white space and form of accents', () => {
    const deal = (name?: string, account?: string): Values => ({
      'fields.name': name,
      'fields.account': account,
    })
    const known = deal('A  deal', 'Cafe\u0301')
    expect(found('opportunity', known, deal('a DEAL ', 'caf\u00E9'))).toBe('the same name and account')
    expect(found('opportunity', known, deal('A deal', 'Elsewhere'))).toBeUndefined()
    expect(found('opportunity', deal('A deal'), deal('A deal'))).toBeUndefined()
  })
})
