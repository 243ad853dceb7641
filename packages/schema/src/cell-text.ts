import type { FieldOption, FieldShape } from './field-spec.ts'
import { isCalendarDate, fieldProblem } from './validation.ts'

/**
 * What a cell of a file says about a field. Text in a file has no types: what may be read in two ways (the order of a
 * date, the decimal sign) is said by whoever imports and never guessed, and what cannot be read is a problem, never half
 * a value.
 */
export interface CellStyle {
  /** Order of day, month and year; `YYYY-MM-DD` is read whatever it is. */
  readonly dates: 'ymd' | 'dmy' | 'mdy'
  readonly decimal: '.' | ','
  /** Id of a person by email or full name; undefined when nobody, or more than one, is called so. */
  readonly personId?: ((text: string) => string | undefined) | undefined
}

export type CellValue = string | number | boolean | readonly string[]

/** An empty cell says nothing: neither. */
export interface Cell {
  readonly value?: CellValue | undefined
  /** In words for the person who imports. */
  readonly problem?: string | undefined
}

const nothing: Cell = {}

export function parseCell(spec: FieldShape, text: string, style: CellStyle): Cell {
  const clean = withoutApostrophe(text.trim())
  if (clean === '') return nothing
  const cell = readText(spec, clean, style)
  if (cell.value === undefined) return cell
  const problem = fieldProblem(spec, cell.value)
  return problem === undefined ? cell : { problem }
}

/** Whether a text reads differently depending on the order of day and month, or cannot be read without one. */
export function needsDateOrder(text: string): boolean {
  const clean = text.trim()
  return clean !== '' && isoDay(clean) === undefined
}

/** Whether a text reads differently depending on the decimal sign. */
export function needsDecimalSign(text: string): boolean {
  return /[.,]/.test(text)
}

/** Spreadsheets write one in front of what is not to be a formula, and so do the files that we make. */
function withoutApostrophe(text: string): string {
  return /^'[=+\-@\t]/.test(text) ? text.slice(1) : text
}

function readText(spec: FieldShape, text: string, style: CellStyle): Cell {
  switch (spec.type) {
    case 'date':
      return readDate(text, style.dates)
    case 'number':
    case 'integer':
    case 'money':
    case 'percent':
      return readNumber(text, style.decimal)
    case 'boolean':
      return readBoolean(text)
    case 'choice':
      return readChoice(text, spec.options ?? [])
    case 'list':
      return readList(text)
    case 'npi':
      return readNpi(text)
    case 'currency':
      return { value: text.toUpperCase() }
    case 'person': {
      const id = style.personId?.(text)
      return id === undefined ? { problem: 'Nobody here has this name or email' } : { value: id }
    }
    default:
      return { value: text }
  }
}

/** A day as spreadsheets write it, with midnight behind it or not. */
function isoDay(text: string): string | undefined {
  return /^(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?$/.exec(text)?.[1]
}

function readDate(text: string, order: CellStyle['dates']): Cell {
  const day = isoDay(text) ?? ordered(text, order)
  if (day !== undefined && isCalendarDate(day)) return { value: day }
  if (/^\d{1,2}[./-]\d{1,2}[./-]\d{2}$/.test(text)) return { problem: 'Write the year with four digits' }
  return { problem: 'Not a date in the order that you chose' }
}

function ordered(text: string, order: CellStyle['dates']): string | undefined {
  const parts = /^(\d{1,4})\s?[./-]\s?(\d{1,2})\s?[./-]\s?(\d{1,4})$/.exec(text)?.slice(1)
  if (parts === undefined) return undefined
  const at = (letter: string) => parts[order.indexOf(letter)] ?? ''
  const [year, month, day] = [at('y'), at('m'), at('d')]
  if (year.length !== 4 || month.length > 2 || day.length > 2) return undefined
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}

/** Signs and codes of currencies around a number, and the sign of percent behind it. */
const around = /^(?:\p{Sc}|[A-Z]{3}\s)\s*|\s*(?:\p{Sc}|%|\s[A-Z]{3})$/gu

function readNumber(text: string, decimal: CellStyle['decimal']): Cell {
  if (/\dE[+-]?\d/i.test(text)) return { problem: 'The spreadsheet has shortened this number' }
  const isNegative = /^\(.*\)$/.test(text)
  const bare = (isNegative ? text.slice(1, -1) : text)
    .replaceAll(around, '')
    .replaceAll(/[\s\u00A0\u202F'’]/gu, '')
    .replace(/^\u2212/u, '-')
  const group = decimal === '.' ? ',' : '.'
  const pattern = new RegExp(`^-?(?:\\d+|\\d{1,3}(?:\\${group}\\d{3})+)(?:\\${decimal}\\d+)?$`)
  if (!pattern.test(bare)) return { problem: 'Not a number with the decimal sign that you chose' }
  const value = Number(bare.replaceAll(group, '').replace(decimal, '.'))
  return { value: isNegative ? -value : value }
}

const yes: ReadonlySet<string> = new Set(['yes', 'y', 'true', '1', 'x'])
const no: ReadonlySet<string> = new Set(['no', 'n', 'false', '0'])

function readBoolean(text: string): Cell {
  const word = text.toLowerCase()
  if (yes.has(word)) return { value: true }
  return no.has(word) ? { value: false } : { problem: 'Write yes or no' }
}

/** By what is stored, or by what is shown; of a label like `A, highest potential` its beginning is enough. */
function readChoice(text: string, options: readonly FieldOption[]): Cell {
  const wanted = words(text)
  const found = options.find(({ value, label }) =>
    [value, label, label.split(',')[0] ?? ''].map(words).includes(wanted),
  )
  if (found !== undefined) return { value: found.value }
  return { problem: `Not one of: ${options.map(({ label }) => label).join('; ')}` }
}

function words(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

function readList(text: string): Cell {
  const parts = text.split(/[;|\n]/).map((part) => part.trim())
  return { value: parts.filter((part) => part !== '') }
}

function readNpi(text: string): Cell {
  if (/\dE[+-]?\d/i.test(text)) return { problem: 'The spreadsheet has shortened this number' }
  return { value: text.replace(/\.0+$/, '').replaceAll(/[\s-]/g, '') }
}
