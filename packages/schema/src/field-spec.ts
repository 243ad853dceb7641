/**
 * The vocabulary in which every kind of document is described once. Types, validation, defaults, readers, commands
 * and the labels on screen are all made from these descriptions; nothing else states what a field is.
 */

/**
 * What a field holds:
 * `string` one line or short text; `email`, `phone`, `npi`, `currency` checked strings; `date` `YYYY-MM-DD`;
 * `period` `YYYY-Qn`; `time` ms since 1970 UTC; `number`, `integer`; `money` two decimals; `percent` 0 to 100 unless
 * `min`/`max` say otherwise; `choice` one option value; `list` short strings; `person` a user id; `reference` an id
 * or name of another record; `hash` a hexadecimal SHA-256; `kpiValue` see {@link KpiValue}; `text` and `rich` are co-edited roots, not scalars.
 */
export type FieldType =
  | 'string'
  | 'email'
  | 'phone'
  | 'npi'
  | 'currency'
  | 'date'
  | 'period'
  | 'time'
  | 'number'
  | 'integer'
  | 'money'
  | 'percent'
  | 'boolean'
  | 'choice'
  | 'list'
  | 'person'
  | 'reference'
  | 'hash'
  | 'kpiValue'
  | 'text'
  | 'rich'

export interface FieldOption {
  /** Stored and stable; never shown. */
  readonly value: string
  readonly label: string
  /** Points of ten for a scored question (DOMAIN 1.3). */
  readonly points?: number | undefined
}

/** What a kind says about a field; key and path are added when the kind is assembled. */
export interface FieldShape {
  readonly label: string
  readonly type: FieldType
  readonly options?: readonly FieldOption[] | undefined
  readonly required?: boolean | undefined
  /** What a reader answers when nothing valid is stored. Never written by reading. */
  readonly default?: string | number | boolean | readonly string[] | undefined
  readonly help?: string | undefined
  readonly min?: number | undefined
  readonly max?: number | undefined
  /** Characters of a string; characters of each entry of a list. */
  readonly maxLength?: number | undefined
  readonly unit?: string | undefined
  /** Id of the group it is shown in; see `KindSpec.groups`. */
  readonly group?: string | undefined
}

export interface FieldSpec extends FieldShape {
  /** Full path; for a field of a collection with `*` in place of the entry's id. */
  readonly path: string
  readonly key: string
}

/** A computed KPI value, written by the server only. */
export interface KpiValue {
  readonly value: number
  /** ms since 1970 UTC: the moment the inputs were complete up to. */
  readonly asOf: number
  readonly formulaVersion: number
  /** Value of the equally long period before. */
  readonly previous?: number | undefined
  /** Earlier values, oldest first, for a sparkline. */
  readonly trend?: readonly number[] | undefined
}

export type FieldShapes = Readonly<Record<string, FieldShape>>

/** The value type of one field description. */
export type ValueOf<F> = F extends { type: 'choice'; options: readonly { value: infer V }[] }
  ? V
  : F extends { type: 'time' | 'number' | 'integer' | 'money' | 'percent' }
    ? number
    : F extends { type: 'boolean' }
      ? boolean
      : F extends { type: 'list' }
        ? readonly string[]
        : F extends { type: 'kpiValue' }
          ? KpiValue
          : string

/** The read values of a set of fields: those with a default are always there, the others may be undefined. */
export type ValuesOf<S> = {
  readonly [K in keyof S]: S[K] extends { default: infer D }
    ? undefined extends D
      ? ValueOf<S[K]> | undefined
      : ValueOf<S[K]>
    : ValueOf<S[K]> | undefined
}

export interface FieldGroup {
  readonly id: string
  readonly label: string
}

/** Gives every described field its key and path, in the order of the description. */
export function fieldsUnder(root: string, shapes: FieldShapes): FieldSpec[] {
  return Object.entries(shapes).map(([key, shape]) => ({ ...shape, key, path: `${root}.${key}` }))
}

/** Label of an option value, or the value itself when the description does not know it. */
export function optionLabel(spec: FieldShape, value: string): string {
  return spec.options?.find((option) => option.value === value)?.label ?? value
}
