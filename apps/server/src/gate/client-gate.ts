import type { Duplex } from 'node:stream'
import {
  authTypes,
  type DocumentName,
  type ErrorCode,
  errors,
  frameTypes,
  isDocumentName,
  limits,
  reactionTo,
  syncTypes,
} from '@fulqrun/protocol'
import type { Connection, Hocuspocus, WebSocketLike } from '@hocuspocus/server'
import * as Y from 'yjs'
import { AccountError } from '../accounts/account-error.ts'
import type { AccessDirectory } from '../accounts/access-directory.ts'
import { canRead, canWrite, type Principal } from '../accounts/principal.ts'
import type { DocumentHost } from '../documents/document-host.ts'
import type { GroupCommit } from '../log/group-commit.ts'
import type { Logger } from '../logger.ts'
import { ByteBudget } from './byte-budget.ts'
import { type Channel, createChannel } from './channel.ts'
import {
  deniedFrame,
  type FrameHead,
  isAwarenessPayload,
  outgoingType,
  pongFrame,
  readFrameHead,
  readSyncPayload,
  readToken,
  statelessFrame,
  syncStatusFrame,
  tokenRequestFrame,
} from './frame.ts'
import type { GateSocket } from './gate-socket.ts'
import { Outlet } from './outlet.ts'
import { SocketIdentity } from './socket-identity.ts'
import { type IntakeSocket, WriteIntake } from './write-intake.ts'

export interface GateServices {
  readonly hocuspocus: Hocuspocus
  readonly documents: DocumentHost
  readonly directory: AccessDirectory
  readonly commit: GroupCommit
  readonly logger: Logger
  readonly now: () => number
  readonly counters: GateCounters
}

/** What the gate counts, by code; see metrics.ts. */
export interface GateCounters {
  frame(bytes: number): void
  refused(code: ErrorCode): void
  closed(code: ErrorCode): void
}

/** A socket sends this much at once, then this much per second; more makes it wait, nothing is dropped. */
const budget = { perSecond: 4 * 1024 * 1024, burst: 16 * 1024 * 1024 }
/** A client that does not read what it is sent is cut off before it costs the server its memory. */
const maxUnreadBytes = 32 * 1024 * 1024
/** A client that is behind by this much is told no news: it fetches them when it has caught up. */
const maxUnreadNews = 1024 * 1024
/** Writes that wait for their documents to load, over all documents of a socket. */
const maxHeldBytes = 32 * 1024 * 1024
/** A client that does not answer a close is cut off after this. */
const closeGraceMs = 2000
/** Documents that one socket may hold at once after signing in. */
const maxChannels = 20_000
const maxAwarenessBytes = 16 * 1024
/** A token may be this much over its time before the socket is closed: the request for a fresh one is on its way. */
const tokenGraceMs = 30_000

/**
 * Our object between the WebSocket and Hocuspocus: everything a client sends passes here first.
 *
 * - GATE-1 One socket is one person: the first accepted token binds it, and permissions are read from memory after.
 * - GATE-2 Writes never reach Hocuspocus: they are admitted here, one admission per document and turn of the event
 *   loop, and answered with as many acknowledgements as there were frames, in order, once they are durable.
 * - GATE-3 A refused document never harms the others: its frames are answered and dropped.
 * - GATE-5 A write that builds on one that has not arrived is neither admitted nor answered before that one is there; the
 *   client is asked for what it has. When the client goes on without it, it is refused, and holds nothing back.
 * - GATE-6 Whoever may not read a document gets nothing of it from the moment that this is known: permissions are looked
 *   at again when they change, when a document has been loaded, and when it comes to be.
 * - GATE-7 Presence carries the name of the authenticated person, for client ids that nobody else uses.
 * - GATE-4 Bytes that are not frames close the socket with a code; nothing that arrives can throw out of `receive`.
 */
