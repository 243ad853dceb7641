/**
 * One document on the socket: authentication, exchange of states, updates, presence, acknowledgements.
 *
 *   detached ─connect▶ waiting ─begin▶ authenticating ─authenticated▶ syncing ─step 2▶ open
 *      ▲                  ▲                 │ denied                    │ close, silence
 *      └── disconnect ────┴── back-off ◀── paused ◀────────────────────┘
 *                                           └▶ denied (frozen until the next socket)
 *
 * A channel's trouble is its own: it pauses, is denied or comes back without touching its neighbours (SYNC E3, E11).
 */
import * as Y from 'yjs'
import {
  type Awareness,
  applyAwarenessUpdate,
  encodeAwarenessUpdate,
  removeAwarenessStates,
} from 'y-protocols/awareness'
import {
  type DocumentName,
  type ErrorCode,
  isErrorCode,
  parseServerMessage,
  type PutBackPath,
  reactionTo,
} from '@fulqrun/protocol'
import { createAcknowledgements } from './acknowledgements.ts'
import { maxSentBytes, maxUpdateBytes, partsOf } from './frame-parts.ts'
import { answerTo } from './sync-answer.ts'
import type { ServerFrame } from './wire.ts'
import { encodeAwareness, encodeClose, encodeSync, encodeToken } from './wire.ts'

export type Access = 'write' | 'read' | 'none'

export type ChannelPhase =
  'detached' | 'waiting' | 'authenticating' | 'syncing' | 'open' | 'paused' | 'denied'

/** What a channel needs from the session. */
export interface ChannelHost {
  send(bytes: Uint8Array): void
  token(): string | undefined
  /** The server wants a newer token, or did not take this one. */
  renewToken(): void
  startTimer(ms: number, fire: () => void): () => void
  random(): number
  /** Bytes are dear: what can wait or be left out, waits or is left out. */
  isSaving(): boolean
  /** Asks for a place among those that attach; answered by `begin`. */
  requestAttach(channel: Channel): void
  /** This attach is over: synced, denied, or put off. */
  attachSettled(channel: Channel): void
}

/** What a channel needs from the document it serves. */
export interface ChannelClient {
  readonly name: DocumentName
  /** The document that frames are about; another one after `restart`. */
  doc(): Y.Doc
  /** Ids of the outbox entries that the current document holds and the server has not acknowledged. */
  unsent(): readonly string[]
  /** The update of such an entry. */
  unsentUpdate(entryId: string): Uint8Array | undefined
  /**
   * May the server's state be merged into this copy? Not when the two have nothing to do with each other (SYNC 15); the
   * client then begins anew by itself. Throws for bytes that are no update.
   */
  takes(update: Uint8Array): boolean
  /** These are durable at the server. */
  acknowledged(entryIds: readonly string[]): void
  /** The server did not take an edit. Called once per refused frame whose reaction is to set the edit aside. */
  refused(code: ErrorCode): void
  putBack(paths: readonly PutBackPath[]): void
  accessChanged(access: Access, code?: ErrorCode): void
  /** The server's whole state has been applied. */
  caughtUp(): void
  /** Phase or number of unanswered frames changed. */
  changed(): void
}

export const channelTimings = {
  /** A document that is not answered on a socket that lives is tried again. */
  attachMs: 15_000,
  /** Its whole state may take long on a slow line, behind those of others. */
  syncMs: 90_000,
  /** A refusal's reason follows at once; a server without our messages sends none. */
  reasonMs: 2_000,
  retryBaseMs: 250,
  retryCapMs: 30_000,
  /** With the bandwidth saver, presence goes out this seldom; the latest is sent. */
  savedPresenceMs: 10_000,
} as const

export class Channel {
  readonly name: DocumentName
  readonly #client: ChannelClient
  readonly #host: ChannelHost
  readonly #acknowledgements = createAcknowledgements()
  #phase: ChannelPhase = 'detached'
  #canWrite = true
  /** Our answer to the server's step 1 is out: from here on, updates are sent one by one. */
  #answered = false
  /** Our own step 1s without an answer; only the answer to the last one is about the current document. */
  #questions = 0
  #failures = 0
  #cancelTimer: (() => void) | undefined
  #cancelResync: (() => void) | undefined
  /** Presence was sent a moment ago and bytes are dear: what comes until this fires goes out then. */
  #presencePause: { isWanted: boolean; readonly cancel: () => void } | undefined
  #refusal: { readonly cancel: () => void } | undefined
  #awareness: Awareness | undefined

