/** Restore is a new edit that anybody sees live and can undo, never a removal from the history. */
import {
  addEntry,
  type DocumentView,
  fieldSpec,
  isAppendOnly,
  isCleared,
  isCollectionRoot,
  parsePath,
  removeEntry,
  setField,
} from '@fulqrun/schema'
import type * as Y from 'yjs'
import type { HistoryLine } from './bursts.ts'
import { valueAt } from './value-words.ts'

function isSame(one: unknown, other: unknown): boolean {
  if (isCleared(one) && isCleared(other)) return true
  return JSON.stringify(one) === JSON.stringify(other)
}

/** True when the value before this change can be put back, and is not what the record has anyway. */
export function canRestore(view: DocumentView, line: HistoryLine): boolean {
  if (line.action !== 'set' && line.action !== 'delete' && line.action !== 'restore') return false
  const { root, id, key } = parsePath(line.path)
  if (isCollectionRoot(root) && key === undefined) {
    return line.action === 'delete' && line.before !== undefined && valueAt(view, line.path) === undefined
  }
  if (root !== 'fields' && !isCollectionRoot(root)) return false
  // Lines of consent, samples and signatures stay as they are: what changes is said in a new entry.
  if (root === 'consents' || isAppendOnly(view.kind, root)) return false
  if (id !== undefined && valueAt(view, `${root}.${id}`) === undefined) return false
  const spec = fieldSpec(view.kind, line.path)
  if (spec === undefined || (spec.required === true && isCleared(line.before))) return false
  return !isSame(valueAt(view, line.path), line.before)
}

/** Puts the value before the change back; answers the way back from that. The caller has asked {@link canRestore}. */
export function restoreLine(
  doc: Y.Doc,
  view: DocumentView,
  line: HistoryLine,
  now: () => number,
): () => void {
  const { root, id, key } = parsePath(line.path)
  if (isCollectionRoot(root) && key === undefined && id !== undefined) {
    addEntry(doc, root, line.before as Readonly<Record<string, unknown>>, { now: now(), id })
    return () => {
      removeEntry(doc, root, id, { now: now() })
    }
  }
  const current = valueAt(view, line.path)
  setField(doc, line.path, line.before, { now: now() })
  return () => {
    setField(doc, line.path, current, { now: now() })
  }
}
