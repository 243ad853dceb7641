import type { DocumentName } from '@fulqrun/protocol'
import type { Connection } from '@hocuspocus/server'

/**
 * One document on one socket, as the gate sees it.
 *
 * `opening` from the first frame until Hocuspocus has loaded the document; `open` while it is attached; `denied` after
 * a refusal, until the client authenticates for it again.
 */
export interface Channel {
  readonly address: string
  readonly name: DocumentName
  state: 'opening' | 'open' | 'denied'
  /** Frames held while opening, in order. */
  held: Uint8Array[]
  /** Updates that arrived in this turn of the event loop, to be admitted as one. */
  burst: Uint8Array[]
  burstBytes: number
  /** Updates that build on something that has not arrived, and how often they have been offered. */
  waiting: Uint8Array[]
  offers: number
  connection: Connection | undefined
}

export function createChannel(address: string, name: DocumentName): Channel {
  return {
    address,
    name,
    state: 'opening',
    held: [],
    burst: [],
    burstBytes: 0,
    waiting: [],
    offers: 0,
    connection: undefined,
  }
}
