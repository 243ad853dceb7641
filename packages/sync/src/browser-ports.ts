import type { Ports, Signal, SocketPort } from './ports.ts'

/** The platform's own: WebSocket, fetch with the session cookie, IndexedDB, clock, timers, page and network events. */
export function createBrowserPorts(): Ports {
  return {
    openSocket: openBrowserSocket,
    fetch: (url, init) =>
      fetch(url, {
        credentials: 'include',
        ...(init?.method === undefined ? {} : { method: init.method }),
        ...(init?.headers === undefined ? {} : { headers: init.headers }),
        ...(init?.body === undefined ? {} : { body: init.body }),
        ...(init?.signal === undefined ? {} : { signal: init.signal }),
      }),
    indexedDB: browserIndexedDb(),
    now: () => Date.now(),
    random: () => Math.random(),
    startTimer: (ms, fire) => {
      const timer = setTimeout(fire, ms)
      return () => clearTimeout(timer)
    },
    watchSignals: watchBrowserSignals,
    isVisible: () => globalThis.document === undefined || globalThis.document.visibilityState === 'visible',
    newId: () => crypto.randomUUID(),
  }
}

function browserIndexedDb(): IDBFactory | undefined {
  try {
    // Reading the property throws a SecurityError in some private windows and sandboxed frames.
    return globalThis.indexedDB
  } catch {
    return undefined
  }
}

function openBrowserSocket(url: string): SocketPort {
  const socket = new WebSocket(url)
  socket.binaryType = 'arraybuffer'
  const port: SocketPort = {
    onopen: null,
    onmessage: null,
    onclose: null,
    send: (data) => socket.send(data as Uint8Array<ArrayBuffer>),
    close: (code, reason) => socket.close(code, reason),
  }
  socket.addEventListener('open', () => port.onopen?.())
  socket.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.data instanceof ArrayBuffer) port.onmessage?.(new Uint8Array(event.data))
  })
  // An error is always followed by a close, which carries all that is known.
  socket.addEventListener('close', (event) => port.onclose?.(event.code, event.reason))
  return port
}

function watchBrowserSignals(listener: (signal: Signal) => void): () => void {
  const stops: (() => void)[] = []
  const listen = (target: EventTarget | undefined, name: string, signal: () => Signal): void => {
    if (target === undefined) return
    const handler = (): void => listener(signal())
    target.addEventListener(name, handler)
    stops.push(() => target.removeEventListener(name, handler))
  }
  const page = globalThis.document as Document | undefined
  listen(globalThis, 'online', () => 'online')
  listen(globalThis, 'offline', () => 'offline')
  listen(globalThis, 'focus', () => 'visible')
  // From the back-forward cache: the socket is dead although nothing said so.
  listen(globalThis, 'pageshow', () => 'visible')
  listen(globalThis, 'pagehide', () => 'pagehide')
  listen(page, 'visibilitychange', () => (page?.visibilityState === 'visible' ? 'visible' : 'hidden'))
  return () => {
    for (const stop of stops) stop()
  }
}
