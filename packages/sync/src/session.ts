/**
 * The shell around `session-state.ts`: owns the socket, the timers and the token, and deals frames to the channels.
 * Decisions are the machine's; this only carries them out.
 */
import {
  type DocumentName,
  type FeedMessage,
  isErrorCode,
  parseServerMessage,
  reactionTo,
} from '@fulqrun/protocol'
import { createAttachWindow } from './attach-window.ts'
import type { Channel, ChannelHost } from './channel.ts'
import type { Ports, Signal, SocketPort } from './ports.ts'
import {
  evaluate,
  initialSession,
  isConnected,
  type SessionEffect,
  type SessionEvent,
  type SessionState,
  type TimerName,
  type TokenFailure,
} from './session-state.ts'
import { createStore, type Store } from './store.ts'
import { decodeServerFrame, encodePing, encodeToken, type ServerFrame } from './wire.ts'

export type TokenAnswer =
  | { readonly ok: true; readonly token: string; readonly renewInMs: number }
  | ({ readonly ok: false } & TokenFailure)

/** Told about everything that goes over the socket; called for each frame, so it must be cheap. */
export interface SessionObserver {
  connected(): void
  sent(bytes: number): void
  received(bytes: number): void
  /** Time between a ping and its answer. */
  answered(ms: number): void
  /** An attempt or a connection failed, or a frame made no sense. */
  failed(): void
}

export interface SessionOptions {
  readonly ports: Ports
  readonly url: string
  /**
   * A name that is authenticated first on every socket and never synced. It binds the socket to the person before
   * the server's deadline even when no document is open, and it can always carry a renewed token.
   */
  readonly signInName: DocumentName
  /** Never rejects. */
  fetchToken(): Promise<TokenAnswer>
  /** News of the server, whichever document's channel they came on. */
  onFeed?(message: FeedMessage): void
  /** A ping was answered: what was last heard still holds. */
  onPong?(): void
}

const eventOfSignal = {
  online: { type: 'online' },
  offline: { type: 'offline' },
  visible: { type: 'becameVisible' },
  hidden: { type: 'becameHidden' },
  pagehide: { type: 'pageLeft' },
} as const satisfies Record<Signal, SessionEvent>

/** A server that does not answer a close frame is taken to have closed after this. */
const closeAnswerMs = 5_000

export class Session {
  readonly state: Store<SessionState>
  readonly #ports: Ports
  readonly #url: string
  readonly #signInName: DocumentName
  readonly #fetchToken: () => Promise<TokenAnswer>
  readonly #onFeed: (message: FeedMessage) => void
  readonly #onPong: () => void
  readonly #store
  readonly #timers = new Map<TimerName, () => void>()
  readonly #channels = new Map<DocumentName, Channel>()
  /** Documents that we left and whose close the server has not answered: attaching now would be mistaken for the old one. */
  readonly #leaving = new Map<DocumentName, () => void>()
  readonly #window
  readonly #stopSignals: () => void
  #socket: SocketPort | undefined
  #token: { readonly value: string; readonly renewAt: number } | undefined
  #fetching = 0
  #observer: SessionObserver | undefined
  /** Device time of the ping that is out; 0 without one. */
  #pingedAt = 0
  #queue: SessionEvent[] = []
  #evaluating = false

