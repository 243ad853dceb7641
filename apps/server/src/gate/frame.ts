import { authTypes, frameTypes } from '@fulqrun/protocol'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'

/** Head of a frame; `rest` is where its payload starts. */
export interface FrameHead {
  /** Document name, optionally followed by NUL and a session id: what answers are addressed to. */
  readonly address: string
  readonly documentName: string
  readonly type: number
  readonly rest: number
}

/** Addresses are a document name (at most 130 characters) and a session id; a longer one is nobody's. */
const maxAddressBytes = 512

/** Reads the head of a frame, or undefined when the bytes are not one. Never throws. */
export function readFrameHead(frame: Uint8Array): FrameHead | undefined {
  try {
    const decoder = decoding.createDecoder(frame)
    if (decoding.peekVarUint(decoder) > maxAddressBytes) return undefined
    const address = decoding.readVarString(decoder)
    const type = decoding.readVarUint(decoder)
    const separator = address.indexOf('\0')
    return {
      address,
      documentName: separator < 0 ? address : address.slice(0, separator),
      type,
      rest: decoder.pos,
    }
  } catch {
    return undefined
  }
}

/** Payload of a Sync frame: its step and bytes, or undefined when it is malformed. */
export function readSyncPayload(
  frame: Uint8Array,
  rest: number,
): { step: number; bytes: Uint8Array } | undefined {
  try {
    const decoder = decoding.createDecoder(frame)
    decoder.pos = rest
    const step = decoding.readVarUint(decoder)
    const bytes = decoding.readVarUint8Array(decoder)
    return decoding.hasContent(decoder) ? undefined : { step, bytes }
  } catch {
    return undefined
  }
}

/** The token of an Auth frame, or undefined when it carries none. */
export function readToken(frame: Uint8Array, rest: number): string | undefined {
  try {
    const decoder = decoding.createDecoder(frame)
    decoder.pos = rest
    return decoding.readVarUint(decoder) === authTypes.token ? decoding.readVarString(decoder) : undefined
  } catch {
    return undefined
  }
}

/** Whether the payload of an Awareness frame is well formed: client ids, clocks and JSON states. */
export function isAwarenessPayload(frame: Uint8Array, rest: number): boolean {
  try {
    const outer = decoding.createDecoder(frame)
    outer.pos = rest
    const decoder = decoding.createDecoder(decoding.readVarUint8Array(outer))
    const count = decoding.readVarUint(decoder)
    for (let index = 0; index < count; index++) {
      decoding.readVarUint(decoder)
      decoding.readVarUint(decoder)
      const state: unknown = JSON.parse(decoding.readVarString(decoder))
      if (state !== null && (typeof state !== 'object' || Array.isArray(state))) return false
    }
    return !decoding.hasContent(decoder)
  } catch {
    return false
  }
}

/** Type of a frame that goes out, read without decoding its address. */
export function outgoingType(frame: Uint8Array): { readonly type: number; readonly next: number } {
  const decoder = decoding.createDecoder(frame)
  decoder.pos = decoding.readVarUint(decoder) + decoder.pos
  const type = decoding.readVarUint(decoder)
  return { type, next: type === frameTypes.auth ? decoding.readVarUint(decoder) : -1 }
}

function frame(address: string, type: number, write?: (encoder: encoding.Encoder) => void): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarString(encoder, address)
    encoding.writeVarUint(encoder, type)
    write?.(encoder)
  })
}

/** The answer to one write: durable, or not admitted. */
export function syncStatusFrame(address: string, admitted: boolean): Uint8Array {
  return frame(address, frameTypes.syncStatus, (encoder) => encoding.writeVarUint(encoder, admitted ? 1 : 0))
}

export function statelessFrame(address: string, payload: string): Uint8Array {
  return frame(address, frameTypes.stateless, (encoder) => encoding.writeVarString(encoder, payload))
}

/** What a client opens a document with. */
export function tokenFrame(address: string, token: string): Uint8Array {
  return frame(address, frameTypes.auth, (encoder) => {
    encoding.writeVarUint(encoder, authTypes.token)
    encoding.writeVarString(encoder, token)
  })
}

export function pongFrame(address: string): Uint8Array {
  return frame(address, frameTypes.pong)
}

export function tokenRequestFrame(address: string): Uint8Array {
  return frame(address, frameTypes.auth, (encoder) => encoding.writeVarUint(encoder, authTypes.token))
}

export function deniedFrame(address: string, reason: string): Uint8Array {
  return frame(address, frameTypes.auth, (encoder) => {
    encoding.writeVarUint(encoder, authTypes.denied)
    encoding.writeVarString(encoder, reason)
  })
}

/** Asks for everything that the server's copy lacks: the other side answers with SyncStep2. */
export function syncStep1Frame(address: string, stateVector: Uint8Array): Uint8Array {
  return frame(address, frameTypes.sync, (encoder) => {
    encoding.writeVarUint(encoder, 0)
    encoding.writeVarUint8Array(encoder, stateVector)
  })
}