  constructor(client: ChannelClient, host: ChannelHost) {
    this.name = client.name
    this.#client = client
    this.#host = host
  }

  get phase(): ChannelPhase {
    return this.#phase
  }

  /** True while a frame that holds this outbox entry is unanswered. */
  covers(entryId: string): boolean {
    return this.#acknowledgements.covers(entryId)
  }

  /** Sync frames on their way. */
  get inFlight(): number {
    return this.#acknowledgements.size
  }

  /** There is a socket: get in line. */
  connect(): void {
    this.#reset('waiting')
    this.#host.requestAttach(this)
  }

  /** The session gives a place: authenticate. Nothing else is sent before the answer, so a denied document costs one frame. */
  begin(): void {
    const token = this.#host.token()
    if (this.#phase !== 'waiting' || token === undefined) {
      this.#host.attachSettled(this)
      return
    }
    this.#setPhase('authenticating')
    this.#host.send(encodeToken(this.name, token))
    this.#startTimer(channelTimings.attachMs, () => this.#giveUp('no answer'))
  }

  /** The socket is gone. */
  disconnect(): void {
    this.#reset('detached')
  }

  /** Leaves the document for good. True when the server will answer with a close frame. */
  close(): boolean {
    // While authenticating, too: the server is about to attach us, and would take the next token for a renewal.
    const wasAttached = this.#isAttached() || this.#phase === 'authenticating'
    if (wasAttached) {
      this.#sendPresenceGone()
      this.#host.send(encodeClose(this.name, 'closed by the device'))
    }
    this.#reset('detached')
    this.setAwareness(undefined)
    return wasAttached
  }

  /** Sends a local update that is in the outbox. Before the states were exchanged nothing is sent: step 2 covers it. */
  sendUpdate(update: Uint8Array, entryIds: readonly string[]): void {
    if (!this.#answered) return
    this.#write('update', update, entryIds)
    this.#client.changed()
  }

  /**
   * Starts over with another document: asks for everything that it lacks, on the same connection. Closing and
   * attaching again would race with the server's own close.
   */
  restart(): void {
    this.#acknowledgements.disown()
    if (this.#isAttached()) this.#sendStep1()
  }

  /** Presence is optional: documents synced in the background have none. */
  setAwareness(awareness: Awareness | undefined): void {
    this.#awareness?.off('update', this.#onAwareness)
    this.#awareness = awareness
    awareness?.on('update', this.#onAwareness)
    if (this.#isAttached()) this.#sendPresence()
  }

  receive(frame: ServerFrame): void {
    switch (frame.type) {
      case 'authenticated':
        return this.#authenticated(frame.canWrite)
      case 'denied':
        return this.#denied(frame.reason)
      case 'tokenRequest':
        return this.#host.renewToken()
      case 'close':
        return this.#closed(frame.reason)
      case 'pong':
        return undefined
      default:
        return this.#isAttached() ? this.#receiveContent(frame) : undefined
    }
  }

  #receiveContent(frame: ServerFrame): void {
    switch (frame.type) {
      case 'syncStep1':
        return this.#answerStep1(frame.stateVector)
      case 'syncStep2':
        this.#questions = Math.max(0, this.#questions - 1)
        if (this.#takes(frame.update) && this.#apply(frame.update) && this.#questions === 0) this.#caughtUp()
        return undefined
      case 'update':
        this.#apply(frame.update)
        return undefined
      case 'syncStatus':
        return this.#status(frame.applied)
      case 'stateless':
        return this.#stateless(frame.payload)
      case 'awareness':
        return this.#applyAwareness(frame.update)
      case 'queryAwareness':
        return this.#sendPresence()
      default:
        return undefined
    }
  }

  #authenticated(canWrite: boolean): void {
    if (this.#phase !== 'authenticating') {
      // The answer to a renewed token; the scope may have changed.
      if (this.#isAttached()) this.#setAccess(canWrite)
      return
    }
    this.#setPhase('syncing')
    this.#startTimer(channelTimings.syncMs, () => this.#giveUp('no state'))
    this.#setAccess(canWrite)
    this.#sendStep1()
    this.#sendPresence()
  }

  #setAccess(canWrite: boolean): void {
    this.#canWrite = canWrite
    this.#client.accessChanged(canWrite ? 'write' : 'read')
  }

  #denied(reason: string): void {
    // Stock servers have their own words for a denial; anything unknown is final until the next socket.
    const code = isErrorCode(reason) ? reason : 'access/denied'
    switch (reactionTo(code)) {
      case 'retry':
      case 'sign-in':
      case 'erase':
        // The token, not the document: get another and come back (SYNC E27).
        if (code.startsWith('auth/')) this.#host.renewToken()
        return this.#pause()
      default:
        return this.#freeze(code)
    }
  }

  #freeze(code: ErrorCode): void {
    this.#reset('denied')
    this.#client.accessChanged('none', code)
    this.#host.attachSettled(this)
  }

  /** The server let go of this document while the socket lives: it failed there, or access ended. */
  #closed(reason: string): void {
    if (this.#phase !== 'authenticating' && !this.#isAttached()) return
    if (isErrorCode(reason) && ['detach', 'report', 'tell'].includes(reactionTo(reason))) {
      return this.#freeze(reason)
    }
    if (isErrorCode(reason) && reason.startsWith('auth/')) this.#host.renewToken()
    this.#pause()
  }

  /** Leaves at the server, too: attaching again is only possible after that. */
  #giveUp(reason: string): void {
    this.#host.send(encodeClose(this.name, reason))
    this.#pause()
  }

