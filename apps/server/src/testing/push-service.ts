import { createECDH, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { PushMessage, PushTarget } from '@fulqrun/protocol'
import { decryptPush, type Receiver, signerOf } from './web-push-message.ts'

/** One push as the push service and the device see it. */
export interface ReceivedPush {
  /** Which device, by the path of its endpoint. */
  readonly device: string
  readonly headers: IncomingHttpHeaders
  /** Bytes on the wire. */
  readonly size: number
  /** Public key of whoever signed it. */
  readonly signer: string
  /** What the device decrypts, as the browser hands it to the service worker. */
  readonly payload: string
  readonly message: PushMessage
}

/**
 * A push service on this machine, as a browser's vendor runs one, which can also read what it passes on. It turns away
 * what is not signed for it, as theirs do.
 */
export interface PushService extends AsyncDisposable {
  readonly received: readonly ReceivedPush[]
  /** A device with keys of its own. */
  newDevice(name: string): PushTarget
  /** Answers the next pushes with these statuses, then with 201 again. */
  answerNext(...answers: readonly { readonly status: number; readonly retryAfter?: string }[]): void
  /** Requests that came, with those that were turned away. */
  readonly requests: number
}

export async function openPushService(): Promise<PushService> {
  const devices = new Map<string, Receiver>()
  const received: ReceivedPush[] = []
  const answers: { readonly status: number; readonly retryAfter?: string }[] = []
  let requests = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      requests += 1
      const answer = answers.shift() ?? { status: 201 }
      if (answer.retryAfter !== undefined) response.setHeader('retry-after', answer.retryAfter)
      const name = request.url?.slice(1) ?? ''
      const device = devices.get(name)
      if (answer.status === 201 && device !== undefined) {
        const origin = `http://${request.headers.host ?? ''}`
        const signer = signerOf(request.headers.authorization ?? '', origin, Date.now() / 1000)
        if (signer === undefined) {
          response.writeHead(403).end()
          return
        }
        const body = Buffer.concat(chunks)
        const payload = decryptPush(body, device)
        const message = JSON.parse(payload) as PushMessage
        received.push({ device: name, headers: request.headers, size: body.length, signer, payload, message })
      }
      response.writeHead(answer.status).end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    received,
    get requests() {
      return requests
    },
    newDevice(name) {
      const keys = createECDH('prime256v1')
      keys.generateKeys()
      const auth = randomBytes(16)
      devices.set(name, { keys, auth })
      return {
        endpoint: `http://127.0.0.1:${port}/${name}`,
        keys: { p256dh: keys.getPublicKey('base64url'), auth: auth.toString('base64url') },
      }
    },
    answerNext: (...next) => void answers.push(...next),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
