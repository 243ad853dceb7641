import type {
  ConnectionPort,
  FetchAnswer,
  FetchInit,
  LinePort,
  LockPort,
  MarksPort,
  Ports,
  Signal,
  SocketPort,
} from './ports.ts'

/** The platform's own: WebSocket, fetch with the session cookie, IndexedDB, clock, timers, page and network events. */
export function createBrowserPorts(): Ports {
  return {
    openSocket: openBrowserSocket,
    fetch: fetchInBrowser,
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
    estimateQuota,
    persist,
    marks: browserMarks(),
    lock: browserLock(),
    ...(globalThis.BroadcastChannel === undefined ? {} : { openLine }),
    connection: browserConnection(),
  }
}

function browserLock(): LockPort | undefined {
  // Not over plain HTTP, not in old browsers.
  const locks = globalThis.navigator?.locks as LockManager | undefined
  if (locks === undefined) return undefined
  return async (name, { mode, ifAvailable = false, steal = false, signal }, body) => {
    // The platform throws when `steal` or `ifAvailable` comes with a signal.
    const options = steal
      ? { mode, steal }
      : ifAvailable || signal === undefined
        ? { mode, ifAvailable }
        : { mode, signal }
    return await locks.request(name, options, (lock) => (lock === null ? undefined : body()))
  }
}

function openLine(name: string): LinePort {
  const channel = new BroadcastChannel(name)
  const line: LinePort = {
    onmessage: null,
    post: (message) => channel.postMessage(message),
    close: () => channel.close(),
  }
  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => line.onmessage?.(data))
  return line
}

/** Network Information: Chromium has it, Firefox and Safari do not. */
interface NetworkInformation extends EventTarget {
  readonly saveData?: boolean
  readonly effectiveType?: string
}

function browserConnection(): ConnectionPort | undefined {
  const { connection } = (globalThis.navigator ?? {}) as { connection?: NetworkInformation }
  if (connection === undefined) return undefined
  return {
    isSlow: () => connection.saveData === true || ['slow-2g', '2g'].includes(connection.effectiveType ?? ''),
    watch: (listener) => {
      connection.addEventListener('change', listener)
      return () => connection.removeEventListener('change', listener)
    },
  }
}

export async function fetchInBrowser(url: string, init: FetchInit = {}): Promise<FetchAnswer> {
  const { method, headers, body, signal } = init
  const answer = await fetch(url, {
    credentials: 'include',
    ...(method === undefined ? {} : { method }),
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { body: body as BodyInit }),
    ...(signal === undefined ? {} : { signal }),
  })
  return {
    ok: answer.ok,
    status: answer.status,
    header: (name) => answer.headers.get(name),
    json: () => answer.json(),
    bytes: async () => new Uint8Array(await answer.arrayBuffer()),
    chunks: () => chunksOf(answer.body),
  }
}

async function* chunksOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader()
  try {
    // Not `for await` over the stream: Safari has no iterator on it.
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) yield read.value
  } finally {
    // Ends the request when nobody reads on; after the last chunk there is nothing to end.
    await reader?.cancel().catch(() => undefined)
  }
}

async function estimateQuota(): Promise<number | undefined> {
  try {
    return (await navigator.storage.estimate()).quota
  } catch {
    // Not over plain HTTP, not in old browsers.
    return undefined
  }
}

async function persist(): Promise<boolean | undefined> {
  try {
    return (await navigator.storage.persisted()) || (await navigator.storage.persist())
  } catch {
    return undefined
  }
}

/** Cookies: they are not in the storage that browsers clear when a disk runs full or a site was not visited for a week. */
function browserMarks(): MarksPort | undefined {
  const page = globalThis.document as Document | undefined
  if (page === undefined) return undefined
  const write = (key: string, seconds: number): void => {
    // oxlint-disable-next-line unicorn/no-document-cookie -- the Cookie Store API is missing in Firefox and Safari
    page.cookie = `${encodeURIComponent(key)}=1; path=/; max-age=${seconds}; samesite=strict`
  }
  return {
    has: (key) => page.cookie.split('; ').includes(`${encodeURIComponent(key)}=1`),
    set: (key) => write(key, markSeconds),
    clear: (key) => write(key, 0),
  }
}

/** As long as browsers keep a cookie. */
const markSeconds = 400 * 24 * 60 * 60

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
  // A frozen tab goes on where it was; timers of hours ago fire now.
  listen(page, 'resume', () => 'visible')
  listen(page, 'visibilitychange', () => (page?.visibilityState === 'visible' ? 'visible' : 'hidden'))
  return () => {
    for (const stop of stops) stop()
  }
}
