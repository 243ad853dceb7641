import type { FieldSpec } from '@fulqrun/schema'
import { isCleared } from '@fulqrun/schema'

/**
 * Between what a field stores and what a person types. A draft is text; parsing it gives a value for the document, or
 * undefined for "cleared". What cannot be read as the type comes back as typed, so that the schema's check words the
 * problem.
 */

const numeric = new Set<FieldSpec['type']>(['number', 'integer', 'money', 'percent'])

export function isNumeric(spec: FieldSpec): boolean {
  return numeric.has(spec.type)
}

/** What the input shows when it is being edited. */
export function draftOf(value: unknown): string {
  if (isCleared(value)) return ''
  if (Array.isArray(value)) return value.map(String).join(', ')
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** `1,234.50`, `$ 1 234.50`, `12 %`: a number with what people put around it; undefined when it is none. */
export function parseNumber(text: string): number | undefined {
  const bare = text
    .replaceAll(/[\s,'\u00a0\u202f]|[$%\u20ac\u00a3]|[A-Za-z]{3}$/g, '')
    .replaceAll('\u2212', '-')
  if (!/^[-+]?(?:\d+\.?\d*|\.\d+)$/.test(bare)) return undefined
  return Number(bare)
}

function parseList(text: string): readonly string[] | undefined {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  return entries.length === 0 ? undefined : entries
}

/** The value that a draft stands for; undefined clears the field. */
export function parseDraft(spec: FieldSpec, draft: string): unknown {
  const text = draft.trim()
  if (text === '') return undefined
  if (isNumeric(spec)) return parseNumber(text) ?? text
  if (spec.type === 'list') return parseList(text)
  if (spec.type === 'currency') return text.toUpperCase()
  return text
}

/** Whether two stored values are the same to a reader: cleared is cleared, lists go by their entries. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (isCleared(a) && isCleared(b)) return true
  if (Array.isArray(a) && Array.isArray(b)) return JSON.stringify(a) === JSON.stringify(b)
  return Object.is(a, b)
}
