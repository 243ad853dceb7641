import { authTypes, frameTypes, syncTypes } from '@fulqrun/protocol'
import {
  awarenessFrame,
  readWireFrame,
  syncFrame,
  tokenFrame,
  updateFrame,
  wireFrame,
} from '@fulqrun/testkit'
import { MessageType } from '@hocuspocus/server'
import * as fc from 'fast-check'
import { messageYjsSyncStep1, messageYjsSyncStep2, messageYjsUpdate } from 'y-protocols/sync'
import { describe, expect, test } from 'vitest'
import { ByteBudget } from './byte-budget.ts'
import {
  deniedFrame,
  isAwarenessPayload,
  outgoingType,
  pongFrame,
  readFrameHead,
  readSyncPayload,
  readToken,
  statelessFrame,
  syncStatusFrame,
  syncStep1Frame,
  tokenRequestFrame,
} from './frame.ts'

const name = 'meridian/opportunity/0198c6f2-7a31-7cc2-9d0e-2f1b6a3c4d5e'
const bytes = new Uint8Array([1, 2, 3])

describe('frames', () => {
  test('[PROTO-5] have the types of Hocuspocus and of y-protocols', () => {
    expect(frameTypes).toMatchObject({
      sync: MessageType.Sync,
      awareness: MessageType.Awareness,
      auth: MessageType.Auth,
      queryAwareness: MessageType.QueryAwareness,
      stateless: MessageType.Stateless,
      broadcastStateless: MessageType.BroadcastStateless,
      close: MessageType.CLOSE,
      syncStatus: MessageType.SyncStatus,
    })
    expect(syncTypes).toEqual({
      step1: messageYjsSyncStep1,
      step2: messageYjsSyncStep2,
      update: messageYjsUpdate,
    })
  })

  test('[PROTO-5] have an address of a name and perhaps a session', () => {
    const plain = readFrameHead(updateFrame(name, bytes))
    expect(plain).toMatchObject({ address: name, documentName: name, type: frameTypes.sync })
    const session = readFrameHead(updateFrame(`${name}\0tab-1`, bytes))
    expect(session).toMatchObject({ address: `${name}\0tab-1`, documentName: name })
  })

  test('[PROTO-5] written by the server can be read', () => {
    expect(readWireFrame(syncStatusFrame(name, true)).admitted).toBe(true)
    expect(readWireFrame(syncStatusFrame(name, false)).admitted).toBe(false)
    expect(readWireFrame(statelessFrame(name, 'x'))).toMatchObject({ type: frameTypes.stateless, text: 'x' })
    expect(readWireFrame(pongFrame(''))).toMatchObject({ address: '', type: frameTypes.pong })
    expect(readWireFrame(tokenRequestFrame(name))).toMatchObject({
      subtype: authTypes.token,
      text: undefined,
    })
    expect(readWireFrame(deniedFrame(name, 'access/denied'))).toMatchObject({
      subtype: authTypes.denied,
      text: 'access/denied',
    })
    expect(readWireFrame(syncStep1Frame(name, bytes))).toMatchObject({ subtype: syncTypes.step1, bytes })
    expect(outgoingType(deniedFrame(name, 'x'))).toEqual({ type: frameTypes.auth, next: authTypes.denied })
    expect(outgoingType(updateFrame(name, bytes)).type).toBe(frameTypes.sync)
  })

  test('[GATE-4] payloads are read whole or not at all', () => {
    const rest = readFrameHead(updateFrame(name, bytes))?.rest ?? 0
    expect(readSyncPayload(updateFrame(name, bytes), rest)).toEqual({ step: syncTypes.update, bytes })
    const longer = new Uint8Array([...updateFrame(name, bytes), 0])
    expect(readSyncPayload(longer, rest)).toBeUndefined()
    expect(readSyncPayload(updateFrame(name, bytes).slice(0, -1), rest)).toBeUndefined()
    expect(readToken(tokenFrame(name, 'jwt'), rest)).toBe('jwt')
    expect(readToken(wireFrame(name, frameTypes.auth), rest)).toBeUndefined()
    const presence = (state: unknown) =>
      isAwarenessPayload(awarenessFrame(name, [{ clientId: 1, clock: 1, state }]), rest)
    expect([{}, null, { cursor: 1 }].map(presence)).toEqual([true, true, true])
    expect([[], 'text', 5].map(presence)).toEqual([false, false, false])
  })

  test('[GATE-4] nothing that arrives makes reading throw', () => {
    const honest = fc.constantFrom(
      updateFrame(name, bytes),
      syncFrame(name, syncTypes.step1, bytes),
      tokenFrame(name, 'jwt'),
      awarenessFrame(name, [{ clientId: 1, clock: 1, state: { a: 1 } }]),
    )
    const bent = fc.tuple(honest, fc.nat(), fc.nat({ max: 255 })).map(([frame, at, byte]) => {
      const copy = frame.slice()
      copy[at % copy.length] = byte
      return copy
    })
    const check = (frame: Uint8Array) => {
      const head = readFrameHead(frame)
      if (head === undefined) return
      readSyncPayload(frame, head.rest)
      readToken(frame, head.rest)
      isAwarenessPayload(frame, head.rest)
    }
    const property = fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), bent), check)
    expect(fc.check(property, { numRuns: 2000 })).toMatchObject({ failed: false })
  })
})

describe('the budget of a socket', () => {
  test('[GATE-12] lets a burst through at once, then as much as time has brought', () => {
    const budget = new ByteBudget({ perSecond: 100, burst: 1000, now: 0 })
    expect(budget.take(1000, 0)).toBe(0)
    expect(budget.take(50, 0)).toBe(500)
    expect(budget.take(50, 1000)).toBe(0)
    expect(budget.take(0, 100_000)).toBe(0)
    // However long it was silent, it has no more than one burst.
    expect(budget.take(1100, 200_000)).toBe(1000)
  })
})
