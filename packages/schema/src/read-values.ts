import type * as Y from 'yjs'
import type { FieldSpec } from './field-spec.ts'
import type { SchemaIssue } from './schema-issue.ts'
import { fieldProblem, isCleared } from './validation.ts'

const keysBySpecs = new WeakMap<readonly FieldSpec[], ReadonlySet<string>>()

function keysOf(specs: readonly FieldSpec[]): ReadonlySet<string> {
  let keys = keysBySpecs.get(specs)
  if (!keys) {
    keys = new Set(specs.map(({ key }) => key))
    keysBySpecs.set(specs, keys)
  }
  return keys
}

interface Place {
  /** Path of the map. */
  readonly prefix: string
  readonly issues: SchemaIssue[]
}

/** Reads described fields out of a map, repairing what does not fit and noting each repair. */
export function readValues(
  map: Y.Map<unknown> | undefined,
  specs: readonly FieldSpec[],
  place: Place,
): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const spec of specs) values[spec.key] = readValue(spec, map?.get(spec.key), place)
  const known = keysOf(specs)
  map?.forEach((_value, key) => {
    if (!known.has(key)) note(place, key, { code: 'path/unknown', message: 'There is no such field' })
  })
  return values
}

function note({ prefix, issues }: Place, key: string, issue: Omit<SchemaIssue, 'path'>): void {
  issues.push({ path: `${prefix}.${key}`, ...issue })
}

/** One field: the stored value if it is valid, else the nearest valid one, else the default. */
function readValue(spec: FieldSpec, stored: unknown, place: Place): unknown {
  if (isCleared(stored)) {
    if (spec.required && isCleared(spec.default))
      note(place, spec.key, { code: 'value/missing', message: `${spec.label} is missing` })
    return spec.default
  }
  const message = fieldProblem(spec, stored)
  if (message === undefined) return stored
  note(place, spec.key, { code: 'value/invalid', message })
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
