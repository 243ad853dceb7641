import type { DocumentKind } from '@fulqrun/protocol'
import { type PolicyTable, policyRows, type PretendEdit, type WhatIfQuestion } from '@fulqrun/rules'
import { type FieldSpec, fieldSpec } from '@fulqrun/schema'
import { parseDraft } from '../../fields/draft.ts'

/** The bench of the rules screen as it is filled in; times are clock times of one pretend day on this device. */
export interface Bench {
  readonly kind: DocumentKind
  /** With `*` for the id of an entry. */
  readonly path: string
  /** The value before, as typed; empty for none. */
  readonly start: string
  readonly edits: readonly [BenchEdit, BenchEdit]
  readonly hadSeen: boolean
  readonly reversed: boolean
}

export interface BenchEdit {
  /** Id of one of {@link pretendPeople}. */
  readonly person: string
  readonly draft: string
  /** `HH:MM`. */
  readonly time: string
}

type PretendPerson = PretendEdit['author'] & Pick<PretendEdit, 'isSystem'>

const repA: PretendPerson = { id: 'pretend-rep-a', name: 'A sales rep', role: 'rep' }

/** Who may have made an edit. Nobody of the organization: a try leaves no trace and says nothing about a person. */
export const pretendPeople: readonly PretendPerson[] = [
  repA,
  { id: 'pretend-rep-b', name: 'Another sales rep', role: 'rep' },
  { id: 'pretend-manager', name: 'A manager', role: 'manager' },
  { id: 'pretend-finance', name: 'Somebody in finance', role: 'finance' },
  { id: 'pretend-admin', name: 'An administrator', role: 'admin' },
  { id: 'pretend-system', name: 'An import', role: 'admin', isSystem: true },
]

export function pretendPerson(id: string | undefined): PretendPerson {
  return pretendPeople.find((person) => person.id === id) ?? repA
}

/** Fields that the bench can try, in the order of the record. */
export function benchFields(kind: DocumentKind): readonly string[] {
  return policyRows(kind).map(({ path }) => path)
}

/** What a field is tried with at first: a value before, and one by each of the two. */
type Example = readonly [string, string, string]

const examplesByPath: Readonly<Record<string, Example>> = {
  'consents.*.optType': ['opt_in', 'opt_out', 'double_opt_in'],
  'licences.*.status': ['active', 'suspended', 'expired'],
  'fields.phone': ['+1 212 555 0100', '+1 212 555 0111', '+1 212 555 0122'],
  'fields.mobile': ['+1 212 555 0100', '+1 212 555 0111', '+1 212 555 0122'],
}

const examplesByType: Readonly<Partial<Record<FieldSpec['type'], Example>>> = {
  email: ['old@clinic.example', 'new@clinic.example', 'other@clinic.example'],
  phone: ['+1 212 555 0100', '+1 212 555 0111', '+1 212 555 0122'],
  npi: ['1234567893', '1245319599', '1003000126'],
  hash: ['a1'.repeat(32), 'b2'.repeat(32), 'c3'.repeat(32)],
  currency: ['USD', 'EUR', 'GBP'],
  date: ['2026-03-31', '2026-04-30', '2026-06-30'],
  period: ['2026-Q1', '2026-Q2', '2026-Q3'],
  time: ['1767261600000', '1767265200000', '1767268800000'],
  number: ['10', '12', '15'],
  integer: ['10', '12', '15'],
  money: ['45000', '48000', '50000'],
  percent: ['10', '12', '15'],
  boolean: ['false', 'true', 'false'],
  kpiValue: ['100', '110', '120'],
  text: ['Budget is agreed.', 'The committee meets on Monday.', 'The committee meets on monday'],
  rich: ['Budget is agreed.', 'The committee meets on Monday.', 'The committee meets on monday'],
}

function exampleOf(spec: FieldSpec): Example {
  const known = examplesByPath[spec.path] ?? examplesByType[spec.type]
  if (known !== undefined) return known
  const [first, second = first, third = second] = spec.options ?? []
  if (first !== undefined && second !== undefined && third !== undefined)
    return [first.value, second.value, third.value]
  return ['Before', 'First', 'Second']
}

/** A bench for a field, filled in so that it shows something at once. */
export function makeBench(kind: DocumentKind, wanted?: string): Bench {
  const fields = benchFields(kind)
  const path = wanted !== undefined && fields.includes(wanted) ? wanted : (fields[0] ?? '')
  const spec = fieldSpec(kind, path)
  const [start, first, second] = spec === undefined ? ['', '', ''] : exampleOf(spec)
  return {
    kind,
    path,
    start,
    edits: [
      { person: 'pretend-rep-a', draft: first, time: '09:00' },
      { person: 'pretend-rep-b', draft: second, time: '10:00' },
    ],
    hadSeen: false,
    reversed: false,
  }
}

/** The same with one of the edits changed. */
export function withEdit(bench: Bench, index: 0 | 1, change: Partial<BenchEdit>): Bench {
  const [first, second] = bench.edits
  const edits: Bench['edits'] =
    index === 0 ? [{ ...first, ...change }, second] : [first, { ...second, ...change }]
  return { ...bench, edits }
}

/** Any day: only the clock times of the two edits matter. */
const day = { year: 2026, month: 0, date: 15 } as const

/** Device time of a clock time on the pretend day; midnight for what is none. */
export function timeOf(clock: string): number {
  const [hours = 0, minutes = 0] = /^\d{2}:\d{2}/.test(clock) ? clock.split(':').map(Number) : []
  return new Date(day.year, day.month, day.date, hours, minutes).getTime()
}

/** The value that a draft stands for, as a device would write it; what fits no field is written as it was typed. */
export function valueOf(spec: FieldSpec, draft: string, at: number): unknown {
  if (spec.type === 'boolean') return draft === '' ? undefined : draft === 'true'
  const value = spec.type === 'time' || spec.type === 'kpiValue' ? numberOr(draft) : parseDraft(spec, draft)
  return spec.type === 'kpiValue' && typeof value === 'number'
    ? { value, asOf: at, formulaVersion: 1 }
    : value
}

function numberOr(draft: string): unknown {
  const text = draft.trim()
  if (text === '') return undefined
  return Number.isFinite(Number(text)) ? Number(text) : text
}

/** What is asked of the rules. */
export function questionOf(bench: Bench, spec: FieldSpec, table: PolicyTable): WhatIfQuestion {
  const asEdit = ({ person, draft, time }: BenchEdit): PretendEdit => {
    const { isSystem, ...author } = pretendPerson(person)
    const editedAt = timeOf(time)
    return { author, isSystem, value: valueOf(spec, draft, editedAt), editedAt }
  }
  return {
    kind: bench.kind,
    path: bench.path,
    start: valueOf(spec, bench.start, timeOf('00:00')),
    edits: [asEdit(bench.edits[0]), asEdit(bench.edits[1])],
    hadSeen: bench.hadSeen,
    reversed: bench.reversed && !bench.hadSeen,
    table,
  }
}

/** A field tried with its example values by two people apart from each other, as each table has it. */
export function exampleQuestion(
  kind: DocumentKind,
  path: string,
  table: PolicyTable,
): WhatIfQuestion | undefined {
  const field = fieldSpec(kind, path)
  return field === undefined ? undefined : questionOf(makeBench(kind, path), field, table)
}
