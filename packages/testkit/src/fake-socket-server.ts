/**
 * A server in memory that speaks the Hocuspocus wire protocol as `/sync` does, and misbehaves on request. It stands
 * at the other end of sockets that it hands out; frames travel over a stepped network.
 */
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'
import {
  authTypes,
  encodeServerMessage,
  type ErrorCode,
  frameTypes,
  type ServerMessage,
  syncTypes,
} from '@fulqrun/protocol'
import { createSteppedNetwork, type SteppedNetwork } from './stepped-network.ts'

/** The client's end; the shape of the sync package's `SocketPort`. */
export interface FakeSocket {
  onopen: (() => void) | null
  onmessage: ((data: Uint8Array) => void) | null
  onclose: ((code: number, reason: string) => void) | null
  send(data: Uint8Array): void
  close(code?: number, reason?: string): void
}

export type FrameName = keyof typeof frameTypes

/** A frame from a client, as the server saw it. */
export interface SeenFrame {
  readonly document: string
  readonly type: FrameName | 'step1' | 'step2' | 'update'
  /** Token, update or state vector. */
  readonly payload?: Uint8Array | string | undefined
}

interface Connection {
  readonly socket: FakeSocket
  readonly attached: Set<string>
  /** Asked for and not answered yet. */
  readonly pending: Set<string>
  isOpen: boolean
  /** Closed by the server: what it sent before is still on its way. */
  isClosedHere: boolean
}

/** How a server behaves; change it at any time. */
export interface Behaviour {
  /** New sockets open. False: they hang without a word, as behind a black hole. */
  accepts: boolean
  /** False: the upgrade is answered with a page, as by a captive portal or a proxy without a server behind it. */
  upgrades: boolean
  /** Sockets are let in and closed with this reason as soon as they have authenticated. */
  throwsOut: string | undefined
  /** The socket opens and nothing is ever said on it (SYNC E13). */
  isMute: boolean
  /** Acknowledgements are kept back until `releaseStatuses`, as while the disk is slow. */
  holdsStatuses: boolean
  /** Documents that are denied, with the reason. */
  readonly denied: Map<string, string>
  readonly readOnly: Set<string>
  /** Updates of these documents are refused with the code. */
  readonly refusing: Map<string, ErrorCode>
  /** Refusals come without the message that gives the reason, as from a stock server. */
  refusesSilently: boolean
}

export class FakeSocketServer {
  readonly network: SteppedNetwork = createSteppedNetwork()
  readonly behaviour: Behaviour = {
    accepts: true,
    upgrades: true,
    throwsOut: undefined,
    isMute: false,
    holdsStatuses: false,
    denied: new Map(),
    readOnly: new Set(),
    refusing: new Map(),
    refusesSilently: false,
  }
  /** Every frame that arrived, oldest first. */
  readonly seen: SeenFrame[] = []
  /** Sockets asked for so far, opened or not. */
  opened = 0
  /** Most documents that waited for authentication on one socket at a time. */
  mostPending = 0
  readonly #docs = new Map<string, Y.Doc>()
  readonly #connections = new Set<Connection>()
  #held: (() => void)[] = []

