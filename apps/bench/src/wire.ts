import { authTypes, frameTypes, syncTypes } from '@fulqrun/protocol'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'

/**
 * The two wire protocols of the compared servers. A Hocuspocus frame is a y-websocket frame with the document's name
 * in front, plus authentication and acknowledgements; y-websocket names the document in the address instead.
 */
export type Wire = 'hocuspocus' | 'y-websocket'

export type Frame =
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'denied'; readonly reason: string }
  /** The server asks what this side has: it is ready for updates. */
  | { readonly kind: 'ready' }
  /** What the server has that this side has not; the answer to {@link encodeRequest}. */
  | { readonly kind: 'content'; readonly update: Uint8Array }
  | { readonly kind: 'update'; readonly update: Uint8Array }
  | { readonly kind: 'acknowledged'; readonly applied: boolean }
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'closed'; readonly reason: string }
  | { readonly kind: 'other' }

/** Sent as provider version, so that servers that look at it see a current provider. */
const providerVersion = '4.7.0'
/** State vector of a document that holds nothing: asks for everything. */
const emptyStateVector = Uint8Array.of(0)

function encodeFrame(wire: Wire, name: string, write: (encoder: encoding.Encoder) => void): Uint8Array {
  return encoding.encode((encoder) => {
    if (wire === 'hocuspocus') encoding.writeVarString(encoder, name)
    write(encoder)
  })
}

export function encodeToken(name: string, token: string): Uint8Array {
  return encodeFrame('hocuspocus', name, (encoder) => {
    encoding.writeVarUint(encoder, frameTypes.auth)
    encoding.writeVarUint(encoder, authTypes.token)
    encoding.writeVarString(encoder, token)
    encoding.writeVarString(encoder, providerVersion)
  })
}

/** Asks for the whole document. */
export function encodeRequest(wire: Wire, name: string): Uint8Array {
  return encodeSync(wire, name, { type: syncTypes.step1, payload: emptyStateVector })
}

export function encodeUpdate(wire: Wire, name: string, update: Uint8Array): Uint8Array {
  return encodeSync(wire, name, { type: syncTypes.update, payload: update })
}

function encodeSync(
  wire: Wire,
  name: string,
  { type, payload }: { readonly type: number; readonly payload: Uint8Array },
): Uint8Array {
  return encodeFrame(wire, name, (encoder) => {
    encoding.writeVarUint(encoder, frameTypes.sync)
    encoding.writeVarUint(encoder, type)
    encoding.writeVarUint8Array(encoder, payload)
  })
}

/** Reads a frame from the server without applying anything; throws when the bytes are not a frame. */
export function decodeFrame(wire: Wire, bytes: Uint8Array): Frame {
  const decoder = decoding.createDecoder(bytes)
  if (wire === 'hocuspocus') decoding.readVarString(decoder)
  const type = decoding.readVarUint(decoder)
  if (type === frameTypes.sync || (wire === 'hocuspocus' && type === frameTypes.syncReply))
    return decodeSync(decoder)
  return wire === 'hocuspocus' ? decodeHocuspocus(type, decoder) : { kind: 'other' }
}

function decodeSync(decoder: decoding.Decoder): Frame {
  const type = decoding.readVarUint(decoder)
  if (type === syncTypes.step1) return { kind: 'ready' }
  const update = decoding.readVarUint8Array(decoder)
  return { kind: type === syncTypes.step2 ? 'content' : 'update', update }
}

function decodeHocuspocus(type: number, decoder: decoding.Decoder): Frame {
  switch (type) {
    case frameTypes.auth:
      return decodeAuth(decoder)
    case frameTypes.syncStatus:
      return { kind: 'acknowledged', applied: decoding.readVarUint(decoder) === 1 }
    case frameTypes.stateless:
      return { kind: 'message', text: decoding.readVarString(decoder) }
    case frameTypes.close:
      return { kind: 'closed', reason: decoding.readVarString(decoder) }
    default:
      return { kind: 'other' }
  }
}

function decodeAuth(decoder: decoding.Decoder): Frame {
  const type = decoding.readVarUint(decoder)
  if (type === authTypes.authenticated) return { kind: 'authenticated' }
  if (type === authTypes.denied) return { kind: 'denied', reason: decoding.readVarString(decoder) }
  return { kind: 'other' }
}
