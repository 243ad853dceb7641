/** Paths and values in the words of a person: what history, proposals and banners show. */
import type { DocumentKind } from '@fulqrun/protocol'
import {
  type DocumentView,
  type FieldSpec,
  fieldSpec,
  isCleared,
  isCollectionRoot,
  kindSpec,
  meddpiccPillars,
  parsePath,
} from '@fulqrun/schema'
import { type FormatContext, formatNumber, formatValue } from '../../fields/format.ts'

/** Nothing is said as `empty`, so that "old to new" always reads; the rest is as the fields show it. */
export function valueWords(value: unknown, spec: FieldSpec | undefined, context: FormatContext): string {
  if (isCleared(value)) return 'empty'
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const entry = value as Readonly<Record<string, unknown>>
    return typeof entry['value'] === 'number'
      ? formatNumber(entry['value'])
      : (describeEntry(entry) ?? 'details')
  }
  return formatValue(spec ?? plain, value, context)
}

/** How a value reads whose field this version does not know. */
const plain: FieldSpec = { path: '', key: '', label: '', type: 'string' }

/** What an entry of a collection is called: the subject of an activity, the number of a licence. */
export function describeEntry(entry: Readonly<Record<string, unknown>>): string | undefined {
  for (const key of ['subject', 'name', 'number', 'organization', 'product', 'signedName', 'channel']) {
    const value = entry[key]
    if (typeof value === 'string' && value !== '') return value
  }
  return undefined
}

function entryOf(
  view: DocumentView,
  root: string,
  id: string,
): Readonly<Record<string, unknown>> | undefined {
  const list = (view as unknown as Readonly<Record<string, unknown>>)[root]
  if (!Array.isArray(list)) return undefined
  return (list as readonly Readonly<Record<string, unknown>>[]).find((entry) => entry['id'] === id)
}

/** Value of a scalar path in a view; undefined when it is empty or gone. */
export function valueAt(view: DocumentView, path: string): unknown {
  const { root, id, key } = parsePath(path)
  if (key === undefined) return id === undefined ? undefined : entryOf(view, root, id)
  if (id !== undefined) return entryOf(view, root, id)?.[key]
  const part = (view as unknown as Readonly<Record<string, unknown>>)[root]
  return typeof part === 'object' && part !== null
    ? (part as Readonly<Record<string, unknown>>)[key]
    : undefined
}

function pillarLabel(key: string): string | undefined {
  const [first, pillarId] = key.split('.')
  if (first !== 'meddpicc') return undefined
  return meddpiccPillars.find(({ id }) => id === pillarId)?.label
}

/** What a path is called: `Champion: How committed are they?`, `Activity "Call Dr. Weiss": Status`. */
export function pathLabel(kind: DocumentKind, path: string, entryName?: string): string {
  const { root, id, key } = parsePath(path)
  const spec = fieldSpec(kind, path)
  if (root === 'proposals') return 'Proposal'
  if (root === 'decisions') return 'Decision'
  if (isCollectionRoot(root)) {
    const singular =
      kindSpec(kind).collections.find((collection) => collection.root === root)?.singular ?? root
    const entry = entryName === undefined ? singular : `${singular} "${entryName}"`
    return key === undefined ? entry : `${entry}: ${spec?.label ?? key}`
  }
  const pillar = pillarLabel(root.startsWith('text:') ? root.slice('text:'.length) : (key ?? ''))
  const label = spec?.label ?? path
  if (pillar !== undefined) return `${pillar}: ${label}`
  const pinned = kindSpec(kind).pinned.find((part) => part.root === root)
  return pinned === undefined || pinned.root === 'financials' || id !== undefined
    ? label
    : `${pinned.label}: ${label}`
}

/** The same, with the entry's name looked up where there still is one. */
export function describePath(view: DocumentView, path: string): string {
  const { root, id } = parsePath(path)
  const entry = id === undefined ? undefined : entryOf(view, root, id)
  return pathLabel(view.kind, path, entry === undefined ? undefined : describeEntry(entry))
}
