import { isDocumentKind, type DocumentKind } from '@fulqrun/protocol'
import * as z from 'zod/mini'
import { hashPattern } from './attachment-spec.ts'
import type { FieldShape, FieldSpec, FieldType } from './field-spec.ts'
import { fieldSpec, kindSpec, rootSpec } from './kinds.ts'
import { isNpi } from './npi.ts'
import { parsePath } from './path.ts'
import { proposalSchema } from './proposal.ts'
import type { SchemaIssue } from './schema-issue.ts'

/** Compiling validators needs `eval`, which our content security policy forbids. */
z.config({ jitless: true })

/** Characters of a string whose description names no limit. */
const defaultMaxLength = 500
/** Entries of a list field; more is not a field but a collection. */
const maxListEntries = 50
const maxTrend = 120

const datePattern = /^(\d{4})-(\d{2})-(\d{2})$/

/** True for a calendar day that exists, as `YYYY-MM-DD`. */
export function isCalendarDate(text: string): boolean {
  const match = datePattern.exec(text)
  if (!match) return false
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
}

/** Days of a month, 1 to 12, in the Gregorian calendar. */
function daysInMonth(year: number, month: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
}

const finite = () => z.number('Enter a number')

function limited({ maxLength = defaultMaxLength }: FieldShape) {
  return z.string('Enter text').check(z.maxLength(maxLength, `At most ${maxLength} characters`))
}

function patterned(shape: FieldShape, pattern: RegExp, message: string) {
  return limited(shape).check(z.regex(pattern, message))
}

function refined(shape: FieldShape, test: (value: string) => boolean, message: string) {
  return limited(shape).check(z.refine((value) => test(value), message))
}

function numeric({ min, max }: FieldShape) {
  const checks = [
    ...(min === undefined ? [] : [z.gte(min, `At least ${min}`)]),
    ...(max === undefined ? [] : [z.lte(max, `At most ${max}`)]),
  ]
  return finite().check(...checks)
}

const kpiValueSchema = z.strictObject({
  value: finite(),
  asOf: finite().check(z.gte(0)),
  formulaVersion: z.int(),
  previous: z.optional(finite()),
  trend: z.optional(z.array(finite()).check(z.maxLength(maxTrend))),
})

const phonePattern = /^\+?[\d\s().\-/]*\d[\d\s().\-/]*(?:\s?(?:x|ext\.?)\s?\d{1,6})?$/i

/** One zod schema per field type. */
const builders: Readonly<Record<FieldType, (shape: FieldShape) => z.ZodMiniType>> = {
  string: limited,
  person: limited,
  reference: limited,
  hash: (shape) => patterned(shape, hashPattern, 'Not a hash: 64 hexadecimal digits'),
  text: () => z.string(),
  rich: () => z.string(),
  email: (shape) => patterned(shape, /^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'Not an email address'),
  phone: (shape) => patterned(shape, phonePattern, 'Not a phone number'),
  npi: (shape) => refined(shape, isNpi, 'Not a valid NPI: check the ten digits'),
  currency: (shape) => patterned(shape, /^[A-Z]{3}$/, 'Three capital letters, as in USD'),
  date: (shape) => refined(shape, isCalendarDate, 'Not a date'),
  period: (shape) => patterned(shape, /^\d{4}-Q[1-4]$/, 'A quarter, as in 2026-Q3'),
  time: (shape) => numeric({ ...shape, min: 0 }),
  number: numeric,
  integer: (shape) =>
    numeric(shape).check(z.refine((value) => Number.isSafeInteger(value), 'A whole number')),
  money: (shape) => numeric(shape).check(z.refine(isMoney, 'At most two decimals')),
  percent: (shape) => numeric({ ...shape, min: shape.min ?? 0, max: shape.max ?? 100 }),
  boolean: () => z.boolean('Yes or no'),
  choice: ({ options = [] }) =>
    z.enum(
      options.map(({ value }) => value),
      'Choose one of the options',
    ),
  list: (shape) =>
    z
      .array(limited(shape).check(z.minLength(1, 'Not empty')))
      .check(z.maxLength(maxListEntries, `At most ${maxListEntries} entries`)),
  kpiValue: () => kpiValueSchema,
}

