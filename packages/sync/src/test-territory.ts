/** Records at the scripted server, listed and ready to be caught up with. */
import { createDocument, defineRoots, setField } from '@fulqrun/schema'
import * as Y from 'yjs'
import type { CatalogueEntry, DocumentName } from '@fulqrun/protocol'
import { organizationId, type TestDevice } from './test-device.ts'

export function recordName(index: number): DocumentName {
  return `${organizationId}/opportunity/0197f0a0-0000-7000-8000-${String(index).padStart(12, '0')}` as DocumentName
}

export function listed(index: number, head = 1): CatalogueEntry {
  const title = `Record ${index}`
  return {
    name: recordName(index),
    kind: 'opportunity',
    territoryId: 'north',
    title,
    head,
    updatedAt: index,
    summary: {},
  }
}

export function makeRecordDoc(name: string, doc: Y.Doc = new Y.Doc()): Y.Doc {
  defineRoots(doc, 'opportunity')
  createDocument(doc, {
    kind: 'opportunity',
    territoryId: 'north',
    createdBy: 'user-2',
    createdAt: 1,
    fields: { name },
  })
  return doc
}

/** `count` records, listed with head 1. */
export function seedTerritory({ server, api }: TestDevice, count: number): readonly DocumentName[] {
  const indexes = Array.from({ length: count }, (_, index) => index + 1)
  for (const index of indexes) makeRecordDoc(`Record ${index}`, server.doc(recordName(index)))
  api.catalogue = indexes.map((index) => listed(index))
  return indexes.map(recordName)
}

/** A colleague changes a record: its head in the list grows. */
export function changeAtServer({ server, api }: TestDevice, name: DocumentName, value: string): void {
  setField(server.doc(name), 'fields.name', value, { now: 5 })
  api.catalogue = api.catalogue.map((entry) =>
    entry.name === name ? { ...entry, head: entry.head + 1 } : entry,
  )
}

/** The record's name in an update that stands for the whole document. */
export function nameIn(update: Uint8Array | undefined): unknown {
  if (update === undefined) return undefined
  const doc = new Y.Doc()
  Y.applyUpdate(doc, update)
  return doc.getMap('fields').get('name')
}
