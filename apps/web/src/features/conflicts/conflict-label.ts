import type { Conflict, DocumentView } from '@fulqrun/schema'
import { describeEntry, describePath, pathLabel, valueAt } from '../history/value-words.ts'
import { cardKindOf } from './card.ts'

/** What a conflict is about. An entry that is removed at the moment is called what it was called. */
export function conflictLabel(view: DocumentView, { path, candidates, base }: Conflict): string {
  if (cardKindOf(path) !== 'entry' || valueAt(view, path) !== undefined) return describePath(view, path)
  for (const value of [...candidates.map((candidate) => candidate.value), base]) {
    if (typeof value !== 'object' || value === null) continue
    const name = describeEntry(value as Readonly<Record<string, unknown>>)
    if (name !== undefined) return pathLabel(view.kind, path, name)
  }
  return describePath(view, path)
}
