import type { DocumentName } from '@fulqrun/protocol'
import { defineRoots } from '@fulqrun/schema'
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import * as Y from 'yjs'

/** The provider that everybody uses, unchanged, over one socket for several documents. */
export interface StockClient extends AsyncDisposable {
  readonly socket: HocuspocusProviderWebsocket
  open(name: DocumentName): StockDocument
}

export interface StockDocument {
  readonly doc: Y.Doc
  readonly provider: HocuspocusProvider
  readonly synced: Promise<void>
  /** Reason of a denial. */
  denied(): string | undefined
}

export function openStockClient(url: string, token: () => Promise<string>): StockClient {
  const socket = new HocuspocusProviderWebsocket({
    url,
    delay: 50,
    minDelay: 20,
    jitter: false,
    maxDelay: 200,
  })
  const providers: HocuspocusProvider[] = []
  return {
    socket,
    open(name) {
      const doc = new Y.Doc()
      defineRoots(doc, 'opportunity')
      let denied: string | undefined
      const provider = new HocuspocusProvider({ websocketProvider: socket, name, document: doc, token })
      providers.push(provider)
      const synced = new Promise<void>((resolve) => provider.on('synced', () => resolve()))
      provider.on('authenticationFailed', ({ reason }: { reason: string }) => (denied = reason))
      provider.attach()
      return { doc, provider, synced, denied: () => denied }
    },
    [Symbol.asyncDispose]() {
      for (const provider of providers) provider.destroy()
      socket.destroy()
      return Promise.resolve()
    },
  }
}
