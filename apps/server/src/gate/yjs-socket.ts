import {
  authTypes,
  type ErrorCode,
  errors,
  frameTypes,
  isErrorCode,
  parseServerMessage,
  reactionTo,
} from '@fulqrun/protocol'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import type { WebSocket } from 'ws'
import { isApiKey } from '../accounts/api-keys.ts'
import { tokenFrame } from './frame.ts'
import type { GateSocket } from './gate-socket.ts'
import { PresenceEcho } from './presence-echo.ts'
import type { YjsTarget } from './yjs-address.ts'

/** A stock client takes a connection for dead that says nothing for 30 s; twice this is what it may have to wait. */
const silenceMs = 10_000

/** Presence of nobody: the smallest frame that every client of this protocol reads without a complaint. */
const nobody = new Uint8Array([frameTypes.awareness, 1, 0])

/** The gate behind the socket. */
interface GateSide {
  receive(frame: Uint8Array): void
  end(code: ErrorCode): void
}

/**
 * A socket of `/yjs/<document name>`: makes a stock y-websocket client and the gate understand each other. Its frames
 * carry no document name, since the path names the only one, and know four types. On the way in it adds the name, on
 * the way out it takes the name off and keeps back what such a client does not know.
 *
 * - YJS-3 What such a client cannot be told in words it is told by the end of the connection: 44xx is final for it,
 *   45xx makes it come back by itself.
 * - YJS-5 A refused write ends the connection: the client would go on over a copy that has drifted from everybody's.
 */
export class YjsSocket implements GateSocket {
  readonly #socket: WebSocket
  readonly #target: YjsTarget
  /** The name as frames of the gate begin with it. */
  readonly #head: Uint8Array
  readonly #gate: GateSide
  readonly #presence = new PresenceEcho()
  readonly #heartbeat: NodeJS.Timeout
  #isSilent = false
  #isEnding = false
  /** The server could not admit a write and has asked for it again. */
  #isAskedAgain = false

  constructor(socket: WebSocket, target: YjsTarget, gate: GateSide) {
    this.#socket = socket
    this.#target = target
    this.#head = encoding.encode((encoder) => encoding.writeVarString(encoder, target.name))
    this.#gate = gate
    this.#heartbeat = setInterval(() => this.#beat(), silenceMs)
    socket.once('close', () => clearInterval(this.#heartbeat))
  }

  /** Opens the document, as a client of `/sync` would have begun. */
  begin(): void {
    this.#gate.receive(tokenFrame(this.#target.name, this.#target.token))
  }

  /** A message of the client as a frame for the gate; undefined when there is nothing in it for the gate. */
  incoming(message: Uint8Array): Uint8Array | undefined {
    if (this.#isEnding) return undefined
    switch (message[0]) {
      case frameTypes.sync:
      case frameTypes.queryAwareness:
        return this.#addressed(message)
      case frameTypes.awareness:
        return this.#ownPresence(message)
      default:
        this.#finish('frame/malformed')
        return undefined
    }
  }

  // What the gate sees of it -----------------------------------------------------------------------------------------

  get OPEN(): number {
    return this.#socket.OPEN
  }

  get readyState(): number {
    return this.#socket.readyState
  }

  get isPaused(): boolean {
    return this.#socket.isPaused
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount
  }

  /** A frame of the gate, for the client if it concerns such a client. */
  send(frame: Uint8Array): void {
    if (this.#isEnding) return
    const message = frame.subarray(this.#head.byteLength)
    switch (message[0]) {
      case frameTypes.sync:
        this.#forward(message)
        return
      case frameTypes.syncReply: {
        const sync = message.slice()
        sync[0] = frameTypes.sync
        this.#forward(sync)
        return
      }
      case frameTypes.awareness:
        this.#presence.noteShown(readBytes(message))
        this.#forward(message)
        return
      case frameTypes.auth:
        if (message[1] === authTypes.denied) this.#finish(codeIn(readText(message, 2)))
        // A key is good until it is revoked and is only looked at again; a JWT has an end, and its client no other one.
        else if (message[1] === authTypes.token && isApiKey(this.#target.token))
          queueMicrotask(() => this.begin())
        return
      case frameTypes.syncStatus:
        if (message[1] === 1) this.#isAskedAgain = false
        return
      case frameTypes.stateless:
        this.#receiveMessage(readText(message, 1))
        return
      case frameTypes.close:
        // Hocuspocus has let go of the only document here, which it does by itself only after a fault of its own.
        this.#finish('server/internal')
        return
      default:
    }
  }

  close(code?: number, reason?: string): void {
    this.#isEnding = true
    this.#socket.close(isErrorCode(reason) ? closeCodeOf(reason) : code, reason)
  }

  terminate(): void {
    this.#socket.terminate()
  }

  ping(): void {
    this.#socket.ping()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  // ------------------------------------------------------------------------------------------------------------------

  #addressed(message: Uint8Array): Uint8Array {
    const frame = new Uint8Array(this.#head.byteLength + message.byteLength)
    frame.set(this.#head)
    frame.set(message, this.#head.byteLength)
    return frame
  }

  #ownPresence(message: Uint8Array): Uint8Array | undefined {
    let own: Uint8Array | undefined
    try {
      own = this.#presence.keepOwn(readBytes(message))
    } catch {
      this.#finish('frame/malformed')
      return undefined
    }
    if (own === undefined) return undefined
    return encoding.encode((encoder) => {
      encoding.writeUint8Array(encoder, this.#head)
      encoding.writeVarUint(encoder, frameTypes.awareness)
      encoding.writeVarUint8Array(encoder, own)
    })
  }

  #receiveMessage(payload: string): void {
    const message = parseServerMessage(payload)
    // What was put back arrives as an edit like any other.
    if (message?.type !== 'refused') return
    if (message.code === 'update/not-applied' && !this.#isAskedAgain) this.#isAskedAgain = true
    else this.#finish(message.code)
  }

  #forward(message: Uint8Array): void {
    this.#isSilent = false
    this.#socket.send(message)
  }

  #beat(): void {
    if (this.#isSilent && !this.#isEnding && this.readyState === this.OPEN) this.#socket.send(nobody)
    this.#isSilent = true
  }

  /** Not at once: the gate or Hocuspocus is in the middle of saying something. */
  #finish(code: ErrorCode): void {
    this.#isEnding = true
    queueMicrotask(() => this.#gate.end(code))
  }
}

/**
 * y-websocket 3.1 gives up after a close code of 4400 to 4499 and tries again after any other. So what passes by itself
 * is moved to 4500 to 4599. An expired token stays: the same token again would be refused again. So does a write that
 * could not be admitted twice: it would be brought again and again.
 */
function closeCodeOf(code: ErrorCode): number {
  const { close } = errors[code]
  const passes =
    reactionTo(code) === 'retry' && code !== 'auth/token-expired' && code !== 'update/not-applied'
  return passes ? close + 100 : close
}

function codeIn(reason: string): ErrorCode {
  return isErrorCode(reason) ? reason : 'access/denied'
}

/** The bytes behind the type of a message. Throws when they are cut or followed by more. */
function readBytes(message: Uint8Array): Uint8Array {
  const decoder = decoding.createDecoder(message)
  decoder.pos = 1
  const bytes = decoding.readVarUint8Array(decoder)
  if (decoding.hasContent(decoder)) throw new RangeError('more than a message')
  return bytes
}

function readText(message: Uint8Array, at: number): string {
  const decoder = decoding.createDecoder(message)
  decoder.pos = at
  return decoding.readVarString(decoder)
}
