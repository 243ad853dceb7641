import * as Y from 'yjs'

/**
 * What a device answers when the server says what it has: everything that the server lacks.
 *
 * That is what is unsent, as it was written, and from the copy only what else the server lacks. A value that was typed
 * offline may have made way in the copy by now, for a colleague's that came a moment before the question: Yjs drops its
 * content then, and from the copy the server would hear that something was written, but not what. Merging does not
 * help where both hold the same item: which of the two copies it keeps depends on what stands around it.
 *
 * @param unsent updates of this device that the server has not acknowledged, oldest first
 */
export function answerTo(stateVector: Uint8Array, doc: Y.Doc, unsent: readonly Uint8Array[]): Uint8Array {
  const copy = missingFrom(stateVector, doc)
  if (unsent.length === 0) return copy
  try {
    const typed = Y.mergeUpdates([...unsent])
    const reach = reachedBy(Y.decodeStateVector(stateVector), typed)
    if (reach === undefined) return Y.mergeUpdates([typed, copy])
    const rest = Y.diffUpdate(copy, Y.encodeStateVector(reach))
    return Y.parseUpdateMeta(rest).to.size === 0 ? typed : Y.mergeUpdates([typed, rest])
  } catch {
    // An update in the outbox that cannot be read any more: the copy has what came of it.
    return copy
  }
}

/** Clock per client that the server has after an update; undefined when the update leaves a gap in front of it. */
function reachedBy(known: Map<number, number>, update: Uint8Array): Map<number, number> | undefined {
  const { from, to } = Y.parseUpdateMeta(update)
  for (const [client, clock] of to) {
    if ((from.get(client) ?? 0) > (known.get(client) ?? 0)) return undefined
    known.set(client, Math.max(clock, known.get(client) ?? 0))
  }
  return known
}

function missingFrom(stateVector: Uint8Array, doc: Y.Doc): Uint8Array {
  try {
    return Y.encodeStateAsUpdate(doc, stateVector)
  } catch {
    // A state vector that is none: our whole state answers any question.
    return Y.encodeStateAsUpdate(doc)
  }
}
