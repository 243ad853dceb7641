import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { authTypes, frameTypes, syncTypes } from '@fulqrun/protocol'
import { decodeServerFrame, encodePing, encodeSync, encodeToken } from './wire.ts'

const name = 'org-1/opportunity/0197f0a0-0000-7000-8000-000000000001'

function bytesOf(write: (encoder: encoding.Encoder) => void, address = name): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarString(encoder, address)
  write(encoder)
  return encoding.toUint8Array(encoder)
}

function typed(type: number, write: (encoder: encoding.Encoder) => void = () => undefined): Uint8Array {
  return bytesOf((encoder) => {
    encoding.writeVarUint(encoder, type)
    write(encoder)
  })
}

describe('wire', () => {
  it('[WIR-1] reads every frame that a server sends', () => {
    const frameOf = (bytes: Uint8Array): unknown => {
      const decoded = decodeServerFrame(bytes)
      return decoded.ok ? decoded.frame : decoded
    }
    const auth = (kind: number, text?: string): Uint8Array =>
      typed(frameTypes.auth, (encoder) => {
        encoding.writeVarUint(encoder, kind)
        if (text !== undefined) encoding.writeVarString(encoder, text)
      })
    expect(frameOf(auth(authTypes.token))).toEqual({ type: 'tokenRequest' })
    expect(frameOf(auth(authTypes.denied, 'access/denied'))).toEqual({
      type: 'denied',
      reason: 'access/denied',
    })
    expect(frameOf(auth(authTypes.authenticated, 'readonly'))).toEqual({
      type: 'authenticated',
      canWrite: false,
    })
    expect(frameOf(auth(authTypes.authenticated, 'read-write'))).toEqual({
      type: 'authenticated',
      canWrite: true,
    })
    expect(frameOf(typed(frameTypes.pong))).toEqual({ type: 'pong' })
    expect(frameOf(typed(frameTypes.queryAwareness))).toEqual({ type: 'queryAwareness' })
    expect(frameOf(typed(frameTypes.syncStatus, (e) => encoding.writeVarUint(e, 1)))).toEqual({
      type: 'syncStatus',
      applied: true,
    })
    expect(frameOf(typed(frameTypes.close, (e) => encoding.writeVarString(e, 'bye')))).toEqual({
      type: 'close',
      reason: 'bye',
    })
  })

  it('[WIR-1] a reply to our step 1 is read like a step 1 of its own', () => {
    const payload = Uint8Array.of(1, 2, 3)
    for (const type of [frameTypes.sync, frameTypes.syncReply]) {
      const decoded = decodeServerFrame(
        typed(type, (encoder) => {
          encoding.writeVarUint(encoder, syncTypes.step1)
          encoding.writeVarUint8Array(encoder, payload)
        }),
      )
      expect(decoded).toMatchObject({
        ok: true,
        document: name,
        frame: { type: 'syncStep1', stateVector: payload },
      })
    }
  })

  it('[WIR-2] an address with a session id is the same document', () => {
    const decoded = decodeServerFrame(
      bytesOf((encoder) => encoding.writeVarUint(encoder, frameTypes.pong), `${name}\0session`),
    )
    expect(decoded).toMatchObject({ ok: true, document: name })
  })

  it('[WIR-3] never throws on junk', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const decoded = decodeServerFrame(bytes)
        expect(typeof decoded.ok).toBe('boolean')
      }),
      { numRuns: 2000 },
    )
    expect(decodeServerFrame(Uint8Array.of())).toEqual({ ok: false, problem: 'malformed' })
    expect(decodeServerFrame(typed(99))).toEqual({ ok: false, problem: 'unknown' })
  })

  it('[WIR-3] never throws on a good frame that was cut or changed', () => {
    const doc = new Y.Doc()
    doc.getMap('fields').set('name', 'Aster')
    const good = encodeSync(name, 'update', Y.encodeStateAsUpdate(doc))
    fc.assert(
      fc.property(
        fc.nat({ max: good.length - 1 }),
        fc.nat({ max: 255 }),
        fc.nat({ max: good.length }),
        (at, byte, end) => {
          const bad = good.slice(0, end)
          if (at < bad.length) bad[at] = byte
          expect(() => decodeServerFrame(bad)).not.toThrow()
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('[WIR-4] writes what the server expects: address, type, payload', () => {
    const decoder = decoding.createDecoder(encodeToken(name, 'jwt'))
    expect(decoding.readVarString(decoder)).toBe(name)
    expect(decoding.readVarUint(decoder)).toBe(frameTypes.auth)
    expect(decoding.readVarUint(decoder)).toBe(authTypes.token)
    expect(decoding.readVarString(decoder)).toBe('jwt')
    expect(decoding.readVarString(decoder)).toMatch(/^fulqrun/)
    expect([...encodePing()]).toEqual([0, frameTypes.ping])
  })
})
