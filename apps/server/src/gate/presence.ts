import type { Connection, Document } from '@hocuspocus/server'
import type { Principal } from '../accounts/principal.ts'

/** States that one connection may publish for one document: a few tabs behind one socket, never a crowd. */
const maxStatesPerConnection = 4

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
