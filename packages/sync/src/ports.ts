/**
 * Everything that the device side needs from its platform. The browser's are in `browser-ports.ts`; tests hand in a
 * scripted server, a clock they move and an in-memory IndexedDB.
 */
export interface Ports {
  openSocket(url: string): SocketPort
  fetch(url: string, init?: FetchInit): Promise<FetchAnswer>
  /** Undefined where the platform has none; everything then stays in memory, and says so. */
  readonly indexedDB: IDBFactory | undefined
  /** Milliseconds since 1970 by the device's clock. */
  now(): number
  /** 0 to 1, for jitter. */
  random(): number
  /** Runs `fire` once after `ms`; the result cancels it. */
  startTimer(ms: number, fire: () => void): () => void
  /** Tells about the network and the page; the result stops it. */
  watchSignals(listener: (signal: Signal) => void): () => void
  isVisible(): boolean
  /** A fresh random id, for this tab and for records. */
  newId(): string
}

export type Signal = 'online' | 'offline' | 'visible' | 'hidden' | 'pagehide'

/** The part of WebSocket that we use. Handlers are set once, right after opening. */
export interface SocketPort {
  onopen: (() => void) | null
  onmessage: ((data: Uint8Array) => void) | null
  onclose: ((code: number, reason: string) => void) | null
  send(data: Uint8Array): void
  close(code?: number, reason?: string): void
}

export interface FetchInit {
  readonly method?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
  readonly signal?: AbortSignal | undefined
}

export interface FetchAnswer {
  readonly ok: boolean
  readonly status: number
  json(): Promise<unknown>
}
