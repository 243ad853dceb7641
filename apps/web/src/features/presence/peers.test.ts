import { expect, test, vi } from 'vitest'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { createPeerStore, readPeers } from './peers.ts'

const me = { clientId: 1, userId: 'u-me' }

function makeState(id: string, location?: unknown): Record<string, unknown> {
  return { user: { id, name: `Name ${id}` }, ...(location === undefined ? {} : { location }) }
}

test('lists everybody else once, whatever the number of their pages', () => {
  const states = new Map([
    [1, makeState('u-me')],
    [2, makeState('u-me')],
    [4, makeState('u-ben', { section: 'notes' })],
    [3, makeState('u-ben')],
  ])
  expect(readPeers(states, me)).toMatchObject([{ userId: 'u-ben', pages: 2 }])
})

test('the page on which a person edits a field says where they are', () => {
  const states = new Map([
    [3, makeState('u-ben', { section: 'overview' })],
    [4, makeState('u-ben', { section: 'meddpicc', field: 'fields.name' })],
  ])
  expect(readPeers(states, me)[0]?.location).toEqual({ section: 'meddpicc', field: 'fields.name' })
})

test('states of another program, without a user, are left out', () => {
  const states = new Map<number, Record<string, unknown>>([
    [5, {}],
    [6, { user: 'ben' }],
    [7, makeState('u-ben', 12)],
  ])
  expect(readPeers(states, me)).toMatchObject([{ userId: 'u-ben', location: {} }])
})

test('a caret that moves changes nothing, a person who comes or goes does', () => {
  const awareness = new Awareness(new Y.Doc())
  const store = createPeerStore(awareness, 'u-me')
  const listener = vi.fn<() => void>()
  const stop = store.subscribe(listener)
  const before = store.get()
  awareness.setLocalState({ ...makeState('u-me'), cursor: { anchor: 1 } })
  expect(listener).not.toHaveBeenCalled()
  expect(store.get()).toBe(before)
  awareness.states.set(99, makeState('u-ben'))
  awareness.emit('change', [{ added: [99], updated: [], removed: [] }, 'test'])
  expect(listener).toHaveBeenCalledOnce()
  expect(store.get()).toMatchObject([{ userId: 'u-ben' }])
  stop()
  awareness.destroy()
})
