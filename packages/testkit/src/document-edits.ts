import type { DocumentKind } from '@fulqrun/protocol'
import {
  addEntry,
  getNotes,
  getText,
  kindSpec,
  propose,
  removeEntry,
  setField,
  type CollectionRoot,
  type CollectionSpec,
  type FieldSpec,
} from '@fulqrun/schema'
import * as fc from 'fast-check'
import * as Y from 'yjs'

/**
 * Random edits, as plain data that prints and shrinks well. `arbitraryEdit` makes what the app's own commands make:
 * valid values on writable paths. For what a hostile client makes see hostile-edits.ts.
 */
export type DocumentEdit =
  | { readonly type: 'set'; readonly path: string; readonly value: unknown }
  | {
      readonly type: 'add'
      readonly collection: CollectionRoot
      readonly id: string
      readonly values: Readonly<Record<string, unknown>>
    }
  | {
      readonly type: 'setInEntry'
      readonly collection: CollectionRoot
      /** Picks one of the entries that are there. */
      readonly index: number
      readonly key: string
      readonly value: unknown
    }
  | { readonly type: 'remove'; readonly collection: CollectionRoot; readonly index: number }
  | { readonly type: 'type'; readonly name: string; readonly at: number; readonly text: string }
  | { readonly type: 'erase'; readonly name: string; readonly at: number; readonly length: number }
  | { readonly type: 'note'; readonly at: number; readonly text: string }
  | { readonly type: 'propose'; readonly path: string; readonly value: unknown; readonly author: string }

const words = (maxLength: number) =>
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9 ,.]*$/, { maxLength: Math.min(40, maxLength) })

const npis = ['1234567893', '1245319599', '1003000126'] as const

function isoDate(): fc.Arbitrary<string> {
  return fc.integer({ min: 0, max: 3000 }).map((day) => {
    const date = new Date(Date.UTC(2024, 0, 1) + day * 86_400_000)
    return date.toISOString().slice(0, 10)
  })
}

function bounded(spec: FieldSpec, min: number, max: number): fc.Arbitrary<number> {
  return fc.integer({ min: spec.min ?? min, max: spec.max ?? max })
}

const kpiValue = fc.record(
  {
    value: fc.integer({ min: -1000, max: 100_000 }),
    asOf: fc.integer({ min: 0, max: 2e12 }),
    formulaVersion: fc.integer({ min: 1, max: 3 }),
    previous: fc.integer({ min: 0, max: 100_000 }),
    trend: fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 12 }),
  },
  { requiredKeys: ['value', 'asOf', 'formulaVersion'], noNullPrototype: true },
)

/** A valid value of a field. */
export function arbitraryValue(spec: FieldSpec): fc.Arbitrary<unknown> {
  switch (spec.type) {
    case 'date':
      return isoDate()
    case 'period':
      return fc
        .tuple(fc.integer({ min: 2020, max: 2030 }), fc.integer({ min: 1, max: 4 }))
        .map(([y, q]) => `${y}-Q${q}`)
    case 'time':
      return fc.integer({ min: 0, max: 2e12 })
    case 'number':
    case 'integer':
    case 'percent':
      return bounded(spec, 0, 100)
    case 'money':
      return bounded(spec, -1_000_000, 100_000_000).map((cents) => cents / 100)
    case 'boolean':
      return fc.boolean()
    case 'choice':
      return fc.constantFrom(...(spec.options ?? []).map(({ value }) => value))
    case 'list':
      return fc.array(words(spec.maxLength ?? 20), { maxLength: 4 })
    case 'email':
      return words(8).map((name) => `${name.replaceAll(/[^A-Za-z0-9]/g, '')}@clinic.example`)
    case 'phone':
      return fc.integer({ min: 100, max: 9999 }).map((number) => `+1 555 ${number}`)
    case 'npi':
      return fc.constantFrom(...npis)
    case 'hash':
      return fc.nat({ max: 0xffff }).map((seed) => seed.toString(16).padStart(64, '0'))
    case 'currency':
      return fc.constantFrom('USD', 'EUR', 'GBP')
    case 'kpiValue':
      return kpiValue
    default:
      return words(spec.maxLength ?? 40)
  }
}

function setOf(fields: readonly FieldSpec[]): fc.Arbitrary<DocumentEdit> {
  return fc
    .constantFrom(...fields)
    .chain((spec) =>
      (spec.required
        ? arbitraryValue(spec)
        : fc.option(arbitraryValue(spec), { nil: undefined, freq: 6 })
      ).map((value): DocumentEdit => ({ type: 'set', path: spec.path, value })),
    )
}

