import {
  authTypes,
  type DocumentName,
  type FeedMessage,
  frameTypes,
  parseDocumentName,
  parseServerMessage,
  type ServerMessage,
  syncTypes,
} from '@fulqrun/protocol'
import { defineRoots } from '@fulqrun/schema'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { WebSocket } from 'ws'
import * as Y from 'yjs'

/**
 * A small client of `/sync` that hides nothing: it sends what it is told, frame by frame, counts every answer and shows
 * every frame. For tests of what a server does with honest, sloppy and hostile clients alike. Not a provider: it does
 * not reconnect, it does not retry.
 */

/** Waiting for the server longer than this fails the test; no test depends on it being reached. */
const patienceMs = 45_000

export interface WireClose {
  readonly code: number
  readonly reason: string
}

export interface WireOptions {
  /** `ws://host:port/sync` */
  readonly url: string
  /** JWT or API key, sent with every attach that brings none of its own. */
  readonly token?: string | undefined
}

/** A frame from the server, read as far as its head. */
export interface WireFrame {
  readonly address: string
  readonly type: number
  /** Of a sync or auth frame: its second number. */
  readonly subtype: number | undefined
  /** Payload of a sync or awareness frame. */
  readonly bytes: Uint8Array | undefined
  /** Text of an auth, stateless or close frame. */
  readonly text: string | undefined
  /** Value of a SyncStatus frame. */
  readonly admitted: boolean | undefined
}

export function readWireFrame(data: Uint8Array): WireFrame {
  const decoder = decoding.createDecoder(data)
  const address = decoding.readVarString(decoder)
  const type = decoding.readVarUint(decoder)
  const empty = { address, type, subtype: undefined, bytes: undefined, text: undefined, admitted: undefined }
  switch (type) {
    case frameTypes.sync:
    case frameTypes.syncReply:
      return { ...empty, subtype: decoding.readVarUint(decoder), bytes: decoding.readVarUint8Array(decoder) }
    case frameTypes.awareness:
      return { ...empty, bytes: decoding.readVarUint8Array(decoder) }
    case frameTypes.auth: {
      const subtype = decoding.readVarUint(decoder)
      const text = decoding.hasContent(decoder) ? decoding.readVarString(decoder) : undefined
      return { ...empty, subtype, text }
    }
    case frameTypes.stateless:
    case frameTypes.close:
      return { ...empty, text: decoding.readVarString(decoder) }
    case frameTypes.syncStatus:
      return { ...empty, admitted: decoding.readVarUint(decoder) === 1 }
    default:
      return empty
  }
}

type Write = (encoder: encoding.Encoder) => void

/** Any frame: an address, a type and whatever follows. */
export function wireFrame(address: string, type: number, write?: Write): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarString(encoder, address)
    encoding.writeVarUint(encoder, type)
    write?.(encoder)
  })
}

export function tokenFrame(address: string, token: string): Uint8Array {
  return wireFrame(address, frameTypes.auth, (encoder) => {
    encoding.writeVarUint(encoder, authTypes.token)
    encoding.writeVarString(encoder, token)
    encoding.writeVarString(encoder, 'wire-client')
  })
}

export function syncFrame(address: string, step: number, bytes: Uint8Array): Uint8Array {
  return wireFrame(address, frameTypes.sync, (encoder) => {
    encoding.writeVarUint(encoder, step)
    encoding.writeVarUint8Array(encoder, bytes)
  })
}

export function updateFrame(address: string, update: Uint8Array): Uint8Array {
  return syncFrame(address, syncTypes.update, update)
}

/** One client's presence; a state of null takes it away. */
export interface WirePresence {
  readonly clientId: number
  readonly clock: number
  readonly state: unknown
}

export function awarenessFrame(address: string, presences: readonly WirePresence[]): Uint8Array {
  return wireFrame(address, frameTypes.awareness, (encoder) => {
    const payload = encoding.encode((inner) => {
      encoding.writeVarUint(inner, presences.length)
      for (const { clientId, clock, state } of presences) {
        encoding.writeVarUint(inner, clientId)
        encoding.writeVarUint(inner, clock)
        encoding.writeVarString(inner, JSON.stringify(state))
      }
    })
    encoding.writeVarUint8Array(encoder, payload)
  })
}

export function readPresences(bytes: Uint8Array): WirePresence[] {
  const decoder = decoding.createDecoder(bytes)
  return Array.from({ length: decoding.readVarUint(decoder) }, () => ({
    clientId: decoding.readVarUint(decoder),
    clock: decoding.readVarUint(decoder),
    state: JSON.parse(decoding.readVarString(decoder)) as unknown,
  }))
}

