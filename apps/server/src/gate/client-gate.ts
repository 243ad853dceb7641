import type { Duplex } from 'node:stream'
import {
  authTypes,
  type DocumentName,
  encodeServerMessage,
  type ErrorCode,
  errors,
  frameTypes,
  isDocumentName,
  limits,
  reactionTo,
  syncTypes,
} from '@fulqrun/protocol'
import type { Connection, Hocuspocus, WebSocketLike } from '@hocuspocus/server'
import type { WebSocket } from 'ws'
import * as Y from 'yjs'
import { AccountError } from '../accounts/account-error.ts'
import type { AccessDirectory } from '../accounts/access-directory.ts'
import { canRead, canWrite, type Principal } from '../accounts/principal.ts'
import type { DocumentHost, Verdict } from '../documents/document-host.ts'
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
  syncStep1Frame,
  tokenRequestFrame,
} from './frame.ts'

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

interface Identity {
  readonly principal: Principal
  readonly token: string
  readonly expiresAt: number
}

/** A socket sends this much at once, then this much per second; more makes it wait, nothing is dropped. */
const budget = { perSecond: 4 * 1024 * 1024, burst: 16 * 1024 * 1024 }
/** A burst is admitted early when it gets this large, so that one turn never decodes megabytes at once. */
const maxBurstBytes = 256 * 1024
/** A client that does not read what it is sent is cut off before it costs the server its memory. */
const maxUnreadBytes = 32 * 1024 * 1024
/** Writes that wait for their documents to load, over all documents of a socket. */
const maxHeldBytes = 32 * 1024 * 1024
/** A client that does not answer a close is cut off after this. */
const closeGraceMs = 2000
/** Updates whose foundation is missing are offered this often, each time with what came since, before they are refused. */
const maxOffers = 8
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
export class ClientGate implements WebSocketLike {
  readonly #socket: WebSocket
  /** The connection below the WebSocket. */
  readonly #stream: Duplex
  readonly #services: GateServices
  readonly #client: ReturnType<Hocuspocus['handleConnection']>
  readonly #channels = new Map<string, Channel>()
  /** What waits until a document is attached or refused, by its name. */
  readonly #settling = new Map<string, (() => void)[]>()
  readonly #budget: ByteBudget
  readonly #openedAt: number
  #identity: Identity | undefined
  #authentication: { readonly token: string; readonly result: Promise<Identity> } | undefined
  /** Documents that were put out of reach while Hocuspocus was still opening them. */
  readonly #withdrawn = new Set<string>()
  #heldBytes = 0
  #framesBeforeAuth = 0
  #bytesBeforeAuth = 0
  /** Channels with updates that wait for the end of the turn. */
  readonly #bursting = new Set<Channel>()
  #flushing = false
  #askedForToken = false
  #closed = false
  #alive = true
  #corked = false
  /** Start of the last frame up to its type, with the name that it stands for. */
  #lastAddress: { readonly bytes: Uint8Array; readonly head: FrameHead } | undefined

