import type { Connection, Document } from '@hocuspocus/server'
import { expect, test } from 'vitest'
import type { Principal } from '../accounts/principal.ts'
import { settlePresence } from './presence.ts'

/** What colleagues see of a state that a client sends. */
function settled(state: Record<string, unknown>): Record<string, unknown> | undefined {
  const states = new Map([[7, state]])
  settlePresence(states, {
    document: { clientID: 1, connections: new Map() } as unknown as Document,
    connection: {} as Connection,
    principal: { user: { id: 'ana', name: 'Ana', email: '' } } as Principal,
  })
  return states.get(7)
}

const user = { id: 'ana', name: 'Ana' }
const at = { type: { client: 4, clock: 0 }, item: null, tname: null, assoc: 0 }

test('[GATE-7] a caret and a place are passed on as they are (SYNC 24)', () => {
  const location = { section: 'notes', field: 'fields.meddpicc.metrics.urgency' }
  for (const cursor of [{ anchor: at, head: { tname: 'notes', assoc: -1 } }, null])
    expect(settled({ cursor, location })).toEqual({ user, cursor, location })
})

test.each([
  { cursor: 'x' },
  { cursor: { anchor: {}, head: {} } },
  { cursor: { anchor: null, head: null } },
  { cursor: { anchor: at, head: { ...at, type: 'x' } } },
  { location: { section: { a: 1 } } },
  { location: { field: 'x'.repeat(1000) } },
  { location: 5 },
  { anything: 'x'.repeat(1000) },
  JSON.parse('{"__proto__":{"cursor":"x"}}') as Record<string, unknown>,
])('[GATE-7] what would break a colleague’s editor is left out (SYNC 24): %j', (state) => {
  expect(settled(state)).toEqual({ user })
})
