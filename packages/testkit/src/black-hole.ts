/** A TCP proxy on loopback that stops working in the ways that networks do. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type BlackHoleMode =
  /** As if it were not there. */
  | 'open'
  /** Everything is swallowed, both ways; nothing is closed. Connections of before are half-open. */
  | 'mute'
  /** As `mute`, but only for what comes after a socket's upgrade: HTTP answers, sockets open and stay silent (SYNC E13). */
  | 'mute-sockets'
  /** Connections are closed as soon as they are made. */
  | 'refuse'
  /** Whatever is asked is answered with a page, as by the sign-in of a hotel. */
  | 'portal'

export interface BlackHole extends AsyncDisposable {
  /** Where clients connect: `http://127.0.0.1:<port>`. */
  readonly url: string
  mode: BlackHoleMode
  /** Connections that clients have made so far. */
  readonly connections: number
  /** Resolves when the next thing that a client says is swallowed. */
  swallowed(): Promise<void>
  /** Ends all connections at once, as when a cable is cut at the near end. */
  cut(): void
}

const portal = '<html><title>Welcome to the hotel</title></html>'
const portalAnswer = `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${portal.length}\r\nConnection: close\r\n\r\n${portal}`

/** @param target asked for each connection, as a restarted server may have moved: `http://127.0.0.1:<port>` */
export async function openBlackHole(target: () => string): Promise<BlackHole> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let mode: BlackHoleMode = 'open'
  let connections = 0
  let waiting: (() => void)[] = []

  function isSwallowed(isUpgraded: boolean): boolean {
    return mode === 'mute' || (mode === 'mute-sockets' && isUpgraded)
  }

  function join(client: Socket): void {
    const { hostname, port } = new URL(target())
    const server = connect({ host: hostname, port: Number(port) })
    const pair = [client, server] as const
    let isUpgraded = false
    pairs.add(pair)
    client.on('data', (data) => {
      if (!isSwallowed(isUpgraded)) {
        server.write(data)
        return
      }
      for (const resolve of waiting) resolve()
      waiting = []
    })
    server.on('data', (data) => {
      if (isSwallowed(isUpgraded)) return
      client.write(data)
      if (data.subarray(0, 12).toString('latin1') === 'HTTP/1.1 101') isUpgraded = true
    })
    for (const [from, to] of [pair, [server, client]] as const) {
      // An end that is swallowed is not heard of on the other side either.
      from.on('close', () => {
        if (isSwallowed(isUpgraded)) return
        pairs.delete(pair)
        to.destroy()
      })
      from.on('error', () => from.destroy())
    }
  }

  const listener = createServer((client) => {
    connections += 1
    client.on('error', () => client.destroy())
    if (mode === 'refuse') client.destroy()
    else if (mode === 'portal') client.once('data', () => client.end(portalAnswer))
    else join(client)
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')

  function cut(): void {
    for (const pair of pairs) for (const socket of pair) socket.destroy()
    pairs.clear()
  }

  return {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    get mode() {
      return mode
    },
    set mode(wanted) {
      mode = wanted
    },
    get connections() {
      return connections
    },
    swallowed: () =>
      new Promise((resolve) => {
        waiting.push(resolve)
      }),
    cut,
    async [Symbol.asyncDispose]() {
      cut()
      listener.close()
      await once(listener, 'close')
    },
  }
}