/** Amounts up to 10^13 with two decimals are exact enough in a double: decimal(15,2) of the original. */
function isMoney(value: number): boolean {
  return Math.abs(value) < 1e13 && Math.abs(value * 100 - Math.round(value * 100)) < 1e-3
}

const validators = new WeakMap<FieldShape, z.ZodMiniType>()

/** The zod schema of a field, made once. */
function validatorOf(spec: FieldShape): z.ZodMiniType {
  let validator = validators.get(spec)
  if (!validator) {
    validator = builders[spec.type](spec)
    validators.set(spec, validator)
  }
  return validator
}

/** What is wrong with a value for a field, in words for the person who edits; undefined when it is fine. */
export function fieldProblem(spec: FieldShape, value: unknown): string | undefined {
  const result = validatorOf(spec).safeParse(value)
  return result.success ? undefined : (result.error.issues[0]?.message ?? 'Not valid')
}

/** Cleared: nothing stored under the key. */
export function isCleared(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

function checkField(spec: FieldSpec, path: string, value: unknown): SchemaIssue | undefined {
  if (isCleared(value)) {
    if (!spec.required) return undefined
    return { path, code: 'value/missing', message: `${spec.label} is needed` }
  }
  const message = fieldProblem(spec, value)
  return message === undefined ? undefined : { path, code: 'value/invalid', message }
}

function unknownPath(path: string): SchemaIssue {
  return { path, code: 'path/unknown', message: 'There is no such field' }
}

function checkEntry(kind: DocumentKind, path: string, value: unknown): SchemaIssue | undefined {
  const { root } = parsePath(path)
  const collection = kindSpec(kind).collections.find((candidate) => candidate.root === root)
  if (!collection) return unknownPath(path)
  if (isCleared(value)) return undefined
  if (typeof value !== 'object') return { path, code: 'entry/invalid', message: 'Not an entry' }
  const values = value as Readonly<Record<string, unknown>>
  for (const key of Object.keys(values))
    if (!fieldSpec(kind, `${path}.${key}`)) return unknownPath(`${path}.${key}`)
  for (const spec of collection.fields) {
    const issue = checkField(spec, `${path}.${spec.key}`, values[spec.key] ?? spec.default)
    if (issue) return issue
  }
  return undefined
}

function checkJson(root: string, path: string, value: unknown): SchemaIssue | undefined {
  if (isCleared(value)) return undefined
  if (root !== 'proposals') return undefined
  const result = proposalSchema.safeParse(value)
  return result.success ? undefined : { path, code: 'entry/invalid', message: 'Not a proposal' }
}

/**
 * Checks a value for a path of a kind: a field, a whole entry of a collection, a proposal, a text, or an `edited`
 * time. Undefined means fine. A cleared value (undefined, null or empty text) is fine unless the field is required.
 */
export function checkValue(kind: DocumentKind, path: string, value: unknown): SchemaIssue | undefined {
  const { root, id, key } = parsePath(path)
  const listed = rootSpec(kind, root)
  if (!listed) return unknownPath(path)
  if (listed.holds === 'json') return id === undefined ? unknownPath(path) : checkJson(root, path, value)
  if (listed.holds === 'entries' && key === undefined)
    return id === undefined ? unknownPath(path) : checkEntry(kind, path, value)
  if (root === 'edited') {
    const known = key !== undefined && isCleared(value) ? true : Number.isFinite(value)
    return known ? undefined : { path, code: 'value/invalid', message: 'Not a time' }
  }
  if (path === 'meta.kind' && !isDocumentKind(value))
    return { path, code: 'value/invalid', message: 'Not a kind of document' }
  const spec = fieldSpec(kind, path)
  return spec ? checkField(spec, path, value) : unknownPath(path)
}
