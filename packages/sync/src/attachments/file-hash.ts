import { AttachmentFailure } from './types.ts'

/** Hexadecimal SHA-256, in small letters. Rejects with `attachment/insecure` where the browser has no hash function. */
export async function hashFile(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // Browsers give it to pages from HTTPS and from this machine only. One of our own would be slow, and the page unsafe.
  const { subtle }: { readonly subtle?: SubtleCrypto } = globalThis.crypto
  if (subtle === undefined) throw new AttachmentFailure('attachment/insecure')
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
