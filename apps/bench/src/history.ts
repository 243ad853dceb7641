import { createDocument, defineRoots, getText, setField } from '@fulqrun/schema'
import * as Y from 'yjs'

/** Documents with a long history, for measuring what the length of it costs. */

/** Updates that a document has behind it. */
export const historySizes = [1000, 10_000, 100_000] as const
export const editedText = 'description'
const authors = 5

/** Numbers from 0 to 1, the same in every run, so that runs compare. */
export function makeRandom(seed: number): () => number {
  let state = seed
  return () => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** An opportunity that several people have edited all over: text at random places, some of it deleted, fields set. */
export function makeHistory(updates: number): Uint8Array {
  const random = makeRandom(updates)
  const doc = openOpportunity()
  createDocument(doc, {
    kind: 'opportunity',
    territoryId: 'north',
    createdBy: 'ana',
    createdAt: 1,
    fields: { name: 'Bench opportunity' },
  })
  const text = getText(doc, editedText)
  for (let index = 0; index < updates; index++) {
    // Authors take turns, so that neighbouring edits do not merge into one Yjs item.
    doc.clientID = 1 + (index % authors)
    const chance = random()
    const position = Math.floor(random() * text.length)
    if (chance < 0.8) text.insert(position, 'word ')
    else if (chance < 0.9 && text.length > 10) text.delete(Math.min(position, text.length - 2), 2)
    else setField(doc, 'fields.nextStep', `Step ${index}`, { now: index })
  }
  const state = Y.encodeStateAsUpdate(doc)
  doc.destroy()
  return state
}

export function openOpportunity(state?: Uint8Array): Y.Doc {
  const doc = new Y.Doc()
  defineRoots(doc, 'opportunity')
  if (state !== undefined) Y.applyUpdate(doc, state)
  return doc
}
