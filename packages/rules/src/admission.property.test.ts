import type { DocumentKind } from '@fulqrun/protocol'
import { checkValue, fieldSpec, kindSpec, readMeta, rootsOf } from '@fulqrun/schema'
import {
  applyEdit,
  arbitraryEdit,
  arbitraryHostileEdit,
  copyDocument,
  hostileUpdate,
  makeDocument,
  runsOf,
} from '@fulqrun/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { admit } from './admission.ts'

/** FC_RUNS makes a soak of it; FC_SEED and FC_PATH replay what a failed run has printed. */
const parameters = runsOf(150)

const kinds: readonly DocumentKind[] = ['opportunity', 'contact', 'kpi']
const receivedAt = Date.UTC(2026, 9, 1, 12)
const author = { id: 'user-mallory', name: 'Mallory', role: 'rep' } as const

function pinnedState(doc: Y.Doc, kind: DocumentKind): unknown {
  const roots = ['meta', 'conflicts', ...kindSpec(kind).pinned.map(({ root }) => root)]
  return roots.map((root) => doc.getMap(root).toJSON())
}

/** Everything visible in a document, whatever type a root has. */
function visible(doc: Y.Doc): Record<string, unknown> {
  return Object.fromEntries(
    [...doc.share].map(([name, type]) => {
      const entries = [...type._map].filter(([, item]) => !item.deleted).map(([key]) => key)
      return [name, { json: type.toJSON() as unknown, entries: entries.toSorted() }]
    }),
  )
}

function liveContent(type: Pick<Y.AbstractType<unknown>, '_map' | '_start'>): number {
  let live = [...type._map.values()].filter((item) => !item.deleted).length
  for (let item = type._start; item !== null; item = item.right) if (!item.deleted) live++
  return live
}

describe.each(kinds)('%s', (kind) => {
  test('[ADM-1] [ADM-2] [ADM-4] [ADM-5] [ADM-6] hostile updates change nothing that is pinned, on any replica, ever', () => {
    const attack = fc.record({
      edit: arbitraryHostileEdit(kind),
      clientId: fc.constantFrom(2, 499, 501, 4_294_967_295),
    })
    fc.assert(
      fc.property(fc.array(attack, { minLength: 1, maxLength: 12 }), (attacks) => {
        const server = makeDocument(kind)
        server.clientID = 500
        const colleague = copyDocument(server, kind, 3)
        const official = pinnedState(server, kind)
        const known = new Set(rootsOf(kind).map(({ name }) => name))
        for (const { edit, clientId } of attacks) {
          const update = hostileUpdate(server, edit, clientId)
          const admission = admit({
            document: server,
            kind,
            author,
            authority: 'client',
            receivedAt,
            change: (doc) => Y.applyUpdate(doc, update),
          })
          expect(admission.failure).toBeUndefined()
          if (admission.update !== undefined) Y.applyUpdate(colleague, admission.update)
          expect(pinnedState(server, kind)).toEqual(official)
          expect(pinnedState(colleague, kind)).toEqual(official)
          const alien = [...server.share].filter(([name, type]) => !known.has(name) && liveContent(type) > 0)
          expect(alien.map(([name]) => name)).toEqual([])
          for (const [key, value] of server.getMap('fields').entries()) {
            const path = `fields.${key}`
            expect(fieldSpec(kind, path)).toBeDefined()
            expect(checkValue(kind, path, value)).toBeUndefined()
          }
        }
        expect(visible(colleague)).toEqual(visible(server))
      }),
      parameters,
    )
  })

  test('[ADM-1] [ADM-10] honest edits of three devices, apart, reordered and repeated, converge with the server', () => {
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          type: fc.constant('edit' as const),
          device: fc.nat(2),
          edit: arbitraryEdit(kind),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ type: fc.constant('push' as const), device: fc.nat(2), repeat: fc.boolean() }),
      },
      { weight: 2, arbitrary: fc.record({ type: fc.constant('pull' as const), device: fc.nat(2) }) },
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const server = makeDocument(kind)
        server.clientID = 500
        const twin = copyDocument(server, kind, 500)
        const devices = [10, 20, 4_000_000_000].map((id) => copyDocument(server, kind, id))
        const push = (device: Y.Doc) => {
          const update = Y.encodeStateAsUpdate(device, Y.encodeStateVector(server))
          const decide = (document: Y.Doc) =>
            admit({
              document,
              kind,
              author,
              authority: 'client',
              receivedAt,
              change: (doc) => Y.applyUpdate(doc, update),
            })
          const { changes, putBack } = decide(server)
          const again = decide(twin)
          expect(again.changes).toEqual(changes)
          expect(again.putBack).toEqual(putBack)
        }
        for (const item of steps) {
          const device = devices[item.device]
          if (device === undefined) continue
          if (item.type === 'edit') applyEdit(device, item.edit, receivedAt)
          else if (item.type === 'pull') Y.applyUpdate(device, Y.encodeStateAsUpdate(server))
          else for (let times = item.repeat ? 2 : 1; times > 0; times--) push(device)
        }
        for (const device of devices) push(device)
        for (const device of devices) Y.applyUpdate(device, Y.encodeStateAsUpdate(server))
        for (const device of devices) expect(visible(device)).toEqual(visible(server))
        expect(readMeta(server).kind).toBe(kind)
      }),
      parameters,
    )
  })
})
