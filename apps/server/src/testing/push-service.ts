import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { PushMessage, PushTarget } from '@fulqrun/protocol'

/** One push as the push service and the device see it. */
export interface ReceivedPush {
  /** Which device, by the path of its endpoint. */
  readonly device: string
  readonly headers: IncomingHttpHeaders
  /** Bytes on the wire. */
  readonly size: number
  /** What the device decrypts. */
  readonly message: PushMessage
}

/** A push service on this machine, as a browser's vendor runs one, which can also read what it passes on. */
export interface PushService extends AsyncDisposable {
  readonly received: readonly ReceivedPush[]
  /** A device with keys of its own. */
  newDevice(name: string): PushTarget
  /** Answers the next pushes with these statuses, then with 201 again. */
  answerNext(...answers: readonly { readonly status: number; readonly retryAfter?: string }[]): void
  /** Requests that came, with those that were turned away. */
  readonly requests: number
}

interface Device {
  readonly keys: ReturnType<typeof createECDH>
  readonly auth: Buffer
}

export async function openPushService(): Promise<PushService> {
  const devices = new Map<string, Device>()
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
        const body = Buffer.concat(chunks)
        const message = JSON.parse(decrypt(body, device)) as PushMessage
        received.push({ device: name, headers: request.headers, size: body.length, message })
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

/** Message encryption for Web Push (RFC 8291) over one record of aes128gcm (RFC 8188), as a browser undoes it. */
function decrypt(body: Buffer, { keys, auth }: Device): string {
  const salt = body.subarray(0, 16)
  const idLength = body.readUInt8(20)
  const senderKey = body.subarray(21, 21 + idLength)
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), keys.getPublicKey(), senderKey])
  const secret = Buffer.from(hkdfSync('sha256', keys.computeSecret(senderKey), auth, info, 32))
  const derive = (what: string, length: number) =>
    Buffer.from(hkdfSync('sha256', secret, salt, Buffer.from(`Content-Encoding: ${what}\0`), length))
  const sealed = body.subarray(21 + idLength)
  const decipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12))
  decipher.setAuthTag(sealed.subarray(-16))
  const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
  // A delimiter of 2 ends the last record; zeros behind it are padding.
  return padded.subarray(0, padded.lastIndexOf(2)).toString()
}
