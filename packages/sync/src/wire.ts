/**
 * Frames of the Hocuspocus wire protocol, read and written. A frame is `varString(address) varUint(type) payload`.
 * Reading never throws: what is not a frame, or not one that a device can get, comes back as a typed result.
 */
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { authTypes, frameTypes, syncTypes } from '@fulqrun/protocol'

export type ServerFrame =
  | { readonly type: 'syncStep1'; readonly stateVector: Uint8Array }
  | { readonly type: 'syncStep2'; readonly update: Uint8Array }
  | { readonly type: 'update'; readonly update: Uint8Array }
  | { readonly type: 'awareness'; readonly update: Uint8Array }
  | { readonly type: 'queryAwareness' }
  | { readonly type: 'tokenRequest' }
  | { readonly type: 'denied'; readonly reason: string }
  | { readonly type: 'authenticated'; readonly canWrite: boolean }
  | { readonly type: 'stateless'; readonly payload: string }
  | { readonly type: 'close'; readonly reason: string }
  | { readonly type: 'syncStatus'; readonly applied: boolean }
  | { readonly type: 'pong' }

export type DecodedFrame =
  | { readonly ok: true; readonly document: string; readonly frame: ServerFrame }
  /** `unknown`: a well-formed frame of a type that this version does not know; ignore it. */
  | { readonly ok: false; readonly problem: 'malformed' | 'unknown' }

/** Reads one frame from the server. An address may carry a session id after NUL, which is not part of the name. */
export function decodeServerFrame(bytes: Uint8Array): DecodedFrame {
  try {
    const decoder = decoding.createDecoder(bytes)
    const address = decoding.readVarString(decoder)
    const frame = readFrame(decoder)
    if (frame === undefined) return { ok: false, problem: 'unknown' }
    const nul = address.indexOf('\0')
    return { ok: true, document: nul === -1 ? address : address.slice(0, nul), frame }
  } catch {
    // lib0 throws on running past the end and on numbers out of range: that is what malformed means here.
    return { ok: false, problem: 'malformed' }
  }
}

function readFrame(decoder: decoding.Decoder): ServerFrame | undefined {
  switch (decoding.readVarUint(decoder)) {
    case frameTypes.sync:
    case frameTypes.syncReply:
      return readSync(decoder)
    case frameTypes.awareness:
      return { type: 'awareness', update: readBytes(decoder) }
    case frameTypes.auth:
      return readAuth(decoder)
    case frameTypes.queryAwareness:
      return { type: 'queryAwareness' }
    case frameTypes.stateless:
      return { type: 'stateless', payload: decoding.readVarString(decoder) }
    case frameTypes.close:
      return { type: 'close', reason: decoding.readVarString(decoder) }
    case frameTypes.syncStatus:
      return { type: 'syncStatus', applied: decoding.readVarUint(decoder) === 1 }
    case frameTypes.pong:
      return { type: 'pong' }
    default:
      return undefined
  }
}

function readSync(decoder: decoding.Decoder): ServerFrame | undefined {
  switch (decoding.readVarUint(decoder)) {
    case syncTypes.step1:
      return { type: 'syncStep1', stateVector: readBytes(decoder) }
    case syncTypes.step2:
      return { type: 'syncStep2', update: readBytes(decoder) }
    case syncTypes.update:
      return { type: 'update', update: readBytes(decoder) }
    default:
      return undefined
  }
}

function readAuth(decoder: decoding.Decoder): ServerFrame | undefined {
  switch (decoding.readVarUint(decoder)) {
    case authTypes.token:
      return { type: 'tokenRequest' }
    case authTypes.denied:
      return { type: 'denied', reason: decoding.readVarString(decoder) }
    case authTypes.authenticated:
      return { type: 'authenticated', canWrite: decoding.readVarString(decoder) !== 'readonly' }
    default:
      return undefined
  }
}

/** A copy: lib0 returns a view into the frame, which would keep the whole frame alive in stores. */
function readBytes(decoder: decoding.Decoder): Uint8Array {
  return decoding.readVarUint8Array(decoder).slice()
}

/** Sent with the token; the server logs it. */
const clientVersion = 'fulqrun-1'

export function encodeToken(document: string, token: string): Uint8Array {
  return encode(document, (encoder) => {
    encoding.writeVarUint(encoder, frameTypes.auth)
    encoding.writeVarUint(encoder, authTypes.token)
    encoding.writeVarString(encoder, token)
    encoding.writeVarString(encoder, clientVersion)
  })
}

export function encodeSync(document: string, type: keyof typeof syncTypes, payload: Uint8Array): Uint8Array {
  return encode(document, (encoder) => {
    encoding.writeVarUint(encoder, frameTypes.sync)
    encoding.writeVarUint(encoder, syncTypes[type])
    encoding.writeVarUint8Array(encoder, payload)
  })
}

export function encodeAwareness(document: string, update: Uint8Array): Uint8Array {
  return encode(document, (encoder) => {
    encoding.writeVarUint(encoder, frameTypes.awareness)
    encoding.writeVarUint8Array(encoder, update)
  })
}

/** Leaves one document; the server answers with a close of its own. */
export function encodeClose(document: string, reason: string): Uint8Array {
  return encode(document, (encoder) => {
    encoding.writeVarUint(encoder, frameTypes.close)
    encoding.writeVarString(encoder, reason)
  })
}

export function encodePing(): Uint8Array {
  return encode('', (encoder) => {
    encoding.writeVarUint(encoder, frameTypes.ping)
  })
}

function encode(document: string, write: (encoder: encoding.Encoder) => void): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarString(encoder, document)
  write(encoder)
  return encoding.toUint8Array(encoder)
}