export class ClientGate implements WebSocketLike, IntakeSocket {
  readonly #socket: GateSocket
  readonly #outlet: Outlet
  readonly #intake: WriteIntake
  readonly #identity: SocketIdentity
  readonly #services: GateServices
  readonly #client: ReturnType<Hocuspocus['handleConnection']>
  readonly #channels = new Map<string, Channel>()
  /** What waits until a document is attached or refused, by its name. */
  readonly #settling = new Map<string, (() => void)[]>()
  readonly #budget: ByteBudget
  readonly #openedAt: number
  readonly #takesNews: boolean
  /** Documents that were put out of reach while Hocuspocus was still opening them. */
  readonly #withdrawn = new Set<string>()
  #heldBytes = 0
  #framesBeforeAuth = 0
  #bytesBeforeAuth = 0
  /** Until when the token is good that the client has been asked to replace, and whether it may still answer. */
  #askedUntil: number | undefined
  #isAsked = false
  #closed = false
  #alive = true
  /** Start of the last frame up to its type, with the name that it stands for. */
  #lastAddress: { readonly bytes: Uint8Array; readonly head: FrameHead } | undefined

  /**
   * @param takesNews whether the client understands messages beside those of its documents
   */
  constructor(socket: GateSocket, stream: Duplex, services: GateServices, takesNews = true) {
    this.#socket = socket
    this.#takesNews = takesNews
    this.#outlet = new Outlet(socket, stream)
    this.#intake = new WriteIntake(this, services)
    this.#identity = new SocketIdentity(services.directory)
    this.#services = services
    this.#openedAt = services.now()
    this.#budget = new ByteBudget({ ...budget, now: this.#openedAt })
    // Hocuspocus wants a request for its hooks; ours take the person from the gate and nothing from the request.
    const request = new Request('http://server.invalid/sync')
    this.#client = services.hocuspocus.handleConnection(this, request, { gate: this })
  }

  // What Hocuspocus sees of the socket -------------------------------------------------------------------------------

  get readyState(): number {
    return this.#socket.readyState
  }

