import type * as Y from 'yjs'
import { stampOrigin } from './origins.ts'
import { textPrefix } from './path.ts'

/** Typing is stamped at most this often per text: a time every ten seconds is as exact as history needs. */
const stampIntervalMs = 10_000

function isTextRoot(name: string): boolean {
  return name === 'notes' || name.startsWith(textPrefix)
}

/**
 * Stamps `edited[root]` when this device edits a co-edited text or the notes, which editors write directly. The stamp
 * is its own small transaction right after the edit, because Yjs closes a transaction before it tells what changed.
 * Answers a function that stops it.
 */
export function stampTextEdits(doc: Y.Doc, now: () => number): () => void {
  const lastStamp = new Map<string, number>()
  const stampEdited = (transaction: Y.Transaction) => {
    if (!transaction.local || transaction.origin === stampOrigin) return
    const due = changedTexts(doc, transaction).filter((name) => {
      const last = lastStamp.get(name)
      return last === undefined || Math.abs(now() - last) >= stampIntervalMs
    })
    if (due.length === 0) return
    doc.transact(() => {
      for (const name of due) {
        lastStamp.set(name, now())
        doc.getMap('edited').set(name, now())
      }
    }, stampOrigin)
  }
  doc.on('afterTransaction', stampEdited)
  return () => doc.off('afterTransaction', stampEdited)
}

function changedTexts(doc: Y.Doc, transaction: Y.Transaction): string[] {
  return [...doc.share]
    .filter(([name, type]) => isTextRoot(name) && transaction.changedParentTypes.has(type))
    .map(([name]) => name)
}
