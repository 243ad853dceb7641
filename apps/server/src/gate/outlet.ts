import type { Duplex } from 'node:stream'
import type { GateSocket } from './gate-socket.ts'

/**
 * The way out of a socket. What one turn of the event loop sends leaves in one system call: acknowledgements come in
 * bursts as large as the writes did.
 */
export class Outlet {
  readonly #socket: GateSocket
  /** The connection below the WebSocket. */
  readonly #stream: Duplex
  #corked = false

  constructor(socket: GateSocket, stream: Duplex) {
    this.#socket = socket
    this.#stream = stream
  }

  /** Sends a frame; one for a socket that is closing goes nowhere. */
  write(frame: Uint8Array): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    this.#cork()
    this.#socket.send(frame)
  }

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
