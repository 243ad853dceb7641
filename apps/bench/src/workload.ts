import { createDocument, defineRoots, getText, newDocumentId, setField } from '@fulqrun/schema'
import { formatDocumentName } from '@fulqrun/protocol'
import * as Y from 'yjs'
import type { EditKind } from './cases.ts'
import type { Identity } from './subject.ts'

/** A new opportunity and the edits of one author, made before the clock starts so that sending is all that is timed. */
export interface Workload {
  readonly name: string
  /** Yjs client id of the author. */
  readonly author: number
  /** The update that creates the record. */
  readonly creation: Uint8Array
  readonly edits: readonly Uint8Array[]
  /** The author's clock after each edit; a colleague has edit i when it has this much of the author. */
  readonly clocks: readonly number[]
}

export interface WorkloadOptions {
  readonly identity: Identity
  readonly edit: EditKind
  readonly edits: number
}

/** Long text of an opportunity that the text edits go to. */
export const editedText = 'description'
const editedField = 'fields.nextStep'

export function makeWorkload({ identity, edit, edits }: WorkloadOptions): Workload {
  const { doc, name } = makeOpportunity(identity)
  const creation = Y.encodeStateAsUpdate(doc)
  const updates: Uint8Array[] = []
  const clocks: number[] = []
  doc.on('update', (update: Uint8Array) => {
    updates.push(update)
    clocks.push(Y.getState(doc.store, doc.clientID))
  })
  const apply = edit === 'text' ? typeInto(doc) : setFieldOf(doc)
  for (let index = 0; index < edits; index++) apply(index)
  const author = doc.clientID
  doc.destroy()
  return { name, author, creation, edits: updates, clocks }
}

/** A real opportunity, as a device creates it, so that every server's checks accept it. */
export function makeOpportunity(identity: Identity): { readonly doc: Y.Doc; readonly name: string } {
  const doc = new Y.Doc()
  defineRoots(doc, 'opportunity')
  createDocument(doc, {
    kind: 'opportunity',
    territoryId: identity.territoryId,
    createdBy: identity.userId,
    createdAt: Date.now(),
    fields: { name: 'Bench opportunity' },
  })
  const name = formatDocumentName({
    organizationId: identity.organizationId,
    kind: 'opportunity',
    id: newDocumentId(),
  })
  return { doc, name }
}

function typeInto(doc: Y.Doc): (index: number) => void {
  const text = getText(doc, editedText)
  return () => text.insert(text.length, 'a')
}

function setFieldOf(doc: Y.Doc): (index: number) => void {
  const now = Date.now()
  return (index) => setField(doc, editedField, `Step ${index}`, { now: now + index })
}
