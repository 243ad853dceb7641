import type { DocumentKind } from '@fulqrun/protocol'
import { fieldSpec, isCleared, parsePath } from '@fulqrun/schema'

/** One field of an entry that somebody removed while somebody else edited it. */
export interface EntryLine {
  readonly path: string
  readonly label: string
  readonly value: unknown
  readonly isChanged: boolean
}

function isEntry(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Enough to know the entry by; a decision about it needs no more. */
const maxLines = 5

/** Who made it and when is no part of what it is about. */
const bookkeeping: ReadonlySet<string> = new Set(['createdAt', 'createdBy'])

/** What was changed in an entry, then what else it says first, in the schema's order. Empty when it was removed. */
export function entryLines(
  kind: DocumentKind,
  path: string,
  { value, base }: { readonly value: unknown; readonly base: unknown },
): readonly EntryLine[] {
  if (!isEntry(value)) return []
  const before = isEntry(base) ? base : undefined
  const { root, id } = parsePath(path)
  const keys = [...new Set([...Object.keys(value), ...Object.keys(before ?? {})])]
  const lines = keys.flatMap((key) => {
    const spec = fieldSpec(kind, `${root}.${id ?? ''}.${key}`)
    const isChanged = before !== undefined && JSON.stringify(before[key]) !== JSON.stringify(value[key])
    if (spec === undefined || bookkeeping.has(key) || (isCleared(value[key]) && !isChanged)) return []
    return [{ path: `${root}.${id ?? ''}.${key}`, label: spec.label, value: value[key], isChanged }]
  })
  return [
    ...lines.filter(({ isChanged }) => isChanged),
    ...lines.filter(({ isChanged }) => !isChanged),
  ].slice(0, maxLines)
}