  constructor(socket: WebSocket, stream: Duplex, services: GateServices) {
    this.#socket = socket
    this.#stream = stream
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
    this.#write(frame)
  }

  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason)
  }

  // What the server tells the gate -----------------------------------------------------------------------------------

  get principal(): Principal | undefined {
    return this.#identity?.principal
  }

  /** Bytes that the client has not read yet. */
  get unreadBytes(): number {
    return this.#socket.bufferedAmount
  }

  /** Closes with one of our codes, after everything that is already admitted has been answered or given up. */
  end(code: ErrorCode): void {
    if (this.#closed) return
    this.#services.counters.closed(code)
    // Whoever has lost the right to write has not written in this turn either.
    if (reactionTo(code) === 'sign-in') this.#bursting.clear()
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
    const { principal } = await this.#authenticate(token)
    const scope = this.#services.documents.scopeOf(documentName)
    if (!canRead(principal, scope)) throw new AccountError('access/denied')
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
    if (this.#identity === undefined) return
    this.#identity = { ...this.#identity, principal }
    for (const channel of this.#channels.values()) this.#review(channel, principal)
  }

  /** A document that this socket may be waiting for has come to be. */
  documentPlaced(name: DocumentName): void {
    if (this.#identity === undefined) return
    for (const channel of this.#channels.values())
      if (channel.name === name) this.#review(channel, this.#identity.principal)
  }

  #review(channel: Channel, principal: Principal): void {
    if (channel.state === 'denied') return
    const scope = this.#services.documents.scopeOf(channel.name)
    const { address, name, connection } = channel
    if (canRead(principal, scope)) {
      if (connection !== undefined) connection.readOnly = !canWrite(principal, scope)
      return
    }
    this.#services.counters.refused('access/denied')
    this.#write(deniedFrame(address, 'access/denied'))
    if (connection === undefined) this.#withdrawn.add(address)
    connection?.close({ code: errors['access/denied'].close, reason: 'access/denied' })
    this.#bursting.delete(channel)
    for (const frame of channel.held) this.#heldBytes -= frame.byteLength
    this.#settle(name)
    this.#channels.set(address, { ...createChannel(address, name), state: 'denied' })
  }

  /** Called about once a second: deadlines, token renewal and slow readers. */
  tick(now: number): void {
    if (this.#closed) return
    if (this.#identity === undefined) {
      if (now - this.#openedAt > limits.authDeadlineMs) this.end('auth/required')
      return
    }
    if (this.#socket.bufferedAmount > maxUnreadBytes) {
      this.#services.counters.closed('server/overloaded')
      this.#socket.terminate()
      return
    }
    const { expiresAt } = this.#identity
    if (now > expiresAt + tokenGraceMs) this.end('auth/token-expired')
    else if (now > expiresAt - limits.tokenRenewBeforeMs / 2 && !this.#askedForToken) this.#askForToken()
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

  /** One WebSocket message. Never throws. */
  receive(frame: Uint8Array): void {
    if (this.#closed) return
    this.#alive = true
    this.#services.counters.frame(frame.byteLength)
    try {
      const head = this.#readHead(frame)
      if (head === undefined) this.end('frame/malformed')
      else this.#route(frame, head)
    } catch (error) {
      this.#services.logger.error({ err: error }, 'a frame could not be handled')
      this.end('server/internal')
    }
    this.#throttle(frame.byteLength)
  }

  /** The WebSocket is gone. */
  disconnected(code: number, reason: string): void {
    if (this.#closed) return
    this.flush()
    this.#closed = true
    this.#channels.clear()
    for (const name of this.#settling.keys()) this.#settle(name)
    if (this.#identity !== undefined) this.#services.directory.unwatch(this.#identity.principal.sessionId)
    this.#client.handleClose({ code, reason })
  }

  /** Admits what this turn of the event loop has brought. */
  flush(): void {
    this.#flushing = false
    for (const channel of this.#bursting) this.#admit(channel)
  }

  #route(frame: Uint8Array, head: FrameHead): void {
    if (head.type === frameTypes.ping) {
      this.#write(pongFrame(head.address))
      return
    }
    if (head.type === frameTypes.pong) return
    const known = this.#channels.get(head.address)
    if (known === undefined && !isDocumentName(head.documentName)) {
      this.#refuseName(head)
      return
    }
    if (this.#identity === undefined && !this.#admitsBeforeAuth(frame)) return
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
    if (head.type === frameTypes.auth) this.#write(deniedFrame(head.address, 'document/name-invalid'))
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

  /** A fresh token on a document that is already open renews the whole socket. */
  #renew(token: string): void {
    this.#authenticate(token).catch((error: unknown) => {
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
    if (frame.byteLength > limits.maxFrameBytes) {
      this.#admit(channel)
      // Answers keep the order of the frames, so what waits is settled before this one is.
      const waiting = channel.waiting.splice(0)
      for (const update of waiting) this.#admitOrRefuse(channel, update, 1)
      this.#answer(
        channel,
        1,
        this.#services.documents.refuse(channel.name, this.principal, payload.bytes, 'update/too-large'),
      )
      return
    }
    channel.burst.push(payload.bytes)
    this.#bursting.add(channel)
    channel.burstBytes += payload.bytes.byteLength
    if (channel.burstBytes > maxBurstBytes) this.#admit(channel)
    else this.#scheduleFlush()
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
    this.#admit(channel)
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
    if (isWrite) this.#write(syncStatusFrame(channel.address, false))
  }

  #scheduleFlush(): void {
    if (this.#flushing) return
    this.#flushing = true
    setImmediate(() => this.flush())
  }

  #admit(channel: Channel): void {
    const { waiting, burst } = channel
    this.#bursting.delete(channel)
    if (burst.length === 0) return
    channel.burst = []
    channel.burstBytes = 0
    channel.waiting = []
    const updates = [...waiting, ...burst]
    const merged = merge(updates)
    if (merged === undefined) {
      // One of them is malformed: each is judged by itself, and only that one is refused.
      for (const update of updates) this.#admitOrRefuse(channel, update, 1)
      return
    }
    const verdict = this.#offer(channel, merged)
    const news = waiting.length > 0 ? merge(burst) : undefined
    if (verdict !== 'incomplete' || channel.offers >= maxOffers) {
      this.#admitOrRefuse(channel, merged, updates.length, verdict)
    } else if (news !== undefined && this.#standsAlone(channel, news)) {
      // The client goes on without what the others wait for: that was refused, and the client has replaced its copy.
      this.#giveUp(channel, waiting)
      this.#admitOrRefuse(channel, news, burst.length)
    } else this.#awaitRest(channel, updates)
  }

  #standsAlone({ connection }: Channel, update: Uint8Array): boolean {
    return connection !== undefined && this.#services.documents.isNewsThatFits(connection.document, update)
  }

  #giveUp(channel: Channel, waiting: readonly Uint8Array[]): void {
    const update = merge(waiting)
    if (update === undefined) return
    const { documents } = this.#services
    const verdict = documents.refuse(channel.name, this.principal, update, 'update/not-applied')
    this.#answer(channel, waiting.length, verdict)
  }

  #offer(channel: Channel, update: Uint8Array): Verdict | 'incomplete' | undefined {
    const { connection, name } = channel
    if (connection === undefined || this.#identity === undefined) return undefined
    const { principal } = this.#identity
    return this.#services.documents.admitFromClient(connection.document, name, principal, update)
  }

  /** Holds updates back until what they build on arrives, and asks for it: any provider answers with what it has. */
  #awaitRest(channel: Channel, updates: Uint8Array[]): void {
    channel.waiting = updates
    channel.offers++
    const { connection } = channel
    if (channel.offers > 1 || connection === undefined) return
    this.#write(syncStep1Frame(channel.address, Y.encodeStateVector(connection.document)))
  }

  #admitOrRefuse(
    channel: Channel,
    update: Uint8Array,
    frames: number,
    verdict: Verdict | 'incomplete' | undefined = this.#offer(channel, update),
  ): void {
    channel.offers = 0
    if (verdict === undefined) return
    const { documents } = this.#services
    const settled =
      verdict === 'incomplete'
        ? documents.refuse(channel.name, this.principal, update, 'update/not-applied')
        : verdict
    this.#answer(channel, frames, settled)
  }

  /** Sends the acknowledgements of `frames` writes once the verdict is durable; tickets never fall, so order holds. */
  #answer(channel: Channel, frames: number, verdict: Verdict): void {
    if (verdict.code !== undefined) this.#services.counters.refused(verdict.code)
    this.#services.commit.whenDurable(verdict.ticket, () => {
      // Whoever has left the document and come back would take the answer for one to what it has sent since.
      if (this.#channels.get(channel.address) !== channel) return
      const status = syncStatusFrame(channel.address, verdict.code === undefined)
      for (let sent = 0; sent < frames; sent++) this.#write(status)
      if (verdict.code !== undefined) {
        this.#tell(channel, { type: 'refused', code: verdict.code, quarantineId: verdict.quarantineId })
      } else if (verdict.putBack.length > 0) {
        this.#tell(channel, { type: 'putBack', paths: verdict.putBack })
      }
    })
    // The client has to send again what could not be applied; asking for it works with any provider.
    if (verdict.code === 'update/not-applied' && channel.connection !== undefined) {
      this.#write(syncStep1Frame(channel.address, Y.encodeStateVector(channel.connection.document)))
    }
  }

  #tell(channel: Channel, message: Parameters<typeof encodeServerMessage>[0]): void {
    this.#write(statelessFrame(channel.address, encodeServerMessage(message)))
  }

  /** Verifies a token once, however many documents bring it. */
  async #authenticate(token: string): Promise<Identity> {
    if (this.#identity?.token === token) return this.#identity
    if (this.#authentication?.token === token) return this.#authentication.result
    const result = this.#bind(token)
    this.#authentication = { token, result }
    try {
      return await result
    } finally {
      if (this.#authentication?.result === result) this.#authentication = undefined
    }
  }

  async #bind(token: string): Promise<Identity> {
    const { directory } = this.#services
    const { principal, expiresAt } = await directory.authenticate(token)
    const before = this.#identity
    if (before !== undefined && before.principal.user.id !== principal.user.id)
      throw new AccountError('access/denied')
    if (this.#closed) throw new AccountError('auth/required')
    directory.watch(principal)
    if (before !== undefined) directory.unwatch(before.principal.sessionId)
    this.#askedForToken = false
    this.#identity = { principal, token, expiresAt }
    return this.#identity
  }

  #askForToken(): void {
    const channel = [...this.#channels.values()].find(({ state }) => state === 'open')
    if (channel === undefined) return
    this.#askedForToken = true
    this.#write(tokenRequestFrame(channel.address))
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
    channel.burst = []
    channel.burstBytes = 0
    this.#bursting.delete(channel)
    this.#services.counters.refused('access/denied')
  }

  #throttle(bytes: number): void {
    const waitMs = this.#budget.take(bytes, this.#services.now())
    if (waitMs === 0 || this.#socket.isPaused) return
    this.#socket.pause()
    setTimeout(() => this.#socket.resume(), waitMs)
  }

  #write(frame: Uint8Array): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    this.#cork()
    this.#socket.send(frame)
  }

  /** What one turn sends leaves in one system call: acknowledgements come in bursts as large as the writes did. */
  #cork(): void {
    if (this.#corked) return
    this.#corked = true
    this.#stream.cork()
    process.nextTick(() => {
      this.#corked = false
      this.#stream.uncork()
    })
  }
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  // From the end: names differ in their last characters.
  for (let index = start.byteLength - 1; index >= 0; index--) if (bytes[index] !== start[index]) return false
  return true
}

/** Merges a burst; undefined when one of the updates is malformed. */
function merge(updates: readonly Uint8Array[]): Uint8Array | undefined {
  const [only] = updates
  if (updates.length === 1) return only
  try {
    return Y.mergeUpdates([...updates])
  } catch {
    return undefined
  }
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