interface Waiter {
  readonly isDone: () => boolean
  readonly resolve: () => void
  readonly reject: (error: Error) => void
  readonly what: string
  readonly timer: NodeJS.Timeout
}

/** One socket. `closed` tells how it ended. */
export class WireClient implements AsyncDisposable {
  readonly #socket: WebSocket
  readonly #token: string
  readonly #channels = new Map<string, WireChannel>()
  readonly #waiters = new Set<Waiter>()
  readonly #listeners = new Set<(frame: WireFrame) => void>()
  /** Every frame from the server, in order. */
  readonly frames: WireFrame[] = []
  /** News of the catalogue and events, on whichever channel they came. */
  readonly feeds: FeedMessage[] = []
  readonly closed: Promise<WireClose>
  /** How it ended; undefined while it is open. */
  close: WireClose | undefined

  private constructor(socket: WebSocket, token: string) {
    this.#socket = socket
    this.#token = token
    socket.on('message', (data) => this.#receive(data as Buffer))
    // The close event that follows says all there is to say.
    socket.on('error', () => undefined)
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        this.close = { code, reason: reason.toString() }
        resolve(this.close)
        this.#wake()
      })
    })
  }

  /** Resolves when the socket is open; rejects with the server's HTTP answer when it does not upgrade. */
  static connect({ url, token = '' }: WireOptions): Promise<WireClient> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 0 })
      const client = new WireClient(socket, token)
      socket.once('open', () => resolve(client))
      socket.once('error', reject)
    })
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN
  }

  /** Bytes handed to `send` that have not left yet. */
  get unsentBytes(): number {
    return this.#socket.bufferedAmount
  }

  send(data: Uint8Array | string): void {
    if (this.isOpen) this.#socket.send(data)
  }

  /** Names a document and asks to open it. `address` lets a test use a session id or nonsense. */
  attach(name: DocumentName, options: WireAttachOptions = {}): WireChannel {
    const channel = new WireChannel(this, name, options)
    this.#channels.set(channel.address, channel)
    this.send(tokenFrame(channel.address, options.token ?? this.#token))
    this.send(syncFrame(channel.address, syncTypes.step1, Y.encodeStateVector(channel.doc)))
    return channel
  }

  /** Attaches and waits until the document's content has arrived. */
  async open(name: DocumentName, options: WireAttachOptions = {}): Promise<WireChannel> {
    const channel = this.attach(name, options)
    await this.until(() => channel.synced || channel.denied !== undefined, 'the document')
    if (channel.denied !== undefined) throw new Error(`denied: ${channel.denied}`)
    return channel
  }

  /** Asks for a pong and waits for it: everything sent before has been read by the server. */
  async ping(): Promise<void> {
    const address = `ping-${++this.#pings}`
    this.send(wireFrame(address, frameTypes.ping))
    await this.until(
      () => this.frames.some((frame) => frame.type === frameTypes.pong && frame.address === address),
      'a pong',
    )
  }

  #pings = 0

  /** Resolves once `isDone` holds; it is asked again after every frame and at the end of the socket. */
  until(isDone: () => boolean, what = 'the condition'): Promise<void> {
    if (isDone()) return Promise.resolve()
    if (this.close !== undefined) return Promise.reject(this.#failure(what))
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        isDone,
        resolve,
        reject,
        what,
        timer: setTimeout(() => this.#settle(waiter, this.#failure(what)), patienceMs),
      }
      this.#waiters.add(waiter)
    })
  }

  /** Calls back after each frame, once channels and conditions have seen it. */
  onFrame(listener: (frame: WireFrame) => void): void {
    this.#listeners.add(listener)
  }

  /** Asks the waiting conditions again, for conditions that depend on something besides this socket. */
  wake(): void {
    this.#wake()
  }

  /** Cuts the connection without a closing handshake. */
  terminate(): void {
    this.#socket.terminate()
  }

  /** Stops reading, as a client does whose network has gone silent. */
  stopReading(): void {
    this.#socket.pause()
  }

  resumeReading(): void {
    this.#socket.resume()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.resume()
    this.#socket.close()
    const timer = setTimeout(() => this.#socket.terminate(), 1000)
    await this.closed
    clearTimeout(timer)
  }

  #failure(what: string): Error {
    const end =
      this.close === undefined ? '' : `; the socket closed with ${this.close.code} ${this.close.reason}`
    return new Error(`waited for ${what} in vain${end}`)
  }

  #receive(data: Buffer): void {
    const frame = readWireFrame(new Uint8Array(data))
    this.frames.push(frame)
    this.#channels.get(frame.address)?.receive(frame)
    this.#wake()
    for (const listener of this.#listeners) listener(frame)
  }

  #wake(): void {
    for (const waiter of this.#waiters) {
      if (waiter.isDone()) this.#settle(waiter)
      else if (this.close !== undefined) this.#settle(waiter, this.#failure(waiter.what))
    }
  }

  #settle(waiter: Waiter, error?: Error): void {
    this.#waiters.delete(waiter)
    clearTimeout(waiter.timer)
    if (error === undefined) waiter.resolve()
    else waiter.reject(error)
  }
}

