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
  /** Room that the browser gives this origin, in bytes; undefined where it does not say. Never rejects. */
  estimateQuota?(): Promise<number | undefined>
  /** Asks the browser to never clear this origin by itself; its answer, undefined where it has none. Never rejects. */
  persist?(): Promise<boolean | undefined>
  /**
   * Small notes that survive when the browser clears this origin's storage by itself, so that a device can tell "new
   * here" from "emptied"; absent where there is no such place.
   */
  readonly marks?: MarksPort | undefined
  /**
   * Runs `body` while a lock over all tabs and workers of this origin is held; undefined when it was asked for with
   * `ifAvailable` and is not to be had. Rejects when the lock is stolen meanwhile (`body` goes on) and when `signal`
   * ends the waiting. Absent where the platform has no Web Locks.
   */
  readonly lock?: LockPort | undefined
  /** A line to the other tabs and workers of this origin; absent where the platform has none. */
  openLine?(name: string): LinePort
  /** What the platform says about the connection; absent where it says nothing. */
  readonly connection?: ConnectionPort | undefined
}

export type LockPort = <T>(
  name: string,
  options: LockRequest,
  body: () => Promise<T>,
) => Promise<T | undefined>

export interface LockRequest {
  readonly mode: 'exclusive' | 'shared'
  readonly ifAvailable?: boolean | undefined
  /** Takes the lock from whoever holds it. */
  readonly steal?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

/** Everybody on the line but the sender gets what is posted; what can be cloned can be posted. */
export interface LinePort {
  onmessage: ((message: unknown) => void) | null
  post(message: unknown): void
  close(): void
}

export interface ConnectionPort {
  /** The person asked the browser to save bytes, or the connection is as slow as 2G. */
  isSlow(): boolean
  /** Calls `listener` when that may have changed; the result stops it. */
  watch(listener: () => void): () => void
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
  readonly body?: string | Uint8Array | undefined
  readonly signal?: AbortSignal | undefined
}

export interface FetchAnswer {
  readonly ok: boolean
  readonly status: number
  /** Value of an answer's header; null when it has none. */
  header(name: string): string | null
  /** The body is read once, in one of these ways. */
  json(): Promise<unknown>
  bytes(): Promise<Uint8Array>
  /** The body as it arrives; throws when it is cut off. Stopping early ends the request. */
  chunks(): AsyncIterable<Uint8Array>
}

export interface MarksPort {
  has(key: string): boolean
  set(key: string): void
  clear(key: string): void
}