  /** For a client's ports. */
  openSocket(): FakeSocket {
    this.opened += 1
    const socket: FakeSocket = {
      onopen: null,
      onmessage: null,
      onclose: null,
      send: (data) => this.network.send(() => this.#receive(connection, data)),
      close: () => this.#closedByClient(connection),
    }
    const connection: Connection = {
      socket,
      attached: new Set(),
      pending: new Set(),
      isOpen: false,
      isClosedHere: false,
    }
    this.network.send(() => {
      if (!this.behaviour.accepts) return
      if (!this.behaviour.upgrades) {
        // All that a browser tells about it.
        socket.onclose?.(1006, '')
        return
      }
      connection.isOpen = true
      this.#connections.add(connection)
      socket.onopen?.()
    })
    return socket
  }

  /** The server's copy of a document. */
  doc(name: string): Y.Doc {
    const known = this.#docs.get(name)
    if (known !== undefined) return known
    const doc = new Y.Doc()
    this.#docs.set(name, doc)
    doc.on('update', (update: Uint8Array, origin: unknown) => this.#broadcast(name, update, origin))
    return doc
  }

  /** Forgets a document, as when the server's data was restored from before it. */
  forget(name: string): void {
    this.#docs.delete(name)
  }

  /** Sockets that are open. */
  get connections(): number {
    return this.#connections.size
  }

  /** Frames of a type for a document, or for any. */
  count(type: SeenFrame['type'], document?: string): number {
    return this.seen.filter((frame) => frame.type === type && (document ?? frame.document) === frame.document)
      .length
  }

  isAttached(document: string): boolean {
    return [...this.#connections].some((connection) => connection.attached.has(document))
  }

  /** Closes all sockets from the server's side. */
  closeAll(code = 1006, reason = ''): void {
    for (const connection of this.#connections) this.#closeSocket(connection, code, reason)
  }

  /** Closes the socket that was opened first; the others stay. */
  closeOldest(): void {
    const [oldest] = this.#connections
    if (oldest !== undefined) this.#closeSocket(oldest, 1006, '')
  }

  #closeSocket(connection: Connection, code: number, reason: string): void {
    this.#connections.delete(connection)
    connection.isOpen = false
    connection.isClosedHere = true
    // What was sent before it still arrives.
    this.network.send(() => connection.socket.onclose?.(code, reason))
  }

  /** Lets go of one document, as after a hook that threw; the socket stays (SYNC E3). */
  closeDocument(document: string, reason = 'Reset Connection'): void {
    for (const connection of this.#connections) {
      if (connection.attached.delete(document)) {
        this.#send(
          connection,
          frame(document, frameTypes.close, (encoder) => encoding.writeVarString(encoder, reason)),
        )
      }
    }
  }

  requestToken(document: string): void {
    this.sendRaw(
      frame(document, frameTypes.auth, (encoder) => encoding.writeVarUint(encoder, authTypes.token)),
    )
  }

  sendStateless(document: string, message: ServerMessage): void {
    this.sendRaw(
      frame(document, frameTypes.stateless, (encoder) =>
        encoding.writeVarString(encoder, encodeServerMessage(message)),
      ),
    )
  }

  /** Any bytes, to all sockets. */
  sendRaw(bytes: Uint8Array): void {
    for (const connection of this.#connections) this.#send(connection, bytes)
  }

  /** The disk has caught up: sends the acknowledgements that were held back, and holds no more. */
  releaseStatuses(): void {
    this.behaviour.holdsStatuses = false
    const held = this.#held
    this.#held = []
    for (const send of held) send()
  }

  /** Sends the oldest acknowledgement that was held back, and goes on holding. */
  releaseOneStatus(): void {
    this.#held.shift()?.()
  }

  #closedByClient(connection: Connection): void {
    connection.isOpen = false
    this.#connections.delete(connection)
  }

  #send(connection: Connection, bytes: Uint8Array): void {
    this.network.send(() => {
      if (connection.isOpen || connection.isClosedHere) connection.socket.onmessage?.(bytes)
    })
  }

  #receive(connection: Connection, bytes: Uint8Array): void {
    if (!connection.isOpen) return
    const decoder = decoding.createDecoder(bytes)
    const document = decoding.readVarString(decoder)
    const type = decoding.readVarUint(decoder)
    const name = nameOf(type)
    if (type === frameTypes.ping) {
      this.seen.push({ document, type: 'ping' })
      if (!this.behaviour.isMute) this.#send(connection, frame(document, frameTypes.pong))
    } else if (type === frameTypes.auth) {
      decoding.readVarUint(decoder)
      this.#authenticate(connection, document, decoding.readVarString(decoder))
    } else if (type === frameTypes.close) {
      this.seen.push({ document, type: 'close' })
      this.#leave(connection, document)
    } else if (type === frameTypes.sync) {
      this.#sync(connection, document, decoder)
    } else {
      const payload = decoding.readVarUint8Array(decoder)
      this.seen.push({ document, type: name, payload })
      if (type === frameTypes.awareness) this.#relay(connection, document, bytes)
    }
  }

