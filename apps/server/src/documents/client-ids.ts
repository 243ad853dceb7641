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
export function newClientIds(document: Y.Doc, update: Uint8Array): readonly number[] {
  const { to } = Y.parseUpdateMeta(update)
  return [...to].filter(([client, end]) => end > Y.getState(document.store, client)).map(([client]) => client)
}

/** Client ids under which an update of the log holds anything. */
export function clientIdsOf(update: Uint8Array): readonly number[] {
  return [...Y.parseUpdateMeta(update).to.keys()]
}
