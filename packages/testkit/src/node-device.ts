/**
 * The platform of a device in Node: real sockets and HTTP, a clock that may run faster, and signals that a test gives.
 * Its shape is that of the sync package's `Ports`; there is no disk.
 */
import * as decoding from 'lib0/decoding'
import { WebSocket } from 'ws'
import { frameTypes } from '@fulqrun/protocol'

type Signal = 'online' | 'offline' | 'visible' | 'hidden' | 'pagehide'

export interface NodeDeviceOptions {
  /** Of somebody who is signed in; a device in Node has no cookies. */
  readonly bearer: string
  /** Seconds of the device's time per second; 1 when left out. */
  readonly speed?: number | undefined
  /** Answers in the server's place; undefined lets the request through. */
  readonly intercept?: ((path: string) => Response | undefined) | undefined
}

export interface NodeDevice {
  readonly ports: {
    openSocket(url: string): NodeSocket
    fetch(url: string, init?: NodeFetchInit): Promise<NodeFetchAnswer>
    readonly indexedDB: undefined
    now(): number
    random(): number
    startTimer(ms: number, fire: () => void): () => void
    watchSignals(listener: (signal: Signal) => void): () => void
    isVisible(): boolean
    newId(): string
  }
  /** Frames that the device has sent, by type. */
  readonly sent: ReadonlyMap<string, number>
  /** Frames that it has received. */
  readonly received: number
  /** Sockets that it has asked for. */
  readonly sockets: number
  signal(signal: Signal): void
  /** From now on no timer fires: what happens then, happens because of an event. */
  stopTimers(): void
  /** Moves the clock without any timer firing. */
  skip(ms: number): void
}

export interface NodeSocket {
  onopen: (() => void) | null
  onmessage: ((data: Uint8Array) => void) | null
  onclose: ((code: number, reason: string) => void) | null
  send(data: Uint8Array): void
  close(code?: number, reason?: string): void
}

interface NodeFetchInit {
  readonly method?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | Uint8Array | undefined
  readonly signal?: AbortSignal | undefined
}

interface NodeFetchAnswer {
  readonly ok: boolean
  readonly status: number
  header(name: string): string | null
  json(): Promise<unknown>
  bytes(): Promise<Uint8Array>
  chunks(): AsyncIterable<Uint8Array>
}

export function createNodeDevice({ bearer, speed = 1, intercept }: NodeDeviceOptions): NodeDevice {
  const sent = new Map<string, number>()
  const listeners = new Set<(signal: Signal) => void>()
  const started = Date.now()
  let received = 0
  let sockets = 0
  let skipped = 0
  let areTimersStopped = false

  function count(data: Uint8Array): void {
    const decoder = decoding.createDecoder(data)
    decoding.readVarString(decoder)
    const type = decoding.readVarUint(decoder)
    const name = Object.entries(frameTypes).find(([, value]) => value === type)?.[0] ?? String(type)
    sent.set(name, (sent.get(name) ?? 0) + 1)
  }

  function openSocket(url: string): NodeSocket {
    sockets += 1
    const socket = new WebSocket(url)
    socket.binaryType = 'arraybuffer'
    const port: NodeSocket = {
      onopen: null,
      onmessage: null,
      onclose: null,
      send: (data) => {
        count(data)
        socket.send(data)
      },
      // As a browser: the close event comes at once for whoever closed, the other end may never hear of it.
      close: () => socket.terminate(),
    }
    socket.on('open', () => port.onopen?.())
    socket.on('message', (data) => {
      received += 1
      port.onmessage?.(new Uint8Array(data as ArrayBuffer))
    })
    socket.on('close', (code, reason) => port.onclose?.(code, reason.toString()))
    // Followed by a close, which carries all that a browser would tell.
    socket.on('error', () => undefined)
    return port
  }

  async function fetchAs(url: string, init: NodeFetchInit = {}): Promise<NodeFetchAnswer> {
    const { method, headers, body, signal } = init
    const answer =
      intercept?.(new URL(url).pathname) ??
      (await fetch(url, {
        headers: { ...headers, authorization: `Bearer ${bearer}` },
        ...(method === undefined ? {} : { method }),
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
        ...(signal === undefined ? {} : { signal }),
      }))
    return {
      ok: answer.ok,
      status: answer.status,
      header: (name) => answer.headers.get(name),
      json: () => answer.json(),
      bytes: async () => new Uint8Array(await answer.arrayBuffer()),
      chunks: () => chunksOf(answer),
    }
  }

  return {
    ports: {
      openSocket,
      fetch: fetchAs,
      indexedDB: undefined,
      now: () => started + (Date.now() - started) * speed + skipped,
      random: () => Math.random(),
      startTimer: (ms, fire) => {
        const timer = setTimeout(() => areTimersStopped || fire(), ms / speed)
        return () => clearTimeout(timer)
      },
      watchSignals: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      isVisible: () => true,
      newId: () => crypto.randomUUID(),
    },
    sent,
    get received() {
      return received
    },
    get sockets() {
      return sockets
    },
    signal: (signal) => {
      for (const listener of Array.from(listeners)) listener(signal)
    },
    stopTimers: () => {
      areTimersStopped = true
    },
    skip: (ms) => {
      skipped += ms
    },
  }
}

async function* chunksOf(answer: Response): AsyncGenerator<Uint8Array> {
  if (answer.body !== null) yield* answer.body as unknown as AsyncIterable<Uint8Array>
}
