import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type DocumentName, endpoints, type ErrorCode, errors, limits } from '@fulqrun/protocol'
import { WebSocket, WebSocketServer } from 'ws'
import { ClientGate, type GateServices } from './client-gate.ts'
import { readYjsAddress, type YjsTarget } from './yjs-address.ts'
import { YjsSocket } from './yjs-socket.ts'

const tickMs = 1000
/** Half-open sockets are found within twice this. */
const probeMs = 30_000

const options = {
  noServer: true,
  maxPayload: limits.maxSocketPayloadBytes,
  perMessageDeflate: false,
  clientTracking: false,
} as const

/** Close code of the WebSocket layer for a message over the limit. */
const messageTooBig = 1009

/** A stock client would come back after 1009 and bring the same message again, for ever; after ours it does not. */
class YjsWebSocket extends WebSocket {
  override close(code?: number, data?: string | Buffer): void {
    if (code === messageTooBig) super.close(errors['update/too-large'].close, 'update/too-large')
    else super.close(code, data)
  }
}

/**
 * All sockets of this process: takes upgrades of `/sync` and of the gateway, gives each socket its gate, and tells gates
 * what concerns them (time, permissions, the end).
 */
export class SocketServer {
  readonly #server = new WebSocketServer(options)
  readonly #gateway = new WebSocketServer({ ...options, WebSocket: YjsWebSocket })
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
    const url = URL.parse(request.url ?? '/', 'http://server.invalid')
    if (url === null) return false
    const target = readYjsAddress(url)
    if (target === undefined && url.pathname !== endpoints.sync) return false
    if (this.#stopping) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\n\r\n')
      return true
    }
    if (target === undefined)
      this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#open(webSocket, socket))
    else
      this.#gateway.handleUpgrade(request, socket, head, (webSocket) => {
        if (typeof target === 'string') this.#refuse(webSocket, target)
        else this.#openGateway(webSocket, socket, target)
      })
    return true
  }

  /** Sockets to which news can be told now. */
  *listening(): Generator<ClientGate> {
    for (const gate of this.#gates) if (gate.isListening) yield gate
  }

  /** A document has come to be, has moved or was removed, and with it the answer to who may see it. */
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
    this.#gateway.close()
  }

  #each(act: (gate: ClientGate) => void): void {
    for (const gate of this.#gates) act(gate)
  }

  #open(webSocket: WebSocket, stream: Duplex): void {
    const gate = new ClientGate(webSocket, stream, this.#services)
    this.#attend(webSocket, gate, (message) => gate.receive(message))
  }

  /** A stock y-websocket client: the same gate, behind an adapter. */
  #openGateway(webSocket: WebSocket, stream: Duplex, target: YjsTarget): void {
    const adapter = new YjsSocket(webSocket, target, {
      receive: (frame) => gate.receive(frame),
      end: (code) => gate.end(code),
    })
    const gate = new ClientGate(adapter, stream, this.#services, false)
    this.#attend(webSocket, gate, (message) => gate.receive(adapter.incoming(message), message.byteLength))
    adapter.begin()
  }

  /** The reason is told as a close: the answer to a failed upgrade is kept from browsers, which would come again. */
  #refuse(webSocket: WebSocket, code: ErrorCode): void {
    this.#services.counters.closed(code)
    this.#watchErrors(webSocket)
    webSocket.close(errors[code].close, code)
  }

  #attend(webSocket: WebSocket, gate: ClientGate, receive: (message: Uint8Array) => void): void {
    this.#gates.add(gate)
    webSocket.on('message', (data, isBinary) => {
      if (isBinary) receive(bytesOf(data as Buffer))
      else gate.end('frame/malformed')
    })
    webSocket.on('pong', () => gate.answered())
    webSocket.on('close', (code, reason) => {
      this.#gates.delete(gate)
      gate.disconnected(code, reason.toString())
    })
    this.#watchErrors(webSocket)
  }

  /** A protocol error closes the socket by itself; without a listener it would end the process. */
  #watchErrors(webSocket: WebSocket): void {
    webSocket.on('error', (error) => this.#services.logger.debug({ err: error }, 'a socket failed'))
  }
}

/** A plain Uint8Array over the message: Yjs and Hocuspocus compare constructors. */
function bytesOf(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}
