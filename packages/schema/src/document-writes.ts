import type { DocumentKind } from '@fulqrun/protocol'
import * as Y from 'yjs'
import { currentSchemaVersion } from './kinds.ts'
import { readMeta } from './read.ts'
import { SchemaError } from './schema-issue.ts'
import { checkValue, isCleared } from './validation.ts'

/** What every command does: find out what the record is, check a value, write it, and say when. */

/** Kind of a record that may be written to; throws a SchemaError otherwise. */
export function kindOf(doc: Y.Doc): DocumentKind {
  const { kind, schemaVersion } = readMeta(doc)
  if (kind === undefined)
    throw new SchemaError({
      path: 'meta.kind',
      code: 'value/missing',
      message: 'The record is not there yet',
    })
  if (schemaVersion > currentSchemaVersion)
    throw new SchemaError({
      path: 'meta.schemaVersion',
      code: 'document/too-new',
      message: 'The record was written by a newer version of the app',
    })
  return kind
}

export function assertValue(kind: DocumentKind, path: string, value: unknown): void {
  const issue = checkValue(kind, path, value)
  if (issue) throw new SchemaError(issue)
}

export function mustGetEntry(doc: Y.Doc, root: string, id: string): Y.Map<unknown> {
  const entry = doc.getMap(root).get(id)
  if (entry instanceof Y.Map) return entry as Y.Map<unknown>
  throw new SchemaError({ path: `${root}.${id}`, code: 'entry/invalid', message: 'The entry is gone' })
}

export function writeKey(map: Y.Map<unknown>, key: string, value: unknown): void {
  if (isCleared(value)) map.delete(key)
  else map.set(key, value)
}

export function stamp(doc: Y.Doc, path: string, now: number): void {
  doc.getMap('edited').set(path, now)
}

/** Times of the fields of an entry that is removed: taking them away also says which edits were seen. */
export function forgetTimesBelow(doc: Y.Doc, path: string): void {
  const edited = doc.getMap('edited')
  for (const key of edited.keys()) if (key.startsWith(`${path}.`)) edited.delete(key)
}
