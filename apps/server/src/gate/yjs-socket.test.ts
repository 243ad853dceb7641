import { EventEmitter } from 'node:events'
import {
  authTypes,
  type DocumentName,
  encodeServerMessage,
  type ErrorCode,
  errors,
  frameTypes,
  syncTypes,
} from '@fulqrun/protocol'
import { awarenessFrame, readPresences, syncFrame, wireFrame } from '@fulqrun/testkit'
import { writeVarString, writeVarUint } from 'lib0/encoding'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { WebSocket } from 'ws'
import {
  deniedFrame,
  readFrameHead,
  readToken,
  statelessFrame,
  syncStatusFrame,
  tokenRequestFrame,
} from './frame.ts'
import { YjsSocket } from './yjs-socket.ts'

const name = 'meridian/opportunity/0198c6f2-7a31-7cc2-9d0e-2f1b6a3c4d5e' as DocumentName

/** The other side of the adapter: what a client receives. */
class FakeSocket extends EventEmitter {
  readonly OPEN = 1
  readyState = 1
  readonly sent: number[][] = []
  readonly closes: [code: number | undefined, reason: string | undefined][] = []

  send(data: Uint8Array): void {
    this.sent.push([...data])
  }

  close(code?: number, reason?: string): void {
    this.closes.push([code, reason])
  }
}

let socket: FakeSocket
let ended: ErrorCode[]
/** What reaches the gate without the client having sent it. */
let received: Uint8Array[]
let adapter: YjsSocket

function openAdapter(token: string): YjsSocket {
  return new YjsSocket(
    socket as unknown as WebSocket,
    { name, token },
    { receive: (frame) => received.push(frame), end: (code) => ended.push(code) },
  )
}

beforeEach(() => {
  vi.useFakeTimers()
  socket = new FakeSocket()
  ended = []
  received = []
  adapter = openAdapter('a.b.c')
})
afterEach(() => {
  socket.emit('close')
  vi.useRealTimers()
})

const update = new Uint8Array([0, 0])
const refused = (code: ErrorCode) => statelessFrame(name, encodeServerMessage({ type: 'refused', code }))
/** Ends are told once whoever is speaking has finished. */
const settled = () => Promise.resolve()

describe('the way out', () => {
  test('[YJS-4] takes the name off, and makes a reply what a stock client knows', () => {
    adapter.send(syncFrame(name, syncTypes.update, update))
    adapter.send(
      wireFrame(name, frameTypes.syncReply, (encoder) => {
        writeVarUint(encoder, syncTypes.step2)
        writeVarUint(encoder, 0)
      }),
    )
    expect(socket.sent).toEqual([
      [0, 2, 2, 0, 0],
      [0, 1, 0],
    ])
  })

  test('[YJS-4] keeps back what such a client does not know', () => {
    adapter.send(syncStatusFrame(name, true))
    adapter.send(tokenRequestFrame(name))
    adapter.send(statelessFrame(name, encodeServerMessage({ type: 'putBack', paths: [] })))
    adapter.send(statelessFrame(name, 'of a newer server'))
    adapter.send(
      wireFrame(name, frameTypes.auth, (encoder) => writeVarUint(encoder, authTypes.authenticated)),
    )
    expect({ sent: socket.sent, closes: socket.closes, ended }).toEqual({ sent: [], closes: [], ended: [] })
  })

  test('[YJS-4] never stays silent for the 30 s after which the client would take it for dead', () => {
    const nobody = [frameTypes.awareness, 1, 0]
    vi.advanceTimersByTime(29_000)
    expect(socket.sent).toEqual([nobody])
    adapter.send(syncFrame(name, syncTypes.update, update))
    const sent = () => socket.sent.length
    for (let beat = 0; beat < 20; beat++) {
      const before = sent()
      vi.advanceTimersByTime(20_001)
      expect(sent()).toBeGreaterThan(before)
    }
    socket.readyState = 2
    const before = sent()
    vi.advanceTimersByTime(60_000)
    expect(sent()).toBe(before)
    socket.emit('close')
    expect(vi.getTimerCount()).toBe(0)
  })

  test('[YJS-2] a denial ends the connection with its code, and nothing goes out after it', async () => {
    adapter.send(deniedFrame(name, 'access/denied'))
    adapter.send(syncFrame(name, syncTypes.update, update))
    expect(ended).toEqual([])
    await settled()
    expect(ended).toEqual(['access/denied'])
    expect(socket.sent).toEqual([])
    expect(adapter.incoming(new Uint8Array([0, 0, 1, 0]))).toBeUndefined()
  })

  test.each([
    ['a reason of somebody else’s', deniedFrame(name, 'permission-denied'), 'access/denied'],
    ['a document that the server lets go of', closeFrame('Reset Connection'), 'server/internal'],
  ] as const)('[YJS-2] %s is told too', async (_what, frame, code) => {
    adapter.send(frame)
    await settled()
    expect(ended).toEqual([code])
  })
})