  /** Frames from Hocuspocus to the client. */
  send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
    const frame = data as Uint8Array
    const { type, next } = outgoingType(frame)
    if (this.#withdrawn.size > 0 && this.#withdrawn.has(readFrameHead(frame)?.address ?? '')) return
    if (type === frameTypes.auth && next === authTypes.denied) this.#markDenied(readFrameHead(frame)?.address)
    this.write(frame)
  }

  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason)
  }

  // What the parts of the gate see of it ---------------------------------------------------------------------------

  write(frame: Uint8Array): void {
    this.#outlet.write(frame)
  }

  isCurrent(channel: Channel): boolean {
    return this.#channels.get(channel.address) === channel
  }

  // What the server tells the gate -----------------------------------------------------------------------------------

  get principal(): Principal | undefined {
    return this.#identity.current?.principal
  }

  /** Closes with one of our codes, after everything that is already admitted has been answered or given up. */
  end(code: ErrorCode): void {
    if (this.#closed) return
    this.#services.counters.closed(code)
    // Whoever has lost the right to write has not written in this turn either.
    if (reactionTo(code) === 'sign-in') this.#intake.dropAll()
    this.#socket.close(errors[code].close, code)
    // Nothing more goes in or out, even if the other side never answers the close.
    this.disconnected(errors[code].close, code)
    setTimeout(() => this.#socket.terminate(), closeGraceMs).unref()
  }

  /**
   * Who asks for a document, and whether they may read or write it. Called by Hocuspocus's `onAuthenticate`; rejects
   * with an {@link AccountError}.
   */
  async authorize(documentName: string, token: string): Promise<{ principal: Principal; readOnly: boolean }> {
    if (!isDocumentName(documentName)) throw new AccountError('document/name-invalid')
    const { principal } = await this.#identity.authenticate(token)
    const scope = this.#services.documents.scopeOf(documentName)
    if (!canRead(principal, scope)) throw new AccountError('access/denied')
    if (this.#services.documents.isRemoved(documentName)) throw new AccountError('document/removed')
    return { principal, readOnly: !canWrite(principal, scope) }
  }

  /** Hocuspocus has loaded the document and attached this socket to it. */
  attached(connection: Connection): void {
    this.#settle(connection.document.name)
    const channel = this.#channels.get(connection.messageAddress)
    if (channel === undefined) return
    if (this.#withdrawn.has(channel.address)) {
      connection.close({ code: errors['access/denied'].close, reason: 'access/denied' })
      this.#withdrawn.delete(channel.address)
      return
    }
    channel.connection = connection
    channel.state = 'open'
    connection.onClose(() => {
      if (this.#channels.get(channel.address) === channel) this.#channels.delete(channel.address)
    })
    const held = channel.held.splice(0)
    for (const frame of held) {
      this.#heldBytes -= frame.byteLength
      this.receive(frame)
    }
  }

  /** Calls back once the document is attached, refused, or the socket is gone. */
  whenSettled(documentName: string, done: () => void): void {
    if (this.#closed) done()
    else this.#settling.set(documentName, [...(this.#settling.get(documentName) ?? []), done])
  }

  /** Permissions of this person have changed: documents that are out of reach now are closed, one by one. */
  permissionsChanged(principal: Principal): void {
    this.#identity.update(principal)
    for (const channel of this.#channels.values()) this.#review(channel, principal)
  }

  /** A document that this socket may be waiting for has come to be, or has moved, or was removed. */
  documentPlaced(name: DocumentName): void {
    const { principal } = this
    if (principal === undefined) return
    for (const channel of this.#channels.values()) if (channel.name === name) this.#review(channel, principal)
  }

  #review(channel: Channel, principal: Principal): void {
    if (channel.state === 'denied') return
    const scope = this.#services.documents.scopeOf(channel.name)
    const { address, name, connection } = channel
    const isReadable = canRead(principal, scope)
    const isRemoved = this.#services.documents.isRemoved(name)
    if (isReadable && !isRemoved) {
      if (connection !== undefined) connection.readOnly = !canWrite(principal, scope)
      return
    }
    const code = isReadable ? 'document/removed' : 'access/denied'
    this.#services.counters.refused(code)
    // What was on its way when the record was removed is refused and kept; whoever has lost it has nothing to say there.
    if (isReadable) this.#intake.admit(channel)
    this.#intake.drop(channel)
    this.write(deniedFrame(address, code))
    if (connection === undefined) this.#withdrawn.add(address)
    connection?.close({ code: errors[code].close, reason: code })
    for (const frame of channel.held) this.#heldBytes -= frame.byteLength
    this.#settle(name)
    this.#channels.set(address, { ...createChannel(address, name), state: 'denied' })
  }

  /** News for the person on this socket, on whichever channel is open; none when nothing is, or nobody is reading. */
  tell(payload: string): void {
    const address = this.#newsAddress()
    if (address !== undefined) this.write(statelessFrame(address, payload))
  }

  /** Whether {@link tell} would reach anybody. */
  get isListening(): boolean {
    return this.#newsAddress() !== undefined
  }

  #newsAddress(): string | undefined {
    if (this.#closed || !this.#takesNews || this.#socket.bufferedAmount > maxUnreadNews) return undefined
    for (const { state, address } of this.#channels.values()) if (state === 'open') return address
    return undefined
  }

  /** Called about once a second: deadlines, token renewal and slow readers. */
  tick(now: number): void {
    if (this.#closed) return
    const identity = this.#identity.current
    if (identity === undefined) {
      if (now - this.#openedAt > limits.authDeadlineMs) this.end('auth/required')
      return
    }
    if (this.#socket.bufferedAmount > maxUnreadBytes) {
      this.#services.counters.closed('server/overloaded')
      this.#socket.terminate()
      return
    }
    const { expiresAt } = identity
    if (now > expiresAt + tokenGraceMs) this.end('auth/token-expired')
    else if (now > expiresAt - limits.tokenRenewBeforeMs / 2 && this.#askedUntil !== expiresAt)
      this.#askForToken(expiresAt)
  }

  /** A WebSocket ping every half minute finds sockets whose other end is gone (half-open). */
  probe(): void {
    if (!this.#alive) {
      this.#socket.terminate()
      return
    }
    this.#alive = false
    this.#socket.ping()
  }

  answered(): void {
    this.#alive = true
  }

  // What the client sends --------------------------------------------------------------------------------------------

  /** One WebSocket message of so many bytes, if an adapter has left a frame of it. Never throws. */
  receive(frame: Uint8Array | undefined, bytes: number = frame?.byteLength ?? 0): void {
    if (this.#closed) return
    this.#alive = true
    this.#services.counters.frame(bytes)
    if (frame !== undefined) this.#handle(frame)
    this.#throttle(bytes)
  }

  #handle(frame: Uint8Array): void {
    try {
      const head = this.#readHead(frame)
      if (head === undefined) this.end('frame/malformed')
      else this.#route(frame, head)
    } catch (error) {
      this.#services.logger.error({ err: error }, 'a frame could not be handled')
      this.end('server/internal')
    }
  }

  /** The WebSocket is gone. */
  disconnected(code: number, reason: string): void {
    if (this.#closed) return
    this.flush()
    this.#closed = true
    this.#channels.clear()
    for (const name of this.#settling.keys()) this.#settle(name)
    this.#identity.release()
    this.#client.handleClose({ code, reason })
  }

  /** Admits what this turn of the event loop has brought. */
  flush(): void {
    this.#intake.flush()
  }

  #route(frame: Uint8Array, head: FrameHead): void {
    if (head.type === frameTypes.ping) {
      this.write(pongFrame(head.address))
      return
    }
    if (head.type === frameTypes.pong) return
    const known = this.#channels.get(head.address)
    if (known === undefined && !isDocumentName(head.documentName)) {
      this.#refuseName(head)
      return
    }
    if (this.#identity.current === undefined && !this.#admitsBeforeAuth(frame)) return
    const channel = known ?? this.#openChannel(head)
    if (channel === undefined) return
    if (head.type === frameTypes.auth) this.#receiveAuth(channel, frame, head)
    else if (channel.state === 'denied') this.#answerDenied(channel, frame, head)
    else if (head.type === frameTypes.sync || head.type === frameTypes.syncReply)
      this.#receiveSync(channel, frame, head)
    else this.#receiveOther(channel, frame, head)
  }

  /** Most frames go to the document of the frame before: its name is compared, not decoded. */
  #readHead(frame: Uint8Array): FrameHead | undefined {
    const last = this.#lastAddress
    const type = last === undefined ? undefined : frame[last.bytes.byteLength]
    if (last !== undefined && type !== undefined && type < 0x80 && startsWith(frame, last.bytes))
      return { ...last.head, type }
    const head = readFrameHead(frame)
    // Types of frames that exist take one byte.
    if (head !== undefined && head.type < 0x80)
      this.#lastAddress = { bytes: frame.slice(0, head.rest - 1), head }
    return head
  }

  #refuseName(head: FrameHead): void {
    this.#services.counters.refused('document/name-invalid')
    if (head.type === frameTypes.auth) this.write(deniedFrame(head.address, 'document/name-invalid'))
    else this.end('document/name-invalid')
  }

  #admitsBeforeAuth(frame: Uint8Array): boolean {
    this.#framesBeforeAuth++
    this.#bytesBeforeAuth += frame.byteLength
    const tooMuch =
      this.#framesBeforeAuth > limits.maxFramesBeforeAuth ||
      this.#bytesBeforeAuth > limits.maxSocketPayloadBytes ||
      this.#channels.size > limits.maxDocumentsBeforeAuth
    if (tooMuch) this.end('frame/before-auth')
    return !tooMuch
  }

  #openChannel(head: FrameHead): Channel | undefined {
    if (this.#channels.size >= maxChannels) {
      this.end('server/overloaded')
      return undefined
    }
    if (!isDocumentName(head.documentName)) return undefined
    const channel = createChannel(head.address, head.documentName)
    this.#channels.set(head.address, channel)
    return channel
  }

  #receiveAuth(channel: Channel, frame: Uint8Array, head: FrameHead): void {
    const token = readToken(frame, head.rest)
    if (token === undefined) {
      this.end('frame/malformed')
    } else if (channel.state === 'open') {
      this.#renew(token)
    } else {
      channel.state = 'opening'
      this.#withdrawn.delete(channel.address)
      this.#client.handleMessage(frame)
    }
  }

  /** A fresh token on a document that is already open renews the whole socket; so does a key that is still good. */
  #renew(token: string): void {
    const isAsked = this.#isAsked
    this.#isAsked = false
    this.#identity.authenticate(token, isAsked).catch((error: unknown) => {
      const code = error instanceof AccountError ? error.code : 'server/internal'
      this.end(code)
    })
  }

  #receiveSync(channel: Channel, frame: Uint8Array, head: FrameHead): void {
    const payload = readSyncPayload(frame, head.rest)
    if (payload === undefined || payload.step > syncTypes.update) {
      this.end('frame/malformed')
      return
    }
    if (payload.step === syncTypes.step1) {
      this.#receiveOther(channel, frame, head)
      return
    }
    if (channel.state === 'opening') {
      this.#hold(channel, frame)
      return
    }
    if (frame.byteLength > limits.maxFrameBytes)
      this.#intake.refuse(channel, payload.bytes, 'update/too-large')
    else this.#intake.take(channel, payload.bytes)
  }

  /** A document may take a moment to load; what is written until then waits here, within limits. */
  #hold(channel: Channel, frame: Uint8Array): void {
    channel.held.push(frame)
    this.#heldBytes += frame.byteLength
    if (this.#heldBytes > maxHeldBytes) this.end('server/overloaded')
  }

  /** Everything but writes and tokens goes on to Hocuspocus, after the writes that came before it. */
  #receiveOther(channel: Channel, frame: Uint8Array, head: FrameHead): void {
    if (frame.byteLength > limits.maxFrameBytes) {
      this.end('frame/too-large')
      return
    }
    this.#intake.admit(channel)
    switch (head.type) {
      case frameTypes.awareness:
        if (frame.byteLength > maxAwarenessBytes || !isAwarenessPayload(frame, head.rest))
          this.end('frame/malformed')
        else this.#client.handleMessage(frame)
        return
      case frameTypes.sync:
      case frameTypes.syncReply:
        if (!isStateVector(readSyncPayload(frame, head.rest)?.bytes)) this.end('frame/malformed')
        else this.#client.handleMessage(frame)
        return
      case frameTypes.queryAwareness:
      case frameTypes.close:
        this.#client.handleMessage(frame)
        return
      case frameTypes.stateless:
        // Devices have nothing to say outside documents yet; a newer one's message is not worth its connection.
        return
      default:
        this.end('frame/malformed')
    }
  }

  #answerDenied(channel: Channel, frame: Uint8Array, head: FrameHead): void {
    this.#services.counters.refused('access/denied')
    const isWrite =
      (head.type === frameTypes.sync || head.type === frameTypes.syncReply) &&
      readSyncPayload(frame, head.rest)?.step !== syncTypes.step1
    if (isWrite) this.write(syncStatusFrame(channel.address, false))
  }

  #askForToken(expiresAt: number): void {
    const channel = [...this.#channels.values()].find(({ state }) => state === 'open')
    if (channel === undefined) return
    this.#askedUntil = expiresAt
    this.#isAsked = true
    this.write(tokenRequestFrame(channel.address))
  }

  #settle(documentName: string): void {
    const waiting = this.#settling.get(documentName) ?? []
    this.#settling.delete(documentName)
    for (const done of waiting) done()
  }

  #markDenied(address: string | undefined): void {
    const channel = address === undefined ? undefined : this.#channels.get(address)
    if (channel === undefined) return
    this.#settle(channel.name)
    channel.state = 'denied'
    for (const frame of channel.held) this.#heldBytes -= frame.byteLength
    channel.held = []
    this.#intake.drop(channel)
    this.#services.counters.refused('access/denied')
  }

  #throttle(bytes: number): void {
    const waitMs = this.#budget.take(bytes, this.#services.now())
    if (waitMs === 0 || this.#socket.isPaused) return
    this.#socket.pause()
    setTimeout(() => this.#socket.resume(), waitMs)
  }
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  // From the end: names differ in their last characters.
  for (let index = start.byteLength - 1; index >= 0; index--) if (bytes[index] !== start[index]) return false
  return true
}

function isStateVector(bytes: Uint8Array | undefined): boolean {
  if (bytes === undefined) return false
  try {
    Y.decodeStateVector(bytes)
    return true
  } catch {
    return false
  }
}
