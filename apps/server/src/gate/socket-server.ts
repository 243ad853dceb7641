import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type DocumentName, endpoints, limits } from '@fulqrun/protocol'
import { type WebSocket, WebSocketServer } from 'ws'
import { ClientGate, type GateServices } from './client-gate.ts'

const tickMs = 1000
/** Half-open sockets are found within twice this. */
const probeMs = 30_000

/**
 * All sockets of this process: takes upgrades of `/sync`, gives each socket its gate, and tells gates what concerns
 * them (time, permissions, the end).
 */
export class SocketServer {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: limits.maxSocketPayloadBytes,
    perMessageDeflate: false,
    clientTracking: false,
  })
  readonly #services: GateServices
  readonly #gates = new Set<ClientGate>()
  readonly #timers: readonly NodeJS.Timeout[]
  readonly #unsubscribe: () => void
  #stopping = false

  constructor(services: GateServices) {
    this.#services = services
    this.#timers = [
      setInterval(() => this.#each((gate) => gate.tick(services.now())), tickMs),
      setInterval(() => this.#each((gate) => gate.probe()), probeMs),
    ]
    this.#unsubscribe = services.directory.subscribe(({ type, sessionId }) => {
      const principal = services.directory.current(sessionId)
      for (const gate of this.#gates) {
        if (gate.principal?.sessionId !== sessionId) continue
        if (type === 'revoked' || principal === undefined) gate.end('auth/revoked')
        else gate.permissionsChanged(principal)
      }
    })
  }

  get size(): number {
    return this.#gates.size
  }

  /** Answers an HTTP upgrade; false when the path is not ours. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const { pathname } = new URL(request.url ?? '/', 'http://server.invalid')
    if (pathname !== endpoints.sync) return false
    if (this.#stopping) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\n\r\n')
      return true
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#open(webSocket, socket))
    return true
  }

  /** A document has come to be, and with it the answer to who may see it. */
  documentPlaced(name: DocumentName): void {
    this.#each((gate) => gate.documentPlaced(name))
  }

  /** Admits what has arrived and takes no more, so that what is acknowledged from now on is all there is. */
  stop(): void {
    this.#stopping = true
    for (const timer of this.#timers) clearInterval(timer)
    this.#unsubscribe()
    for (const gate of this.#gates) gate.flush()
  }

  /** Closes every socket, after the acknowledgements that are due have been sent. */
  close(): void {
    for (const gate of this.#gates) gate.end('server/stopping')
    this.#server.close()
  }

  #each(act: (gate: ClientGate) => void): void {
    for (const gate of this.#gates) act(gate)
  }

  #open(webSocket: WebSocket, stream: Duplex): void {
    const gate = new ClientGate(webSocket, stream, this.#services)
    this.#gates.add(gate)
    webSocket.on('message', (data, isBinary) => {
      if (isBinary) gate.receive(bytesOf(data as Buffer))
      else gate.end('frame/malformed')
    })
    webSocket.on('pong', () => gate.answered())
    webSocket.on('close', (code, reason) => {
      this.#gates.delete(gate)
      gate.disconnected(code, reason.toString())
    })
    // A protocol error closes the socket by itself; without a listener it would end the process.
    webSocket.on('error', (error) => this.#services.logger.debug({ err: error }, 'a socket failed'))
  }
}

/** A plain Uint8Array over the message: Yjs and Hocuspocus compare constructors. */
function bytesOf(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}
