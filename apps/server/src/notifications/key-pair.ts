import { createECDH } from 'node:crypto'

/** True when the private key is the one of the public key. */
export function isKeyPair({
  publicKey,
  privateKey,
}: {
  readonly publicKey: string
  readonly privateKey: string
}): boolean {
  const secret = Buffer.from(privateKey, 'base64url')
  if (secret.length !== 32) return false
  const curve = createECDH('prime256v1')
  try {
    curve.setPrivateKey(secret)
  } catch {
    // Zero, or beyond the curve's order.
    return false
  }
  return curve.getPublicKey('base64url') === publicKey.replace(/=+$/, '')
}
