import { syncTypes } from '@fulqrun/protocol'
import { messageYjsSyncStep1, messageYjsUpdate } from 'y-protocols/sync'
import { IncomingMessage, MessageType, OutgoingMessage } from '@hocuspocus/server'
import { describe, expect, test } from 'vitest'
import { decodeFrame, encodeRequest, encodeUpdate } from './wire.ts'

const name = 'org/opportunity/0190'
const update = Uint8Array.of(1, 2, 3)

describe('wire protocols of the bench', () => {
  test('an update frame is what Hocuspocus reads', () => {
    const message = new IncomingMessage(encodeUpdate('hocuspocus', name, update))
    expect(message.readVarString()).toBe(name)
    expect(message.readVarUint()).toBe(MessageType.Sync)
    expect(message.readVarUint()).toBe(messageYjsUpdate)
    expect(Uint8Array.from(message.readVarUint8Array())).toEqual(update)
  })

  test('y-websocket frames carry no name', () => {
    expect(encodeRequest('y-websocket', name)).toEqual(Uint8Array.of(0, messageYjsSyncStep1, 1, 0))
    expect(encodeUpdate('y-websocket', name, update)).toEqual(Uint8Array.of(0, syncTypes.update, 3, 1, 2, 3))
  })

  test('updates come back out of both protocols', () => {
    for (const wire of ['hocuspocus', 'y-websocket'] as const) {
      expect(decodeFrame(wire, encodeUpdate(wire, name, update))).toEqual({ kind: 'update', update })
      expect(decodeFrame(wire, encodeRequest(wire, name))).toEqual({ kind: 'ready' })
    }
  })

  test('the whole content is told apart from a change', () => {
    expect(decodeFrame('y-websocket', Uint8Array.of(0, syncTypes.step2, 1, 7))).toEqual({
      kind: 'content',
      update: Uint8Array.of(7),
    })
  })

  test('what a Hocuspocus server answers is told apart', () => {
    const frame = (write: (message: OutgoingMessage) => OutgoingMessage): unknown =>
      decodeFrame('hocuspocus', write(new OutgoingMessage(name)).toUint8Array())
    expect(frame((message) => message.writeSyncStatus(true))).toEqual({ kind: 'acknowledged', applied: true })
    expect(frame((message) => message.writeSyncStatus(false))).toEqual({
      kind: 'acknowledged',
      applied: false,
    })
    expect(frame((message) => message.writeAuthenticated(false))).toEqual({ kind: 'authenticated' })
    expect(frame((message) => message.writePermissionDenied('access/denied'))).toEqual({
      kind: 'denied',
      reason: 'access/denied',
    })
    expect(frame((message) => message.writeCloseMessage('bye'))).toEqual({ kind: 'closed', reason: 'bye' })
  })
})