export interface WireAttachOptions {
  /** A replica to continue with, as a device does that was offline; a new one when absent. */
  readonly doc?: Y.Doc | undefined
  readonly token?: string | undefined
  /** Appended to the name after NUL. */
  readonly sessionId?: string | undefined
  /** Answers the server's question for what it lacks; true unless told. A client that keeps still says nothing. */
  readonly answersSync?: boolean | undefined
}

const fromServer = Symbol('from the server')

/** One document on a socket, with a replica that follows every update frame. */
export class WireChannel {
  readonly client: WireClient
  readonly name: DocumentName
  readonly address: string
  readonly doc: Y.Doc
  readonly #answersSync: boolean
  readonly #watchers = new Set<(update: Uint8Array) => void>()
  /** `read-write` or `readonly`, once authenticated. */
  scope: string | undefined
  denied: string | undefined
  synced = false
  /** Reason of a CLOSE frame. */
  detached: string | undefined
  /** Writes sent: update and SyncStep2 frames. */
  sent = 0
  /** Answers to them, in order: admitted or not. */
  readonly verdicts: boolean[] = []
  readonly messages: ServerMessage[] = []
  /** Update frames and SyncStep2 payloads received, in order. */
  readonly received: Uint8Array[] = []
  /** Presence by client id, as the server shows it; what was taken away is null. */
  readonly presence = new Map<number, unknown>()
  /** Times that the server has asked what this client has. */
  questions = 0

  constructor(client: WireClient, name: DocumentName, options: WireAttachOptions) {
    this.client = client
    this.name = name
    this.address = options.sessionId === undefined ? name : `${name}\0${options.sessionId}`
    this.#answersSync = options.answersSync ?? true
    this.doc = options.doc ?? new Y.Doc()
    const kind = parseDocumentName(name)?.kind
    if (kind !== undefined) defineRoots(this.doc, kind)
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== fromServer && this.scope !== undefined) this.send(update)
    })
  }

  get acknowledged(): number {
    return this.verdicts.filter(Boolean).length
  }

  get refused(): number {
    return this.verdicts.length - this.acknowledged
  }

  /** Sends any bytes as an update. */
  send(update: Uint8Array): void {
    this.sent++
    this.client.send(updateFrame(this.address, update))
  }

  /** Waits until every write so far has been answered. */
  async answered(): Promise<void> {
    const { sent } = this
    await this.client.until(() => this.verdicts.length >= sent, `${sent} answers`)
  }

  until(isDone: (channel: this) => boolean, what?: string): Promise<void> {
    return this.client.until(() => isDone(this), what)
  }

  /** Calls back after each update from the server has been applied to the replica, one by one. */
  watch(watcher: (update: Uint8Array) => void): void {
    this.#watchers.add(watcher)
  }

  receive({ type, subtype, bytes, text, admitted }: WireFrame): void {
    if (type === frameTypes.auth) this.#receiveAuth(subtype, text)
    else if (type === frameTypes.syncStatus) this.verdicts.push(admitted === true)
    else if (type === frameTypes.close) this.detached = text
    else if (type === frameTypes.stateless) this.#receiveMessage(text ?? '')
    else if (bytes !== undefined && type === frameTypes.awareness) {
      for (const { clientId, state } of readPresences(bytes)) this.presence.set(clientId, state)
    } else if (bytes !== undefined) this.#receiveSync(subtype, bytes)
  }

  #receiveAuth(subtype: number | undefined, text: string | undefined): void {
    if (subtype === authTypes.authenticated) this.scope = text
    else if (subtype === authTypes.denied) this.denied = text
  }

  #receiveMessage(text: string): void {
    const message = parseServerMessage(text)
    if (message?.type === 'feed') this.client.feeds.push(message)
    else if (message !== undefined) this.messages.push(message)
  }

  #receiveSync(subtype: number | undefined, bytes: Uint8Array): void {
    if (subtype === syncTypes.step1) {
      this.questions++
      if (!this.#answersSync) return
      this.sent++
      this.client.send(syncFrame(this.address, syncTypes.step2, Y.encodeStateAsUpdate(this.doc, bytes)))
      return
    }
    this.received.push(bytes)
    Y.applyUpdate(this.doc, bytes, fromServer)
    if (subtype === syncTypes.step2) this.synced = true
    for (const watcher of this.#watchers) watcher(bytes)
  }
}
