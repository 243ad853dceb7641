/** What the gate needs of the socket in front of it: a WebSocket of `ws`, or something that translates for one. */
export interface GateSocket {
  readonly OPEN: number
  readonly readyState: number
  readonly isPaused: boolean
  /** Bytes that the other side has not taken yet. */
  readonly bufferedAmount: number
  send(frame: Uint8Array): void
  close(code?: number, reason?: string): void
  terminate(): void
  ping(): void
  pause(): void
  resume(): void
}
