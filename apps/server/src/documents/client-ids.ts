import { isDeepStrictEqual } from 'node:util'
import type { DecodedUpdate } from '@fulqrun/rules'
import * as Y from 'yjs'

/**
 * Who writes under which Yjs client id, in one document.
 *
 * Yjs takes two pieces of content with the same client id and clock for the same content. Somebody who writes under the
 * id of a colleague who is offline would make the server drop what the colleague wrote as known already, and the
 * colleague's copy would drift apart from everybody else's, official values included. So an id belongs to whoever wrote
 * under it first (DOC-4).
 */
export class ClientIds {
  readonly #owners: Map<number, string>

  constructor(owners: Iterable<readonly [number, string]> = []) {
    this.#owners = new Map(owners)
  }

  /** Who writes under an id, if anybody has. */
  ownerOf(clientId: number): string | undefined {
    return this.#owners.get(clientId)
  }

  /** True when nobody else has written under any of these ids. */
  areFreeFor(author: string, clientIds: readonly number[]): boolean {
    return clientIds.every((clientId) => (this.#owners.get(clientId) ?? author) === author)
  }

  claim(author: string, clientIds: readonly number[]): void {
    for (const clientId of clientIds) if (!this.#owners.has(clientId)) this.#owners.set(clientId, author)
  }

  /** For a snapshot: `[clientId, author]` pairs. */
  toJSON(): readonly (readonly [number, string])[] {
    return [...this.#owners]
  }
}

/** Client ids under which an update holds something that the document lacks. */
export function newClientIds(document: Y.Doc, { structs }: DecodedUpdate): readonly number[] {
  const clientIds: number[] = []
  for (const { id, length } of structs) {
    // Structs of one client stand together.
    if (clientIds.at(-1) === id.client) continue
    if (id.clock + length > Y.getState(document.store, id.client)) clientIds.push(id.client)
  }
  return clientIds
}

/**
 * Whether an update says something else at a place that the document has from somebody else: two devices have written
 * under one client id, and what the second one wrote would count as known and be gone. (An id may be seen in a
 * colleague's presence before anything is written under it.)
 *
 * @param isOthers whether somebody else writes under a client id
 */
export function contradicts(
  document: Y.Doc,
  { structs }: DecodedUpdate,
  isOthers: (clientId: number) => boolean,
): boolean {
  return structs.some((struct) => {
    const { client, clock } = struct.id
    if (!(struct instanceof Y.Item) || clock >= Y.getState(document.store, client) || !isOthers(client))
      return false
    const known = document.store.clients.get(client) ?? []
    const held = known[Y.findIndexSS(known, clock)]
    return held instanceof Y.Item && held.id.clock === clock && !isSameEdit(struct, held)
  })
}

/** Of two items of one id: whether they can be the same edit, as far as what is left of them tells. */
function isSameEdit(one: Y.Item, other: Y.Item): boolean {
  if (!Y.compareIDs(one.origin, other.origin) || !Y.compareIDs(one.rightOrigin, other.rightOrigin))
    return false
  // Only what builds on nothing names its key.
  if (one.origin === null && one.rightOrigin === null && one.parentSub !== other.parentSub) return false
  const [a, b] = [one.content, other.content]
  if (a instanceof Y.ContentString && b instanceof Y.ContentString)
    return a.str.startsWith(b.str) || b.str.startsWith(a.str)
  if (a instanceof Y.ContentAny && b instanceof Y.ContentAny)
    return isDeepStrictEqual(a.arr.slice(0, b.arr.length), b.arr.slice(0, a.arr.length))
  return true
}

/** Client ids under which an update of the log holds anything. */
export function clientIdsOf(update: Uint8Array): readonly number[] {
  return [...Y.parseUpdateMeta(update).to.keys()]
}