  #authenticate(connection: Connection, document: string, token: string): void {
    this.seen.push({ document, type: 'auth', payload: token })
    if (this.behaviour.isMute) return
    // As the real one does: a token for a document that is attached renews the socket and is not answered.
    if (connection.attached.has(document)) return
    const reason = this.behaviour.denied.get(document)
    connection.pending.add(document)
    this.mostPending = Math.max(this.mostPending, connection.pending.size)
    this.network.send(() => {
      if (!connection.isOpen) return
      connection.pending.delete(document)
      if (reason === undefined) connection.attached.add(document)
      const bytes = frame(document, frameTypes.auth, (encoder) => {
        encoding.writeVarUint(encoder, reason === undefined ? authTypes.authenticated : authTypes.denied)
        const scope = this.behaviour.readOnly.has(document) ? 'readonly' : 'read-write'
        encoding.writeVarString(encoder, reason ?? scope)
      })
      this.#send(connection, bytes)
      if (this.behaviour.throwsOut !== undefined)
        this.#closeSocket(connection, 4400, this.behaviour.throwsOut)
    })
  }

  /** Hocuspocus leaves a turn later: a token that arrives before that is taken for a renewal and not answered. */
  #leave(connection: Connection, document: string): void {
    this.network.send(() => {
      if (!connection.attached.delete(document)) return
      const bytes = frame(document, frameTypes.close, (encoder) => encoding.writeVarString(encoder, ''))
      this.#send(connection, bytes)
    })
  }

  #sync(connection: Connection, document: string, decoder: decoding.Decoder): void {
    const step = decoding.readVarUint(decoder)
    const payload = decoding.readVarUint8Array(decoder)
    this.seen.push({
      document,
      type: step === syncTypes.step1 ? 'step1' : step === syncTypes.step2 ? 'step2' : 'update',
      payload,
    })
    if (!connection.attached.has(document)) return
    const doc = this.doc(document)
    if (step === syncTypes.step1) {
      // Hocuspocus asks first and answers second.
      this.#send(connection, syncFrame(document, syncTypes.step1, Y.encodeStateVector(doc)))
      this.#send(connection, syncFrame(document, syncTypes.step2, Y.encodeStateAsUpdate(doc, payload)))
      return
    }
    this.#admit(connection, document, payload)
  }

  #admit(connection: Connection, document: string, update: Uint8Array): void {
    const doc = this.doc(document)
    const adds = !Y.snapshotContainsUpdate(Y.snapshot(doc), update)
    const code =
      this.behaviour.refusing.get(document) ??
      (this.behaviour.readOnly.has(document) ? ('access/read-only' as const) : undefined)
    const isRefused = code !== undefined && adds
    if (!isRefused) Y.applyUpdate(doc, update, connection)
    this.#answer(() => {
      this.#send(
        connection,
        frame(document, frameTypes.syncStatus, (encoder) =>
          encoding.writeVarUint(encoder, isRefused ? 0 : 1),
        ),
      )
      if (isRefused && !this.behaviour.refusesSilently) {
        const message = encodeServerMessage({ type: 'refused', code })
        this.#send(
          connection,
          frame(document, frameTypes.stateless, (encoder) => encoding.writeVarString(encoder, message)),
        )
      }
    })
  }

  #answer(send: () => void): void {
    if (this.behaviour.holdsStatuses) this.#held.push(send)
    else send()
  }

  #broadcast(document: string, update: Uint8Array, origin: unknown): void {
    for (const connection of this.#connections) {
      if (connection !== origin && connection.attached.has(document)) {
        this.#send(connection, syncFrame(document, syncTypes.update, update))
      }
    }
  }

  #relay(from: Connection, document: string, bytes: Uint8Array): void {
    for (const connection of this.#connections) {
      if (connection !== from && connection.attached.has(document)) this.#send(connection, bytes)
    }
  }
}

function nameOf(type: number): FrameName {
  const found = Object.entries(frameTypes).find(([, value]) => value === type)
  return (found?.[0] ?? 'stateless') as FrameName
}

function frame(document: string, type: number, write?: (encoder: encoding.Encoder) => void): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarString(encoder, document)
  encoding.writeVarUint(encoder, type)
  write?.(encoder)
  return encoding.toUint8Array(encoder)
}

function syncFrame(document: string, step: number, payload: Uint8Array): Uint8Array {
  return frame(document, frameTypes.sync, (encoder) => {
    encoding.writeVarUint(encoder, step)
    encoding.writeVarUint8Array(encoder, payload)
  })
}
