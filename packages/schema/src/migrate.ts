import type { DocumentKind } from '@fulqrun/protocol'
import type * as Y from 'yjs'
import { currentSchemaVersion, defineRoots } from './kinds.ts'
import { toVersionTwo } from './migrations/version-two.ts'
import { migrationOrigin } from './origins.ts'
import { readMeta } from './read.ts'

/**
 * The way of an old document up to the current layout.
 *
 * 1. A step only sets or deletes keys of maps, each to a value computed from the document. It never inserts into a
 *    text, list or fragment and never creates a nested type, because two devices doing so would double the content.
 *    Two devices that migrate the same document therefore write equal values to equal keys: whichever wins, the
 *    document is the same (idempotent and convergent).
 * 2. A step recognises old values by their shape, and leaves current ones alone. So steps also run on a document that
 *    says it is current: a device that was offline with an old build may add old values after the migration.
 * 3. A document of a newer version is never written to.
 */
export interface Migration {
  /** The version it leads to. */
  readonly to: number
  /** Per kind: converts what is old and answers the paths it touched. A kind without one had no change. */
  readonly convert: Readonly<Partial<Record<DocumentKind, (doc: Y.Doc) => readonly string[]>>>
}

export const migrations: readonly Migration[] = [toVersionTwo]

export interface MigrationResult {
  readonly from: number
  readonly to: number
  readonly changed: boolean
  /** The document was written by a newer build and was left alone. */
  readonly tooNew: boolean
  /** What was converted, with the version that asked for it. */
  readonly converted: readonly { readonly to: number; readonly path: string }[]
}

/** Brings a document to the current layout in one transaction. Nothing happens to an empty or too new document. */
export function migrate(doc: Y.Doc): MigrationResult {
  const { kind, schemaVersion: from } = readMeta(doc)
  const tooNew = from > currentSchemaVersion
  if (kind === undefined || from === 0 || tooNew)
    return { from, to: from, changed: false, tooNew, converted: [] }
  defineRoots(doc, kind)
  const converted: { readonly to: number; readonly path: string }[] = []
  doc.transact(() => {
    for (const { to, convert } of migrations)
      for (const path of convert[kind]?.(doc) ?? []) converted.push({ to, path })
    if (from < currentSchemaVersion) doc.getMap('meta').set('schemaVersion', currentSchemaVersion)
  }, migrationOrigin)
  const changed = from < currentSchemaVersion || converted.length > 0
  return { from, to: currentSchemaVersion, changed, tooNew: false, converted }
}