describe('refusals', () => {
  test('[YJS-5] end the connection with their code', async () => {
    adapter.send(syncStatusFrame(name, false))
    adapter.send(refused('access/read-only'))
    await settled()
    expect(ended).toEqual(['access/read-only'])
  })

  test('[YJS-5] what the server could not admit is asked for again, and ends the connection when it fails again', async () => {
    adapter.send(syncStatusFrame(name, false))
    adapter.send(refused('update/not-applied'))
    adapter.send(syncStatusFrame(name, true))
    adapter.send(refused('update/not-applied'))
    await settled()
    expect(ended).toEqual([])
    adapter.send(syncStatusFrame(name, false))
    adapter.send(refused('update/not-applied'))
    await settled()
    expect(ended).toEqual(['update/not-applied'])
  })

  test('[YJS-3] a code is final unless the trouble passes by itself', () => {
    // Files and pulls have no socket.
    const codes = (Object.keys(errors) as ErrorCode[]).filter((code) => !/^(attachment|sync)\//.test(code))
    for (const code of codes) adapter.close(errors[code].close, code)
    const moved = socket.closes.filter(([code]) => code !== undefined && code >= 4500)
    expect(new Set(moved.map(([, reason]) => reason))).toEqual(
      new Set(['server/internal', 'server/overloaded', 'server/stopping', 'server/storage']),
    )
    for (const [code, reason] of moved) expect(code).toBe(errors[reason as ErrorCode].close + 100)
    adapter.close(1000, 'bye')
    expect(socket.closes.at(-1)).toEqual([1000, 'bye'])
  })
})

describe('the way in', () => {
  test('[YJS-3] a key is shown again when the server wants to look at it again, a JWT is not', async () => {
    adapter.send(tokenRequestFrame(name))
    await settled()
    expect(received).toEqual([])
    openAdapter('fq_key').send(tokenRequestFrame(name))
    await settled()
    expect(received.map((frame) => readToken(frame, name.length + 2))).toEqual(['fq_key'])
  })

  test('[YJS-1] every frame gets the name of the path', () => {
    adapter.begin()
    expect(received.map((frame) => readFrameHead(frame))).toMatchObject([
      { address: name, type: frameTypes.auth },
    ])
    for (const message of [[0, 0, 1, 0], [0, 2, 2, 0, 0], [3]])
      expect(adapter.incoming(new Uint8Array(message))).toEqual(
        new Uint8Array([name.length, ...Buffer.from(name), ...message]),
      )
  })

  test.each([
    ['nothing', []],
    ['a token', [2, 0, 1, 97]],
    ['the end of a channel', [7]],
    ['a ping', [9]],
    ['a type of many bytes', [0x80, 0, 0, 0, 1, 0]],
    ['presence that is cut', [1, 9, 1]],
    ['presence with more behind it', [1, 1, 0, 0]],
  ])('[YJS-7] %s is no frame of this protocol', async (_what, message) => {
    expect(adapter.incoming(new Uint8Array(message))).toBeUndefined()
    await settled()
    expect(ended).toEqual(['frame/malformed'])
  })

  test('[YJS-6] presence that the client repeats stays here, its own goes on', () => {
    const outgoing = (id: number, state: unknown) =>
      adapter.send(awarenessFrame(name, [{ clientId: id, clock: 1, state }]))
    const incoming = (...ids: number[]) => {
      const presences = ids.map((clientId) => ({ clientId, clock: 2, state: { a: clientId } }))
      const frame = adapter.incoming(awarenessFrame('', presences).subarray(1))
      return frame === undefined
        ? undefined
        : readPresences(frame.subarray(name.length + 3)).map(({ clientId }) => clientId)
    }
    outgoing(1, {})
    expect(incoming(1)).toBeUndefined()
    expect(incoming(1, 2)).toEqual([2])
    // The server shows it its own presence as well; that stays its own.
    outgoing(2, {})
    expect(incoming(2)).toEqual([2])
    // Whoever left is nobody any more: its id may be this client's, back on a new socket.
    outgoing(1, null)
    expect(incoming(1)).toEqual([1])
    expect(ended).toEqual([])
  })
})

function closeFrame(reason: string): Uint8Array {
  return wireFrame(name, frameTypes.close, (encoder) => writeVarString(encoder, reason))
}
