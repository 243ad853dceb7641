import { createDecipheriv, createPublicKey, type ECDH, hkdfSync, verify } from 'node:crypto'

/**
 * What push services and browsers do with a push, written from the standards and not with the library that made it: a
 * push that these can read is one that any vendor's can.
 */

/** What a device told when it subscribed, with its half of the secret. */
export interface Receiver {
  readonly keys: ECDH
  readonly auth: Buffer
}

/** Message encryption for Web Push (RFC 8291) over one record of aes128gcm (RFC 8188), as a browser undoes it. */
export function decryptPush(body: Buffer, { keys, auth }: Receiver): string {
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

/** Longest life of a signature that push services accept, s. */
const longestLife = 24 * 3600

/**
 * Voluntary identification (VAPID, RFC 8292): the public key of whoever signed that they send to this push service now.
 * Undefined for what a vendor turns away.
 *
 * @param audience origin of the push service
 * @param now in s
 */
export function signerOf(header: string, audience: string, now: number): string | undefined {
  const [, token, key] = /^vapid t=([^,\s]+),\s*k=([\w-]+)$/.exec(header) ?? []
  if (token === undefined || key === undefined) return undefined
  const [head = '', claims = '', signature = ''] = token.split('.')
  const point = Buffer.from(key, 'base64url')
  if (point.length !== 65 || point[0] !== 4) return undefined
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  }
  const isSigned = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
  if (!isSigned || read(head)['alg'] !== 'ES256') return undefined
  const { aud, exp, sub } = read(claims)
  const isNow = typeof exp === 'number' && exp > now && exp <= now + longestLife
  return aud === audience && isNow && /^(mailto:|https:)/.test(String(sub)) ? key : undefined
}

function read(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
}