  constructor(options: SessionOptions) {
    this.#ports = options.ports
    this.#url = options.url
    this.#signInName = options.signInName
    this.#fetchToken = () => options.fetchToken()
    this.#onFeed = (message) => options.onFeed?.(message)
    this.#onPong = () => options.onPong?.()
    this.#store = createStore({
      ...initialSession(options.ports.now()),
      hidden: !options.ports.isVisible(),
    })
    this.state = this.#store
    this.#window = createAttachWindow<Channel>((channel) => channel.begin())
    this.#stopSignals = options.ports.watchSignals((signal) => this.dispatch(eventOfSignal[signal]))
  }

  /** What a channel of this session works with. */
  readonly host: ChannelHost = {
    send: (bytes) => this.#send(bytes),
    token: () => this.#token?.value,
    renewToken: () => this.dispatch({ type: 'timerFired', name: 'renew' }),
    startTimer: (ms, fire) => this.#ports.startTimer(ms, fire),
    random: () => this.#ports.random(),
    isSaving: () => this.state.get().saving,
    requestAttach: (channel) => this.#requestAttach(channel),
    attachSettled: (channel) => this.#attachSettled(channel),
  }

  /** From now on; before that nothing is measured. */
  observe(observer: SessionObserver): void {
    this.#observer = observer
  }

  /** Feeds the machine. Events that effects cause are handled after them, in order. */
  dispatch(event: SessionEvent): void {
    this.#queue.push(event)
    if (this.#evaluating) return
    this.#evaluating = true
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) this.#step(next)
    } finally {
      this.#evaluating = false
    }
  }

  attach(channel: Channel): void {
    this.#channels.set(channel.name, channel)
    if (isConnected(this.state.get())) channel.connect()
  }

  detach(channel: Channel): void {
    if (this.#channels.get(channel.name) !== channel) return
    this.#channels.delete(channel.name)
    const isAnswered = channel.close()
    if (isAnswered && this.#socket !== undefined) {
      const cancel = this.#ports.startTimer(closeAnswerMs, () => this.#left(channel.name))
      this.#leaving.set(channel.name, cancel)
    }
    this.#window.done(channel)
    this.#settle()
  }

  /** Ends everything; the session cannot be started again. */
  close(): void {
    for (const channel of this.#channels.values()) this.detach(channel)
    this.dispatch({ type: 'stopped' })
    this.#stopSignals()
  }

  #step(event: SessionEvent): void {
    const context = { now: this.#ports.now(), random: this.#ports.random() }
    const before = this.#store.get()
    const { state, effects } = evaluate(before, event, context)
    if (state.attempt > before.attempt || (isConnected(before) && state.phase === 'connecting')) {
      this.#observer?.failed()
    }
    this.#store.set(state)
    for (const effect of effects) this.#run(effect)
  }

  #run(effect: SessionEffect): void {
    switch (effect.type) {
      case 'fetchToken':
        return this.#startFetch(effect.fresh)
      case 'openSocket':
        return this.#openSocket()
      case 'closeSocket':
        return this.#closeSocket()
      case 'attachAll':
        this.#sendToken()
        for (const channel of this.#channels.values()) channel.connect()
        return undefined
      case 'sendToken':
        return this.#sendToken()
      case 'sendPing':
        this.#pingedAt = this.#ports.now()
        return this.#send(encodePing())
      case 'startTimer':
        return this.#startTimer(effect.name, effect.ms)
      case 'cancelTimer':
        return this.#cancelTimer(effect.name)
      case 'cancelTimers':
        for (const name of this.#timers.keys()) this.#cancelTimer(name)
        return undefined
    }
  }

  #startTimer(name: TimerName, ms: number): void {
    this.#cancelTimer(name)
    const due = this.#ports.now() + ms
    const cancel = this.#ports.startTimer(ms, () => {
      this.#timers.delete(name)
      this.dispatch({ type: 'timerFired', name, lateMs: this.#ports.now() - due })
    })
    this.#timers.set(name, cancel)
  }

  #cancelTimer(name: TimerName): void {
    this.#timers.get(name)?.()
    this.#timers.delete(name)
  }

  #startFetch(fresh: boolean): void {
    this.#fetching += 1
    const turn = this.#fetching
    const inHand = this.#token
    if (!fresh && inHand !== undefined && inHand.renewAt > this.#ports.now()) {
      this.dispatch({ type: 'tokenFetched', renewInMs: inHand.renewAt - this.#ports.now() })
      return
    }
    // The promise never rejects, and its outcome is an event like any other.
    void this.#fetchToken().then((answer) => {
      // Another fetch was started since: this answer belongs to an attempt that was given up.
      if (turn !== this.#fetching) return
      if (answer.ok) {
        this.#token = { value: answer.token, renewAt: this.#ports.now() + answer.renewInMs }
        this.dispatch({ type: 'tokenFetched', renewInMs: answer.renewInMs })
      } else {
        const { kind, retryAfterMs, code } = answer
        this.#token = kind === 'denied' ? undefined : this.#token
        this.dispatch({ type: 'tokenFailed', kind, retryAfterMs, code })
      }
    })
  }

  #openSocket(): void {
    this.#closeSocket()
    let socket: SocketPort
    try {
      socket = this.#ports.openSocket(this.#url)
    } catch {
      // A URL that the platform does not take, or no sockets at all: as if it had closed at once.
      this.dispatch({ type: 'socketClosed', code: 1006, reason: '' })
      return
    }
    this.#socket = socket
    socket.onopen = () => {
      if (this.#socket !== socket) return
      this.#observer?.connected()
      this.dispatch({ type: 'socketOpened' })
    }
    socket.onmessage = (data) => {
      if (this.#socket === socket) this.#receive(data)
    }
    socket.onclose = (code, reason) => {
      if (this.#socket !== socket) return
      this.#drop()
      this.dispatch({ type: 'socketClosed', code, reason })
    }
  }

  #closeSocket(): void {
    const socket = this.#socket
    if (socket === undefined) return
    this.#drop()
    socket.close(1000, '')
  }

  /** Forgets the socket; what comes from it later is ignored. */
  #drop(): void {
    const socket = this.#socket
    this.#socket = undefined
    this.#pingedAt = 0
    if (socket !== undefined) {
      socket.onopen = null
      socket.onmessage = null
      socket.onclose = null
    }
    this.#window.clear()
    for (const cancel of this.#leaving.values()) cancel()
    this.#leaving.clear()
    for (const channel of this.#channels.values()) channel.disconnect()
  }

  #receive(data: Uint8Array): void {
    this.#observer?.received(data.byteLength)
    const { heard, probing } = this.state.get()
    // Otherwise it is no news, and frames are many.
    if (!heard || probing) this.dispatch({ type: 'frameReceived' })
    const decoded = decodeServerFrame(data)
    // Junk from a server is not worth a reaction: the heartbeat finds out whether it still makes sense.
    if (!decoded.ok) {
      if (decoded.problem === 'malformed') this.#observer?.failed()
      return
    }
    const { frame } = decoded
    const name = decoded.document as DocumentName
    if (frame.type === 'pong') this.#ponged()
    if (frame.type === 'stateless' && this.#receiveFeed(frame.payload)) return
    if (name === this.#signInName) this.#receiveSignIn(frame)
    else if (frame.type === 'close' && this.#leaving.has(name)) this.#left(name)
    else this.#channels.get(name)?.receive(frame)
    this.#settle()
  }

  #ponged(): void {
    if (this.#pingedAt !== 0) this.#observer?.answered(Math.max(0, this.#ports.now() - this.#pingedAt))
    this.#pingedAt = 0
    this.#onPong()
  }

  /** News are not about the document on whose channel they happened to come. */
  #receiveFeed(payload: string): boolean {
    const message = parseServerMessage(payload)
    if (message?.type !== 'feed') return false
    this.#onFeed(message)
    return true
  }

  #receiveSignIn(frame: ServerFrame): void {
    if (frame.type === 'tokenRequest') this.host.renewToken()
    if (frame.type === 'authenticated') this.dispatch({ type: 'authenticated' })
    if (frame.type !== 'denied' || !isErrorCode(frame.reason)) return
    // Any other denial is about the name, and the socket is bound all the same.
    const isAboutToken = reactionTo(frame.reason) === 'sign-in' || frame.reason === 'auth/token-expired'
    this.dispatch(
      isAboutToken ? { type: 'socketClosed', code: 1000, reason: frame.reason } : { type: 'authenticated' },
    )
  }

  #left(name: DocumentName): void {
    this.#leaving.get(name)?.()
    this.#leaving.delete(name)
    const successor = this.#channels.get(name)
    if (successor?.phase === 'waiting') this.#window.add(successor)
  }

  #requestAttach(channel: Channel): void {
    if (!this.#leaving.has(channel.name)) this.#window.add(channel)
  }

  #attachSettled(channel: Channel): void {
    this.#window.done(channel)
    this.#settle()
  }

  /** Tells the machine when nothing is left to attach. */
  #settle(): void {
    if (this.state.get().phase === 'catching-up' && this.#window.isIdle)
      this.dispatch({ type: 'documentsSynced' })
  }

  /** One frame renews the whole socket. */
  #sendToken(): void {
    const token = this.#token?.value
    if (token !== undefined) this.#send(encodeToken(this.#signInName, token))
  }

  #send(bytes: Uint8Array): void {
    if (this.#socket === undefined) return
    try {
      this.#socket.send(bytes)
      this.#observer?.sent(bytes.byteLength)
    } catch {
      // Closing: the close event follows and everything unanswered is still in the outbox.
    }
  }
}
