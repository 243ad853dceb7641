import { WebSocket } from 'ws'
import { type Frame, type Wire, decodeFrame, encodeRequest, encodeToken, encodeUpdate } from './wire.ts'

export interface Door {
  readonly wire: Wire
  /** Address of the socket for a document. */
  readonly url: string
  readonly name: string
  readonly token: string
}

const attachTimeoutMs = 15_000

function ignore(): void {}

/**
 * One connection to one document. It reads frames and counts; it keeps no Yjs document, so that what is measured is
 * the server.
 */
export class Client {
  /** Replaced by whoever wants the updates that the server sends; these are the raw bytes. */
  onUpdate: (update: Uint8Array) => void = ignore
  /** Replaced by whoever counts acknowledgements. Always positive: a refusal fails the client. */
  onAcknowledged: () => void = ignore
  /** Rejects when the connection fails or the server refuses an edit; never resolves. */
  readonly failed: Promise<never>

  readonly #door: Door
  readonly #socket: WebSocket
  readonly #failure = Promise.withResolvers<never>()
  readonly #ready = Promise.withResolvers<void>()
  readonly #content = Promise.withResolvers<Uint8Array>()
  #lastMessage = ''
  #closing = false

  constructor(door: Door) {
    this.#door = door
    this.failed = this.#failure.promise
    // Its owner may not be waiting at the moment the connection fails; later waits still see the rejection.
    this.failed.catch(ignore)
    this.#socket = new WebSocket(door.url, { perMessageDeflate: false })
    this.#socket.binaryType = 'nodebuffer'
    this.#socket.on('open', () => this.send(this.#greeting()))
    this.#socket.on('message', (data: Buffer) => this.#handle(decodeFrame(door.wire, data)))
    this.#socket.on('error', (error) => this.#fail(error.message))
    this.#socket.on('close', (code, reason) => {
      if (!this.#closing) this.#fail(`closed with ${code} ${reason.toString()}`)
    })
  }

  /** Waits until the server has sent what it has and is ready for updates; the content, as one Yjs update. */
  async attached(): Promise<Uint8Array> {
    const timer = setTimeout(() => this.#fail(`not attached within ${attachTimeoutMs} ms`), attachTimeoutMs)
    try {
      const [content] = await Promise.race([
        Promise.all([this.#content.promise, this.#ready.promise]),
        this.failed,
      ])
      return content
    } finally {
      clearTimeout(timer)
    }
  }

  /** Sends a frame made by {@link encodeUpdate}. */
  send(frame: Uint8Array): void {
    this.#socket.send(frame)
  }

  /** Sends one update and resolves when the server has confirmed it (for y-websocket: when it comes back). */
  async deliver(update: Uint8Array): Promise<void> {
    const { wire, name } = this.#door
    const { onAcknowledged, onUpdate } = this
    const confirmed = new Promise<void>((resolve) => {
      // y-websocket acknowledges nothing, but sends every change back to its author too.
      if (wire === 'hocuspocus') this.onAcknowledged = resolve
      else this.onUpdate = () => resolve()
    })
    this.send(encodeUpdate(wire, name, update))
    await Promise.race([confirmed, this.failed])
    Object.assign(this, { onAcknowledged, onUpdate })
  }

  close(): void {
    this.#closing = true
    this.#socket.terminate()
  }

  #greeting(): Uint8Array {
    const { wire, name, token } = this.#door
    return wire === 'hocuspocus' ? encodeToken(name, token) : encodeRequest(wire, name)
  }

  #handle(frame: Frame): void {
    switch (frame.kind) {
      case 'update':
        return this.onUpdate(frame.update)
      case 'acknowledged':
        return frame.applied ? this.onAcknowledged() : this.#fail('an edit was refused')
      case 'authenticated':
        return this.send(encodeRequest(this.#door.wire, this.#door.name))
      case 'content':
        return this.#content.resolve(frame.update)
      case 'ready':
        return this.#ready.resolve()
      case 'denied':
      case 'closed':
        return this.#fail(`${frame.kind}: ${frame.reason}`)
      case 'message':
        this.#lastMessage = frame.text
        return
      case 'other':
        return
    }
  }

  #fail(reason: string): void {
    const said = this.#lastMessage === '' ? '' : ` (the server said ${this.#lastMessage})`
    this.#failure.reject(new Error(`${this.#door.name}: ${reason}${said}`))
  }
}

/** Opens a client and waits until it is attached; closes it again when that fails. */
export async function openClient(door: Door): Promise<Client> {
  const client = new Client(door)
  try {
    await client.attached()
    return client
  } catch (error) {
    client.close()
    throw error
  }
}
