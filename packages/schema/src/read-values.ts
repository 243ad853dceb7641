import type * as Y from 'yjs'
import type { FieldSpec } from './field-spec.ts'
import { isPlainJson } from './plain-json.ts'
import type { SchemaIssue } from './schema-issue.ts'
import { fieldProblem, isCleared } from './validation.ts'

/** Reads described fields out of a map, repairing what does not fit and noting each repair. */
export function readValues(
  map: Y.Map<unknown> | undefined,
  specs: readonly FieldSpec[],
  { prefix, issues }: { readonly prefix: string; readonly issues: SchemaIssue[] },
): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  const known = new Set<string>()
  for (const spec of specs) {
    known.add(spec.key)
    values[spec.key] = readValue(spec, map?.get(spec.key), { path: `${prefix}.${spec.key}`, issues })
  }
  for (const key of map?.keys() ?? [])
    if (!known.has(key))
      issues.push({ path: `${prefix}.${key}`, code: 'path/unknown', message: 'There is no such field' })
  return values
}

/** One field: the stored value if it is valid, else the nearest valid one, else the default. */
function readValue(
  spec: FieldSpec,
  stored: unknown,
  { path, issues }: { readonly path: string; readonly issues: SchemaIssue[] },
): unknown {
  if (isCleared(stored)) {
    if (spec.required && isCleared(spec.default))
      issues.push({ path, code: 'value/missing', message: `${spec.label} is missing` })
    return spec.default
  }
  const message = isPlainJson(stored) ? fieldProblem(spec, stored) : 'Not a value'
  if (message === undefined) return stored
  issues.push({ path, code: 'value/invalid', message })
  return repair(spec, stored)
}

/** A number out of range is clamped and a text that is too long is cut; anything else falls back to the default. */
function repair(spec: FieldSpec, stored: unknown): unknown {
  const nearest = nearestValue(spec, stored)
  return nearest !== undefined && fieldProblem(spec, nearest) === undefined ? nearest : spec.default
}

function nearestValue(spec: FieldSpec, stored: unknown): unknown {
  if (typeof stored === 'number' && Number.isFinite(stored)) {
    const percent = spec.type === 'percent'
    const min = spec.min ?? (percent ? 0 : -Infinity)
    const max = spec.max ?? (percent ? 100 : Infinity)
    const clamped = Math.min(Math.max(stored, min), max)
    if (spec.type === 'integer') return Math.round(clamped)
    return spec.type === 'money' ? Math.round(clamped * 100) / 100 : clamped
  }
  if (typeof stored === 'string' && spec.maxLength !== undefined) return stored.slice(0, spec.maxLength)
  return undefined
}
