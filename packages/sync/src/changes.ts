import * as Y from 'yjs'
import type { OutboxEntry } from './device-store.ts'

/** The one part of a shared type that finding its place needs; `item` leads to its parent. */
type AnyType = Pick<Y.AbstractType<unknown>, '_item'>

/**
 * Paths that a transaction changed, as the schema writes them: `fields.stage`, `activities.<id>.status`, `notes`.
 * Texts and rich text count as one, however many letters were typed.
 */
export function touchedPaths(doc: Y.Doc, transaction: Y.Transaction): readonly string[] {
  const names = new Map<unknown, string>([...doc.share].map(([name, type]) => [type, name]))
  const paths = new Set<string>()
  for (const [type, keys] of transaction.changed) {
    for (const path of pathsOf(type, keys, names)) paths.add(path)
  }
  return [...paths]
}

function pathsOf(
  type: AnyType,
  keys: ReadonlySet<string | null>,
  names: ReadonlyMap<unknown, string>,
): readonly string[] {
  const trail = trailOf(type, names)
  const [root] = trail
  if (root === undefined) return []
  if (!(type instanceof Y.Map)) return [root]
  return [...keys].map((key) => (key === null ? trail.join('.') : [...trail, key].join('.')))
}

/** Root name and the keys below it, down to `type`; just the root for anything inside a text. */
function trailOf(type: AnyType, names: ReadonlyMap<unknown, string>): readonly string[] {
  const keys: string[] = []
  let current: AnyType | null = type
  while (current?._item) {
    const item: Y.Item = current._item
    if (item.parentSub !== null) keys.unshift(item.parentSub)
    current = item.parent as AnyType | null
  }
  const root = names.get(current)
  return root === undefined ? [] : [root, ...keys]
}

/**
 * How many changes wait, in the sense people count them: fields touched; a record created here counts as one. The
 * times of edits travel beside them and are no change of their own. Something that waits is at least one change.
 */
export function countChanges(entries: readonly Pick<OutboxEntry, 'paths'>[]): number {
  if (entries.length === 0) return 0
  const paths = new Set<string>()
  for (const entry of entries) {
    const isCreation = entry.paths.some((path) => path.startsWith('meta.'))
    for (const path of isCreation ? ['(record)'] : entry.paths) {
      if (!path.startsWith('edited.')) paths.add(path)
    }
  }
  return Math.max(1, paths.size)
}
