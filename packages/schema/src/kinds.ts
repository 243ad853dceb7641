import type { DocumentKind } from '@fulqrun/protocol'
import type * as Y from 'yjs'
import { contactCollections, contactFields, contactGroups } from './contact-spec.ts'
import { fieldsUnder, type FieldGroup, type FieldShapes, type FieldSpec } from './field-spec.ts'
import { kpiFields, kpiGroups, kpiTargetFields, kpiTexts, kpiValueFields } from './kpi-spec.ts'
import {
  financialFields,
  opportunityCollections,
  opportunityFields,
  opportunityGroups,
  opportunityTexts,
} from './opportunity-spec.ts'
import { parsePath, textPrefix, type CollectionRoot } from './path.ts'

/**
 * Layout version that this build writes; see migrate.ts for the way up to it. Roots and fields that an older build may
 * simply lack (`samples`, `signatures`, `attachments`, `consents.*.replaces`) raise no version: nothing old has to be converted, and
 * an older build leaves alone what it does not know, where a higher version would stop it from writing at all.
 */
export const currentSchemaVersion = 2

export type RootType = 'map' | 'text' | 'xml'
export type RootContent = 'scalars' | 'entries' | 'json' | 'text' | 'rich'

/** A root type of a document, who may write it, and what it holds. `creation` is the first update, then the server. */
export interface RootSpec {
  readonly name: string
  readonly type: RootType
  readonly holds: RootContent
  readonly writer: 'client' | 'server' | 'creation'
}

export interface PinnedSpec {
  readonly root: PinnedRoot
  readonly label: string
  readonly fields: readonly FieldSpec[]
}

export interface CollectionSpec {
  readonly root: CollectionRoot
  readonly label: string
  readonly singular: string
  readonly fields: readonly FieldSpec[]
  /** Entries are added whole and never changed, replaced or removed (SCH-22). */
  readonly appendOnly: boolean
  /** Entries are added and removed whole; their fields are never changed (SCH-40). */
  readonly isFixed: boolean
}

/** A co-edited plain text; its root is `text:<name>`. */
export interface TextSpec extends FieldSpec {
  readonly name: string
}

export type PinnedRoot = 'financials' | 'targets' | 'values'

export interface KindSpec {
  readonly kind: DocumentKind
  readonly label: string
  readonly pluralLabel: string
  readonly version: number
  readonly groups: readonly FieldGroup[]
  readonly fields: readonly FieldSpec[]
  readonly pinned: readonly PinnedSpec[]
  readonly texts: readonly TextSpec[]
  readonly collections: readonly CollectionSpec[]
  readonly richText: readonly FieldSpec[]
}

export const metaShapes = {
  kind: { label: 'Kind', type: 'string', required: true },
  schemaVersion: { label: 'Schema version', type: 'integer', required: true, min: 1 },
  territoryId: { label: 'Territory', type: 'reference', required: true },
  createdBy: { label: 'Created by', type: 'person' },
  createdAt: { label: 'Created at', type: 'time' },
} as const satisfies FieldShapes

const metaFields = fieldsUnder('meta', metaShapes)

interface Description {
  readonly kind: DocumentKind
  readonly label: string
  readonly pluralLabel: string
  readonly groups: readonly FieldGroup[]
  readonly fields: FieldShapes
  readonly pinned: Partial<Record<PinnedRoot, { readonly label: string; readonly fields: FieldShapes }>>
  readonly texts: FieldShapes
  readonly collections: Partial<
    Record<
      CollectionRoot,
      {
        readonly label: string
        readonly singular: string
        readonly fields: FieldShapes
        readonly appendOnly?: boolean
        readonly isFixed?: boolean
      }
    >
  >
}

function assemble(description: Description): KindSpec {
  const { kind, label, pluralLabel, groups } = description
  return {
    kind,
    label,
    pluralLabel,
    groups,
    version: currentSchemaVersion,
    fields: fieldsUnder('fields', description.fields),
    pinned: Object.entries(description.pinned).map(([root, part]) => ({
      root: root as PinnedRoot,
      label: part.label,
      fields: fieldsUnder(root, part.fields),
    })),
    texts: Object.entries(description.texts).map(([name, shape]) => ({
      ...shape,
      name,
      key: name,
      path: textPrefix + name,
    })),
    collections: Object.entries(description.collections).map(([root, part]) => ({
      root: root as CollectionRoot,
      label: part.label,
      singular: part.singular,
      fields: fieldsUnder(`${root}.*`, part.fields),
      appendOnly: part.appendOnly ?? false,
      isFixed: part.isFixed ?? part.appendOnly ?? false,
    })),
    richText: [{ key: 'notes', path: 'notes', label: 'Notes', type: 'rich' }],
  }
}

