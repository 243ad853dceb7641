import * as Y from 'yjs'
import type { CatalogueEntry, DocumentKind, DocumentName } from '@fulqrun/protocol'
import { createDocument, summarize } from '@fulqrun/schema'
import type { CreateRecord } from './workspace-types.ts'

export interface NewRecord {
  readonly update: Uint8Array
  /** Its line in lists until the server has one. */
  readonly entry: CatalogueEntry
}

/** Makes a record's first content. Throws the schema's error for values that it does not allow. */
export function makeRecord(
  name: DocumentName,
  kind: DocumentKind,
  {
    territoryId,
    fields,
    createdBy,
    now,
  }: CreateRecord & { readonly createdBy: string; readonly now: number },
): NewRecord {
  const doc = new Y.Doc()
  try {
    const content = fields === undefined ? {} : { fields }
    createDocument(doc, { kind, territoryId, createdBy, createdAt: now, ...content })
    const { title, summary } = summarize(doc, kind)
    return {
      update: Y.encodeStateAsUpdate(doc),
      entry: { name, kind, territoryId, title, head: 0, updatedAt: now, summary: { ...summary } },
    }
  } finally {
    doc.destroy()
  }
}
