import type { SocketPort } from '@fulqrun/sync'
import type { GateSocket } from '../../gate/gate-socket.ts'

/** The way between a device and the server, with a delay each way. */
export const wayMs = 5

/** What the server does with its end. */
export interface ServerEnd {
  receive(frame: Uint8Array): void
  /** To its ping. */
  answered(): void
  left(code: number, reason: string): void
}

/**
 * Both ends of one socket. Each end closes for itself: the other hears of it when there is a way to it. A connection
 * loses nothing in between: it goes on where it was when the network is back, or it ends.
 */
export class SocketPair implements GateSocket {
  readonly OPEN = 1
  readonly isPaused = false
  readonly bufferedAmount = 0
  readonly port: SocketPort
  readonly #isReachable: () => boolean
  #device: 'connecting' | 'open' | 'closed' = 'connecting'
  #server: ServerEnd | undefined
  #isMute = false
  /** What found no network, of both directions, in order. */
  readonly #held: (() => void)[] = []

  constructor(isReachable: () => boolean) {
    this.#isReachable = isReachable
    this.port = {
      onopen: null,
      onmessage: null,
      onclose: null,
      send: (data) => {
        const frame = data.slice()
        this.#later(() => this.#server?.receive(frame))
      },
      close: (code = 1000, reason = '') => {
        if (this.#device === 'closed') return
        this.#device = 'closed'
        this.#later(() => this.#leave(code, reason))
      },
    }
  }

  /** Nobody has either end any more. */
  get isGone(): boolean {
    return this.#device === 'closed' && this.#server === undefined
  }

  get readyState(): number {
    return this.#server === undefined ? 3 : 1
  }

  open(server: ServerEnd): void {
    // The device gave up while the socket was opening.
    if (this.#device === 'closed') return server.left(1006, '')
    this.#device = 'open'
    this.#server = server
    this.port.onopen?.()
  }

  send(frame: Uint8Array): void {
    const copy = frame.slice()
    this.#later(() => {
      if (this.#device === 'open') this.port.onmessage?.(copy)
    })
  }

  close(code = 1000, reason = ''): void {
    // What was sent before is read before the close is.
    setTimeout(() => this.#end(code, reason), wayMs)
  }

  terminate(): void {
    this.#end(1006, '')
  }

  /** The server's process is gone, or there was none. */
  breakOff(): void {
    this.#server = undefined
    this.#held.splice(0)
    this.#later(() => this.#closed(1006, ''))
  }

  /** Half-open: from now on nothing arrives at either end, and each finds out for itself. */
  mute(): void {
    this.#isMute = true
    this.#held.splice(0)
  }

  ping(): void {
    this.#later(() => this.#later(() => this.#server?.answered()))
  }

  pause(): void {}
  resume(): void {}

  /** The network is back: what was held is delivered. */
  resumed(): void {
    for (const deliver of this.#held.splice(0)) this.#later(deliver)
  }

  #later(deliver: () => void): void {
    setTimeout(() => {
      if (this.#isMute) return
      if (this.#isReachable() && this.#held.length === 0) deliver()
      else this.#held.push(deliver)
    }, wayMs)
  }

  /** The server's end closes. */
  #end(code: number, reason: string): void {
    this.#leave(code, reason)
    this.#later(() => this.#closed(code, reason))
  }

  #leave(code: number, reason: string): void {
    const server = this.#server
    this.#server = undefined
    server?.left(code, reason)
  }

  #closed(code: number, reason: string): void {
    if (this.#device === 'closed') return
    this.#device = 'closed'
    this.port.onclose?.(code, reason)
  }
}