const specs: Readonly<Record<DocumentKind, KindSpec>> = {
  opportunity: assemble({
    kind: 'opportunity',
    label: 'Opportunity',
    pluralLabel: 'Opportunities',
    groups: opportunityGroups,
    fields: opportunityFields,
    pinned: { financials: { label: 'Financials', fields: financialFields } },
    texts: opportunityTexts,
    collections: opportunityCollections,
  }),
  contact: assemble({
    kind: 'contact',
    label: 'Contact',
    pluralLabel: 'Contacts',
    groups: contactGroups,
    fields: contactFields,
    pinned: {},
    texts: {},
    collections: contactCollections,
  }),
  kpi: assemble({
    kind: 'kpi',
    label: 'KPI set',
    pluralLabel: 'KPI sets',
    groups: kpiGroups,
    fields: kpiFields,
    pinned: {
      targets: { label: 'Targets', fields: kpiTargetFields },
      values: { label: 'Values', fields: kpiValueFields },
    },
    texts: kpiTexts,
    collections: {},
  }),
}

/** The declarative description of a kind. */
export function kindSpec(kind: DocumentKind): KindSpec {
  return specs[kind]
}

const commonRoots: readonly RootSpec[] = [
  { name: 'meta', type: 'map', holds: 'scalars', writer: 'creation' },
  { name: 'fields', type: 'map', holds: 'scalars', writer: 'client' },
]
const trailingRoots: readonly RootSpec[] = [
  { name: 'proposals', type: 'map', holds: 'json', writer: 'client' },
  { name: 'conflicts', type: 'map', holds: 'json', writer: 'server' },
  { name: 'decisions', type: 'map', holds: 'json', writer: 'client' },
  { name: 'edited', type: 'map', holds: 'scalars', writer: 'client' },
]

function listRoots(spec: KindSpec): readonly RootSpec[] {
  return [
    ...commonRoots,
    ...spec.pinned.map(({ root }): RootSpec => ({
      name: root,
      type: 'map',
      holds: 'scalars',
      writer: 'server',
    })),
    { name: 'notes', type: 'xml', holds: 'rich', writer: 'client' },
    ...spec.texts.map(({ path }): RootSpec => ({
      name: path,
      type: 'text',
      holds: 'text',
      writer: 'client',
    })),
    ...spec.collections.map(({ root }): RootSpec => ({
      name: root,
      type: 'map',
      holds: 'entries',
      writer: 'client',
    })),
    ...trailingRoots,
  ]
}

function forEachKind<T>(make: (spec: KindSpec) => T): Readonly<Record<DocumentKind, T>> {
  return {
    opportunity: make(specs.opportunity),
    contact: make(specs.contact),
    kpi: make(specs.kpi),
  }
}

const roots = forEachKind(listRoots)

/** Every root type of a kind; a document has no others. */
export function rootsOf(kind: DocumentKind): readonly RootSpec[] {
  return roots[kind]
}

const rootsByName = forEachKind(
  (spec) => new Map(roots[spec.kind].map((root): [string, RootSpec] => [root.name, root])),
)

/** The description of a root by its name; undefined when the kind has no such root. */
export function rootSpec(kind: DocumentKind, name: string): RootSpec | undefined {
  return rootsByName[kind].get(name)
}

const fieldsByPath = forEachKind(
  (spec) =>
    new Map<string, FieldSpec>(
      [
        ...metaFields,
        ...spec.fields,
        ...spec.texts,
        ...spec.richText,
        ...spec.pinned.flatMap(({ fields }) => fields),
        ...spec.collections.flatMap(({ fields }) => fields),
      ].map((field) => [field.path, field]),
    ),
)

/** Whether entries under a root are only ever added (SCH-22). */
export function isAppendOnly(kind: DocumentKind, root: string): boolean {
  return specs[kind].collections.some((collection) => collection.root === root && collection.appendOnly)
}

/** Whether the fields of entries under a root stay as they were added (SCH-40). */
export function isFixed(kind: DocumentKind, root: string): boolean {
  return specs[kind].collections.some((collection) => collection.root === root && collection.isFixed)
}

/** The description of the field at a path, whatever the id of the entry; undefined when the kind has no such field. */
export function fieldSpec(kind: DocumentKind, path: string): FieldSpec | undefined {
  const { root, id, key } = parsePath(path)
  if (id === undefined) return fieldsByPath[kind].get(path)
  return key === undefined ? undefined : fieldsByPath[kind].get(`${root}.*.${key}`)
}

/**
 * Gives every root its type. Call it right after creating any `Y.Doc` for a document, before the first update: a root
 * first seen in an update has no type yet, and whoever asks for it first decides, which must not be a mistake.
 */
export function defineRoots(doc: Y.Doc, kind: DocumentKind): void {
  for (const { name, type } of rootsOf(kind)) {
    if (type === 'map') doc.getMap(name)
    else if (type === 'text') doc.getText(name)
    else doc.getXmlFragment(name)
  }
}
