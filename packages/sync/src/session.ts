/**
 * The shell around `session-state.ts`: owns the socket, the timers and the token, and deals frames to the channels.
 * Decisions are the machine's; this only carries them out.
 */
import { type DocumentName, isErrorCode, reactionTo } from '@fulqrun/protocol'
import { createAttachWindow } from './attach-window.ts'
import type { Channel, ChannelHost } from './channel.ts'
import type { Ports, SocketPort } from './ports.ts'
import {
  evaluate,
  initialSession,
  isConnected,
  type SessionEffect,
  type SessionEvent,
  type SessionState,
  type TimerName,
} from './session-state.ts'
import { createStore, type Store } from './store.ts'
import { decodeServerFrame, encodePing, encodeToken, type ServerFrame } from './wire.ts'

export type TokenAnswer =
  | { readonly ok: true; readonly token: string; readonly renewInMs: number }
  | { readonly ok: false; readonly kind: 'network' | 'denied' }

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
}

/** A server that does not answer a close frame is taken to have closed after this. */
const closeAnswerMs = 5_000

export class Session {
  readonly state: Store<SessionState>
  readonly #ports: Ports
  readonly #url: string
  readonly #signInName: DocumentName
  readonly #fetchToken: () => Promise<TokenAnswer>
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
  #queue: SessionEvent[] = []
  #evaluating = false

  constructor(options: SessionOptions) {
    this.#ports = options.ports
    this.#url = options.url
    this.#signInName = options.signInName
    this.#fetchToken = () => options.fetchToken()
    this.#store = createStore(initialSession(options.ports.now()))
    this.state = this.#store
    this.#window = createAttachWindow<Channel>((channel) => channel.begin())
    this.#stopSignals = options.ports.watchSignals((signal) => {
      if (signal === 'online') this.dispatch({ type: 'online' })
      if (signal === 'offline') this.dispatch({ type: 'offline' })
      if (signal === 'visible') this.dispatch({ type: 'becameVisible' })
    })
  }

  /** What a channel of this session works with. */
  readonly host: ChannelHost = {
    send: (bytes) => this.#send(bytes),
    token: () => this.#token?.value,
    renewToken: () => this.dispatch({ type: 'timerFired', name: 'renew' }),
    startTimer: (ms, fire) => this.#ports.startTimer(ms, fire),
    random: () => this.#ports.random(),
    requestAttach: (channel) => this.#requestAttach(channel),
    attachSettled: (channel) => this.#attachSettled(channel),
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
    const { state, effects } = evaluate(this.#store.get(), event, context)
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
    const cancel = this.#ports.startTimer(ms, () => {
      this.#timers.delete(name)
      this.dispatch({ type: 'timerFired', name })
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
        this.#token = answer.kind === 'denied' ? undefined : this.#token
        this.dispatch({ type: 'tokenFailed', kind: answer.kind })
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
      if (this.#socket === socket) this.dispatch({ type: 'socketOpened' })
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
    this.dispatch({ type: 'frameReceived' })
    const decoded = decodeServerFrame(data)
    // Junk from a server is not worth a reaction: the heartbeat finds out whether it still makes sense.
    if (!decoded.ok) return
    const name = decoded.document as DocumentName
    if (name === this.#signInName) this.#receiveSignIn(decoded.frame)
    else if (decoded.frame.type === 'close' && this.#leaving.has(name)) this.#left(name)
    else this.#channels.get(name)?.receive(decoded.frame)
    this.#settle()
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
    try {
      this.#socket?.send(bytes)
    } catch {
      // Closing: the close event follows and everything unanswered is still in the outbox.
    }
  }
}