  /** Comes back after a growing wait. */
  #pause(): void {
    this.#failures += 1
    this.#reset('paused')
    this.#startTimer(this.#retryDelay(), () => this.connect())
    this.#host.attachSettled(this)
  }

  #retryDelay(): number {
    const { retryBaseMs, retryCapMs } = channelTimings
    const full = Math.min(retryCapMs, retryBaseMs * 2 ** Math.min(this.#failures - 1, 10))
    return Math.round(full * (0.5 + 0.5 * this.#host.random()))
  }

  #sendStep1(): void {
    this.#questions += 1
    this.#host.send(encodeSync(this.name, 'step1', Y.encodeStateVector(this.#client.doc())))
  }

  #answerStep1(stateVector: Uint8Array): void {
    // Read before encoding: what the outbox gets from here on travels in frames of its own.
    const covered = this.#client.unsent()
    const unsent = covered.flatMap((id) => this.#client.unsentUpdate(id) ?? [])
    const update = answerTo(stateVector, this.#client.doc(), unsent)
    this.#answered = true
    if (update.byteLength <= maxUpdateBytes || !this.#answerInParts(covered)) {
      this.#write('step2', update, covered)
    }
    this.#client.changed()
  }

  /** More than one frame takes: what is unsent goes in several, in its order. False when it is not about what is unsent. */
  #answerInParts(covered: readonly string[]): boolean {
    const entries = covered.flatMap((id) => {
      const update = this.#client.unsentUpdate(id)
      return update === undefined ? [] : [{ id, update }]
    })
    if (entries.length === 0) return false
    // Once one was refused, the rest builds on nothing.
    partsOf(entries).every(({ ids, update }) => this.#write('update', update, ids))
    return true
  }

  /** Sends a write. False when it would cost the socket: then it is refused here, as the server would. */
  #write(step: 'step2' | 'update', update: Uint8Array, entryIds: readonly string[]): boolean {
    if (update.byteLength > maxSentBytes) {
      this.#client.refused('update/too-large')
      return false
    }
    this.#host.send(encodeSync(this.name, step, update))
    this.#acknowledgements.sent(entryIds)
    return true
  }

  #takes(update: Uint8Array): boolean {
    try {
      return this.#client.takes(update)
    } catch {
      this.#giveUp('malformed update')
      return false
    }
  }

  /** Applies what the server sent; false when it was not an update, which costs the channel and not the app. */
  #apply(update: Uint8Array): boolean {
    try {
      Y.applyUpdate(this.#client.doc(), update, this)
      return true
    } catch {
      this.#giveUp('malformed update')
      return false
    }
  }

  #caughtUp(): void {
    this.#failures = 0
    this.#stopTimer()
    this.#setPhase('open')
    this.#client.caughtUp()
    this.#host.attachSettled(this)
  }

  #status(applied: boolean): void {
    const entryIds = this.#acknowledgements.answered()
    if (entryIds === undefined) return
    if (applied) {
      this.#settleRefusal(undefined)
      if (entryIds.length > 0) this.#client.acknowledged(entryIds)
    } else if (this.#refusal === undefined) {
      // A burst of frames is refused as one: several statuses, then one reason.
      const cancel = this.#host.startTimer(channelTimings.reasonMs, () => this.#settleRefusal(undefined))
      this.#refusal = { cancel }
    }
    this.#client.changed()
  }

  #stateless(payload: string): void {
    const message = parseServerMessage(payload)
    if (message?.type === 'refused') this.#settleRefusal(message.code)
    if (message?.type === 'putBack') this.#client.putBack(message.paths)
  }

  /** `code`: undefined when the server gave no reason: a reader's edit, or trouble there that passes. */
  #settleRefusal(code: ErrorCode | undefined): void {
    const refusal = this.#refusal
    if (refusal === undefined) return
    this.#refusal = undefined
    refusal.cancel()
    const reason = code ?? (this.#canWrite ? 'update/not-applied' : 'access/read-only')
    switch (reactionTo(reason)) {
      case 'retry':
      case 'sign-in':
      case 'erase':
        return this.#resyncLater()
      case 'detach':
      case 'update-app':
        // Not this edit but the document is out of reach: the edit stays in the outbox.
        this.#host.send(encodeClose(this.name, reason))
        return this.#freeze(reason)
      default:
        this.#client.refused(reason)
    }
  }

  /** The edits stay in the outbox; asking for the server's state makes it ask for ours. */
  #resyncLater(): void {
    this.#failures += 1
    this.#cancelResync?.()
    this.#cancelResync = this.#host.startTimer(this.#retryDelay(), () => {
      this.#cancelResync = undefined
      if (this.#isAttached()) this.#sendStep1()
    })
  }

  #applyAwareness(update: Uint8Array): void {
    if (this.#awareness === undefined) return
    try {
      applyAwarenessUpdate(this.#awareness, update, this)
    } catch {
      // Presence is a courtesy: a broken one is not worth a reaction.
    }
  }

  readonly #onAwareness = (
    change: { readonly added: number[]; readonly updated: number[]; readonly removed: number[] },
    origin: unknown,
  ): void => {
    const awareness = this.#awareness
    if (origin === this || awareness === undefined || !this.#isAttached()) return
    const clients = [...change.added, ...change.updated, ...change.removed].filter(
      (id) => id === awareness.clientID,
    )
    if (clients.length > 0) this.#sendAwareness(awareness, clients)
  }

  /** Leaving is always said at once: others would see somebody who is not there. */
  #sendAwareness(awareness: Awareness, clients: readonly number[]): void {
    const isLeaving = awareness.getLocalState() === null
    if (this.#presencePause !== undefined && !isLeaving) {
      this.#presencePause.isWanted = true
      return
    }
    this.#host.send(encodeAwareness(this.name, encodeAwarenessUpdate(awareness, [...clients])))
    if (!this.#host.isSaving() || isLeaving) return
    const cancel = this.#host.startTimer(channelTimings.savedPresenceMs, () => {
      const isWanted = this.#presencePause?.isWanted === true
      this.#presencePause = undefined
      if (isWanted) this.#sendPresence()
    })
    this.#presencePause = { isWanted: false, cancel }
  }

  #sendPresence(): void {
    const state = this.#awareness?.getLocalState()
    // Setting it raises its clock; peers ignore a state with a clock that they saw before the connection broke.
    if (state !== null && state !== undefined) this.#awareness?.setLocalState(state)
  }

  #sendPresenceGone(): void {
    const awareness = this.#awareness
    if (awareness === undefined || awareness.getLocalState() === null) return
    awareness.setLocalState(null)
  }

  #isAttached(): boolean {
    return this.#phase === 'syncing' || this.#phase === 'open'
  }

  /** Drops everything that belongs to the attachment. The outbox keeps what was not answered. */
  #reset(phase: ChannelPhase): void {
    this.#stopTimer()
    this.#cancelResync?.()
    this.#cancelResync = undefined
    this.#refusal?.cancel()
    this.#refusal = undefined
    this.#presencePause?.cancel()
    this.#presencePause = undefined
    this.#acknowledgements.clear()
    this.#answered = false
    this.#questions = 0
    this.#forgetPeers()
    this.#setPhase(phase)
  }

  #forgetPeers(): void {
    const awareness = this.#awareness
    if (awareness === undefined) return
    const peers = [...awareness.getStates().keys()].filter((id) => id !== awareness.clientID)
    removeAwarenessStates(awareness, peers, this)
  }

  #setPhase(phase: ChannelPhase): void {
    if (this.#phase === phase) return
    this.#phase = phase
    this.#client.changed()
  }

  #startTimer(ms: number, fire: () => void): void {
    this.#stopTimer()
    this.#cancelTimer = this.#host.startTimer(ms, fire)
  }

  #stopTimer(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }
}
