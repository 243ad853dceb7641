import { getNotes, getText, localOrigin } from '@fulqrun/schema'
import * as Y from 'yjs'

/**
 * Choosing one of two near-duplicate passages removes the other one from the text. Taking that back brings it back,
 * for as long as the record is open; afterwards the history still has it.
 */
const managers = new WeakMap<Y.Doc, Map<string, Y.UndoManager>>()

/** Runs a decision about a passage so that {@link restorePassage} can bring back what it removes. */
export function removingPassage(
  doc: Y.Doc,
  { id, path }: { readonly id: string; readonly path: string },
  act: () => void,
): void {
  const text = path === 'notes' ? getNotes(doc) : getText(doc, path)
  const manager = new Y.UndoManager(text, { trackedOrigins: new Set([localOrigin]), captureTimeout: 0 })
  try {
    act()
  } finally {
    // What is written from here on is none of its business.
    manager.trackedOrigins.clear()
  }
  const known = managers.get(doc) ?? new Map<string, Y.UndoManager>()
  managers.set(doc, known.set(id, manager))
}

/** Brings back what a decision about a passage removed; nothing when the record was closed meanwhile. */
export function restorePassage(doc: Y.Doc, id: string): void {
  const manager = managers.get(doc)?.get(id)
  manager?.undo()
  manager?.destroy()
  managers.get(doc)?.delete(id)
}
