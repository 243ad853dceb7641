import * as Y from 'yjs'

/**
 * Whether an update creates the record that a document already is: another record under the same name, from before a
 * backup was restored. Merged, both would stand there, every text and entry twice (SYNC 15). Every record begins with
 * `meta.kind`, written by somebody who had nothing; `inspectUpdate` of the rules says the same at the server.
 */
export function isForeign(doc: Y.Doc, update: Uint8Array): boolean {
  if (!doc.getMap('meta').has('kind')) return false
  return Y.decodeUpdate(update).structs.some(
    (struct) =>
      struct instanceof Y.Item &&
      struct.parentSub === 'kind' &&
      (struct.parent as unknown) === 'meta' &&
      struct.id.clock >= Y.getState(doc.store, struct.id.client),
  )
}
