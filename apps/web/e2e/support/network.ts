import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { BrowserContext } from 'playwright-core'

/** The network of one browser context. */
export interface Network {
  /** Of the context that is made with it. */
  readonly proxy: { readonly server: string; readonly bypass: string }
  /** From now on `context.setOffline` takes this network away and brings it back, and it ends with the context. */
  serve(context: BrowserContext): void
}

/**
 * A way for all that a context connects to, which can be cut. Without a network the system closes what was connected;
 * what browsers emulate leaves sockets open and silent instead, and the network service of Chromium then keeps a core
 * busy for as long as it lasts, which on two cores makes every story about being offline twice as long. Silence is what
 * the integration tests (SYNC 17) and every fourth cycle of `reconnect` are about.
 */
export async function openNetwork(): Promise<Network> {
  const sockets = new Set<Socket>()
  let isDown = false
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
  }
  const listener = createServer((client) => {
    keep(client)
    if (isDown) client.destroy()
    else joinByRequest(client, keep)
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    proxy: {
      server: `socks5://127.0.0.1:${(listener.address() as AddressInfo).port}`,
      bypass: '<-loopback>',
    },
    serve(context) {
      const emulate = context.setOffline.bind(context)
      context.setOffline = async (isOffline) => {
        isDown = isOffline
        if (isDown) cut()
        await emulate(isOffline)
      }
      context.once('close', () => {
        listener.close()
        cut()
      })
    },
  }
}

/** Without a password, to a port of this machine: as much of SOCKS 5 (RFC 1928) as Chromium needs here. */
function joinByRequest(client: Socket, keep: (socket: Socket) => void): void {
  client.once('data', () => {
    client.write(Buffer.from([5, 0]))
    client.once('data', (request) => {
      const server = connect(request.readUInt16BE(request.length - 2), '127.0.0.1')
      keep(server)
      server.once('connect', () => {
        client.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
        client.pipe(server).pipe(client)
      })
      for (const [from, to] of [
        [client, server],
        [server, client],
      ] as const) {
        from.once('close', () => to.destroy())
      }
    })
  })
}
