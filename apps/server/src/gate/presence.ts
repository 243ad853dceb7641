import type { Connection, Document } from '@hocuspocus/server'
import { z } from 'zod'
import type { Principal } from '../accounts/principal.ts'

/** States that one connection may publish for one document: a few tabs behind one socket, never a crowd. */
const maxStatesPerConnection = 4
/** Characters of a section, a field's path or a root's name; paths end below 200. */
const maxWordLength = 400

/**
 * Settles who stands behind presence states before colleagues see them (SYNC 24): the name comes from the
 * authenticated connection, and a client speaks only for client ids that nobody else on the document uses.
 * Changes `states` in place, as Hocuspocus's `beforeHandleAwareness` asks for.
 */
export function settlePresence(
  states: Map<number, Record<string, unknown>>,
  {
    document,
    connection,
    principal,
  }: { readonly document: Document; readonly connection: Connection; readonly principal: Principal },
): void {
  const taken = clientIdsOfOthers(document, connection)
  const { id, name } = principal.user
  let kept = 0
  for (const [clientId, state] of states) {
    if (taken.has(clientId) || clientId === document.clientID || kept >= maxStatesPerConnection) {
      states.delete(clientId)
      continue
    }
    kept++
    const user = state['user']
    const color = typeof user === 'object' && user !== null && 'color' in user ? user.color : undefined
    // Tiptap paints the colour into a style: only a plain hex colour goes through.
    const settled = typeof color === 'string' && /^#[0-9a-fA-F]{6}$/.test(color) ? { color } : {}
    for (const key of Object.keys(state)) if (!isWellFormed(key, state[key])) delete state[key]
    state['user'] = { id, name, ...settled }
  }
}

function clientIdsOfOthers(document: Document, connection: Connection): ReadonlySet<number> {
  const taken = new Set<number>()
  for (const [other, { clients }] of document.connections) {
    if (other === connection) continue
    for (const clientId of clients) taken.add(clientId as number)
  }
  return taken
}

/** A caret of the notes: two relative positions of Yjs, or null. Editors throw at anything else, at every change. */
const itemId = z.object({ client: z.int().min(0), clock: z.int().min(0) }).nullish()
const position = z
  .strictObject({
    type: itemId,
    tname: z.string().max(maxWordLength).nullish(),
    item: itemId,
    assoc: z.int().optional(),
  })
  .refine(({ type, tname, item }) => (type ?? tname ?? item ?? null) !== null)
const word = z.string().max(maxWordLength).optional()
const shapes: Readonly<Record<string, z.ZodType>> = {
  cursor: z.strictObject({ anchor: position, head: position }).nullable(),
  location: z.strictObject({ section: word, field: word }),
}

/** True for what colleagues' screens know how to show; anything else of a state is left out. */
function isWellFormed(key: string, value: unknown): boolean {
  return Object.hasOwn(shapes, key) && shapes[key]?.safeParse(value).success === true
}
