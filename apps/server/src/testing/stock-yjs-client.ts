import { endpoints } from '@fulqrun/protocol'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import type { WireClose } from '@fulqrun/testkit'

/** y-websocket as it is, on one document, with an eye on its socket. */
export interface StockYjsClient extends Disposable {
  readonly doc: Y.Doc
  readonly provider: WebsocketProvider
  /** First numbers of the messages from the server, in order. */
  readonly received: readonly number[]
  /** Sockets that it has opened. */
  readonly sockets: () => number
  /** How each of its sockets was closed from the other side, in order. */
  readonly closes: readonly WireClose[]
  /** The close after which it has given up. */
  readonly gaveUp: Promise<WireClose>
  synced(): Promise<void>
}

interface StockYjsOptions {
  /** `http://host:port` */
  readonly url: string
  /** Goes into the path as it is. */
  readonly name: string
  readonly token: string
  readonly doc?: Y.Doc | undefined
}

export function gatewayUrl(url: string): string {
  return url.replace('http', 'ws') + endpoints.gateway
}

export function openStockYjs({ url, name, token, doc = new Y.Doc() }: StockYjsOptions): StockYjsClient {
  const received: number[] = []
  const closes: WireClose[] = []
  let sockets = 0
  class WatchedSocket extends WebSocket {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols)
      sockets++
      this.addEventListener('message', ({ data }) =>
        received.push(new Uint8Array(data as ArrayBuffer)[0] ?? -1),
      )
      this.addEventListener('close', ({ code, reason }) => closes.push({ code, reason }))
    }
  }
  const provider = new WebsocketProvider(gatewayUrl(url), name, doc, {
    params: { token },
    disableBc: true,
    WebSocketPolyfill: WatchedSocket,
  })
  const gaveUp = new Promise<WireClose>((resolve) => provider.on('closed', (close) => resolve(close)))
  return {
    doc,
    provider,
    received,
    sockets: () => sockets,
    closes,
    gaveUp,
    synced: () =>
      new Promise((resolve) => {
        if (provider.synced) resolve()
        else provider.once('sync', () => resolve())
      }),
    [Symbol.dispose]() {
      provider.destroy()
      provider.awareness.destroy()
      doc.destroy()
    },
  }
}
