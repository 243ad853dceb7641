import * as Y from 'yjs'
import { isForeign } from './lineage.ts'

/** A copy after the server has sent the whole document in its place. */
export interface Reconciled {
  readonly update: Uint8Array
  /** The copy held what the server does not have: it is to be brought back. */
  readonly hasSurplus: boolean
}

/**
 * The server sends a document whole when the copy says things that it does not know. Either the copy is another record
 * under the same name, and is replaced; or the server was restored from a backup, and what was acknowledged since then
 * lives on devices only: it stays in the copy, and goes back to the server (SYNC 15, DOC-5).
 */
export function reconcile(held: Uint8Array, whole: Uint8Array): Reconciled {
  const doc = new Y.Doc()
  try {
    Y.applyUpdate(doc, held)
    if (isForeign(doc, whole)) return { update: whole, hasSurplus: false }
    const known = Y.decodeStateVector(Y.encodeStateVectorFromUpdate(whole))
    const mine = Y.decodeStateVector(Y.encodeStateVector(doc))
    const hasSurplus = [...mine].some(([client, clock]) => clock > (known.get(client) ?? 0))
    Y.applyUpdate(doc, whole)
    return { update: Y.encodeStateAsUpdate(doc), hasSurplus }
  } finally {
    doc.destroy()
  }
}