function entryValues(collection: CollectionSpec): fc.Arbitrary<Record<string, unknown>> {
  const all = Object.fromEntries(collection.fields.map((spec) => [spec.key, arbitraryValue(spec)]))
  const requiredKeys = collection.fields.filter(({ required }) => required).map(({ key }) => key)
  return fc.record(all, { requiredKeys, noNullPrototype: true })
}

const slot = fc.nat({ max: 1000 })

function collectionEdits(collection: CollectionSpec): fc.Arbitrary<DocumentEdit>[] {
  const { root } = collection
  const add = fc
    .tuple(fc.uuid({ version: 7 }), entryValues(collection))
    .map(([id, values]): DocumentEdit => ({ type: 'add', collection: root, id, values }))
  if (collection.appendOnly) return [add]
  const remove = slot.map((index): DocumentEdit => ({ type: 'remove', collection: root, index }))
  if (collection.isFixed) return [add, remove]
  return [
    add,
    fc.constantFrom(...collection.fields).chain((spec) =>
      fc.tuple(slot, arbitraryValue(spec)).map(([index, value]): DocumentEdit => ({
        type: 'setInEntry',
        collection: root,
        index,
        key: spec.key,
        value,
      })),
    ),
    remove,
  ]
}

function textEdits(names: readonly string[]): fc.Arbitrary<DocumentEdit>[] {
  if (names.length === 0) return []
  const name = fc.constantFrom(...names)
  return [
    fc.record(
      { type: fc.constant('type' as const), name, at: slot, text: words(20) },
      { noNullPrototype: true },
    ),
    fc.record(
      { type: fc.constant('erase' as const), name, at: slot, length: fc.integer({ min: 1, max: 9 }) },
      { noNullPrototype: true },
    ),
  ]
}

function proposals(fields: readonly FieldSpec[]): fc.Arbitrary<DocumentEdit>[] {
  if (fields.length === 0) return []
  const author = fc.constantFrom('user-ana', 'user-ben')
  return [
    fc
      .constantFrom(...fields)
      .chain((spec) =>
        fc
          .tuple(arbitraryValue(spec), author)
          .map(([value, by]): DocumentEdit => ({ type: 'propose', path: spec.path, value, author: by })),
      ),
  ]
}

/** Any edit that the app's own commands can make on a document of a kind. */
export function arbitraryEdit(kind: DocumentKind): fc.Arbitrary<DocumentEdit> {
  const spec = kindSpec(kind)
  const note = fc.record(
    { type: fc.constant('note' as const), at: slot, text: words(20) },
    { noNullPrototype: true },
  )
  return fc.oneof(
    { weight: 5, arbitrary: setOf(spec.fields) },
    ...spec.collections.flatMap(collectionEdits),
    ...textEdits(spec.texts.map(({ name }) => name)),
    ...proposals(spec.pinned.flatMap(({ fields }) => fields)),
    note,
  )
}

/** Carries out an edit. One that needs an entry or characters which are not there does nothing. */
export function applyEdit(doc: Y.Doc, edit: DocumentEdit, now: number): void {
  switch (edit.type) {
    case 'set':
      return setField(doc, edit.path, edit.value, { now })
    case 'add':
      addEntry(doc, edit.collection, edit.values, { now, id: edit.id })
      return undefined
    case 'setInEntry': {
      const id = pickEntry(doc, edit.collection, edit.index)
      return id === undefined
        ? undefined
        : setField(doc, `${edit.collection}.${id}.${edit.key}`, edit.value, { now })
    }
    case 'remove': {
      const id = pickEntry(doc, edit.collection, edit.index)
      return id === undefined ? undefined : removeEntry(doc, edit.collection, id, { now })
    }
    case 'type': {
      const text = getText(doc, edit.name)
      return text.insert(edit.at % (text.length + 1), edit.text)
    }
    case 'erase': {
      const text = getText(doc, edit.name)
      const at = edit.at % (text.length + 1)
      return text.delete(at, Math.min(edit.length, text.length - at))
    }
    case 'note':
      return insertNote(doc, edit.at, edit.text)
    case 'propose':
      propose(doc, { path: edit.path, value: edit.value, author: edit.author, now })
      return undefined
  }
}

function pickEntry(doc: Y.Doc, collection: CollectionRoot, index: number): string | undefined {
  const ids = [...doc.getMap(collection).keys()].sort()
  return ids[index % Math.max(1, ids.length)]
}

function insertNote(doc: Y.Doc, at: number, text: string): void {
  const notes = getNotes(doc)
  const paragraph = new Y.XmlElement('paragraph')
  paragraph.insert(0, [new Y.XmlText(text)])
  notes.insert(at % (notes.length + 1), [paragraph])
}
