import type { ImportKind } from '@fulqrun/protocol'
import type { FieldSpec, FieldType } from './field-spec.ts'
import { fieldSpec, kindSpec } from './kinds.ts'

/** What a file may say about a record, and how that gets into it. */

export interface ImportColumn {
  /** The path in the record; for where a contact works {@link workplacePath}. */
  readonly path: string
  readonly label: string
  /** What the values are checked by. */
  readonly spec: FieldSpec
  /**
   * `field`: written as an edit. `proposal`: an official value, which is asked for. `workplace`: an entry of the
   * affiliations, added unless it is there.
   */
  readonly how: 'field' | 'proposal' | 'workplace'
}

/** Column of the name of where a contact works. */
export const workplacePath = 'affiliations.organization'

/** Not in files: ids of records and what is written together, in a place of its own. */
const leftOut: ReadonlySet<FieldType> = new Set(['reference', 'text', 'rich', 'time', 'hash', 'kpiValue'])
/** Official values that people may ask for; who set them and how often is the server's to say. */
const proposable: ReadonlySet<string> = new Set([
  'financials.amount',
  'financials.currency',
  'financials.discount',
  'financials.margin',
])

function columnsOf(kind: ImportKind): readonly ImportColumn[] {
  const { fields, pinned } = kindSpec(kind)
  const written = fields
    .filter(({ type }) => !leftOut.has(type))
    .map((spec) => ({ path: spec.path, label: spec.label, spec, how: 'field' as const }))
  const asked = pinned
    .flatMap((part) => part.fields)
    .filter(({ path }) => proposable.has(path))
    .map((spec) => ({
      path: spec.path,
      label: `Official ${spec.label.toLowerCase()}`,
      spec,
      how: 'proposal' as const,
    }))
  const organization = fieldSpec(kind, 'affiliations.*.organization')
  const workplace =
    organization === undefined
      ? []
      : [{ path: workplacePath, label: 'Place of work', spec: organization, how: 'workplace' as const }]
  return [...written, ...workplace, ...asked]
}

const columns: Readonly<Record<ImportKind, readonly ImportColumn[]>> = {
  contact: columnsOf('contact'),
  opportunity: columnsOf('opportunity'),
}

/** In the order of the record. */
export function importColumns(kind: ImportKind): readonly ImportColumn[] {
  return columns[kind]
}

export function importColumn(kind: ImportKind, path: string): ImportColumn | undefined {
  return columns[kind].find((column) => column.path === path)
}

/** What two rows or records have in common that makes them one. */
export interface ImportKey {
  readonly key: string
  /** Column that it is told at. */
  readonly path: string
  /** As in `the same NPI`. */
  readonly words: string
}

/** By what a row is known to be about a record that is there: the stronger key comes first. */
function keysOf(kind: ImportKind, values: Readonly<Record<string, unknown>>): readonly ImportKey[] {
  const text = (path: string) => folded(values[path])
  if (kind === 'opportunity') {
    const [name, account] = [text('fields.name'), text('fields.account')]
    if (name === '' || account === '') return []
    return [{ key: `name ${account}\n${name}`, path: 'fields.name', words: 'the same name and account' }]
  }
  const [npi, email] = [text('fields.npi'), text('fields.email')]
  return [
    ...(npi === '' ? [] : [{ key: `npi ${npi}`, path: 'fields.npi', words: 'the same NPI' }]),
    ...(email === ''
      ? []
      : [{ key: `email ${email}`, path: 'fields.email', words: 'the same name and email' }]),
  ]
}

interface Matched<T> {
  readonly item: T
  readonly npi: string
  /** Of the person, in whatever form: the last name is looked for in it. */
  readonly title: string
}

/**
 * Finds what is about the same record (IMP-9): the same NPI; or the same email and last name, as colleagues may share an
 * address, unless the NPIs differ; for opportunities the same name and account.
 */
export class ImportMatches<T> {
  readonly #kind: ImportKind
  readonly #byKey = new Map<string, Matched<T>[]>()

  constructor(kind: ImportKind) {
    this.#kind = kind
  }

  /** @param title what a person is called, first and last name */
  add(values: Readonly<Record<string, unknown>>, title: string, item: T): void {
    const matched = { item, npi: folded(values['fields.npi']), title }
    for (const { key } of keysOf(this.#kind, values)) {
      const known = this.#byKey.get(key)
      if (known === undefined) this.#byKey.set(key, [matched])
      else known.push(matched)
    }
  }

  /** The first one that was added, by the stronger key. */
  find(values: Readonly<Record<string, unknown>>): { readonly item: T; readonly key: ImportKey } | undefined {
    const npi = folded(values['fields.npi'])
    const lastName = folded(values['fields.lastName'])
    for (const key of keysOf(this.#kind, values)) {
      const found = this.#byKey.get(key.key)?.find((known) => {
        if (key.path !== 'fields.email') return true
        const isOther = npi !== '' && known.npi !== '' && known.npi !== npi
        return !isOther && words(folded(known.title)).includes(words(lastName))
      })
      if (found !== undefined) return { item: found.item, key }
    }
    return undefined
  }
}

/** Case, width of whitespace and composition of accents make no other record. */
function folded(value: unknown): string {
  if (typeof value !== 'string') return ''
  return value.normalize('NFC').trim().replaceAll(/\s+/g, ' ').toLowerCase()
}

/** With a mark at either end: a name is no part of a longer word, as `Li` is of `Oliver`. */
function words(text: string): string {
  return ` ${text.replaceAll(/[\s,]+/g, ' ').trim()} `
}

/** What a row is called before there is a record. */
export function importTitle(values: Readonly<Record<string, unknown>>): string {
  const parts = ['fields.name', 'fields.firstName', 'fields.lastName'].map((path) => values[path])
  return parts.filter((part) => typeof part === 'string').join(' ')
}
