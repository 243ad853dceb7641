import { isAttachmentType, shownAs } from '@fulqrun/schema'

/** How the bytes of a file are handed out. */
export interface ServedType {
  readonly contentType: string
  /** Whether a browser may show it; everything else is downloaded. */
  readonly isInline: boolean
}

/** Bytes at the beginning of a file that its type is told by. */
export const headBytes = 16

const signatures: Readonly<Record<string, (head: Buffer) => boolean>> = {
  'image/jpeg': (head) => head.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])),
  'image/png': (head) => head.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')),
  'image/gif': (head) => /^GIF8[79]a/.test(head.toString('latin1')),
  'image/webp': (head) => /^RIFF[^]{4}WEBP/.test(head.toString('latin1')),
  'image/avif': (head) => /^[^]{4}ftypavi[fs]/.test(head.toString('latin1')),
  'application/pdf': (head) => head.toString('latin1').startsWith('%PDF-'),
}

/**
 * What a file is served as. The type in the record is somebody's word: a type that a browser shows is believed only
 * when the bytes begin as it does, and one that may not be attached, never.
 */
export function servedType(declared: string, head: Uint8Array): ServedType {
  const unknown: ServedType = { contentType: 'application/octet-stream', isInline: false }
  if (!isAttachmentType(declared)) return unknown
  if (shownAs(declared) === undefined) return { contentType: declared, isInline: false }
  return signatures[declared]?.(Buffer.from(head)) === true
    ? { contentType: declared, isInline: true }
    : unknown
}

/**
 * The `Content-Disposition` of a file (RFC 6266). The name came from somebody: what could end the header, the quotes or
 * the file name is left out, and the rest is said again in UTF-8 for whoever reads that.
 */
export function contentDisposition(name: string, isInline: boolean): string {
  const plain = name
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}/\\]/gu, '')
    .slice(0, 200)
    .toWellFormed()
  const safe = plain.replace(/^[.\s]+/, '') || 'file'
  const ascii = safe.replaceAll(/[^\x20-\x7e]/g, '_').replaceAll(/["%;]/g, '_')
  const encoded = encodeURIComponent(safe).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${isInline ? 'inline' : 'attachment'}; filename="${ascii}"; filename*=UTF-8''${encoded}`
}

/** Bytes `start` to before `end` of `size`, as a `Range` header asks; `all` for none that we know, undefined for one outside. */
export function rangeOf(
  header: string | undefined,
  size: number,
): { readonly start: number; readonly end: number } | 'all' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  if (first === '' && last === '') return 'all'
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1)
  // A last byte before the first is no range at all (RFC 9110, 14.1.1).
  if (first !== '' && last !== '' && Number(last) < Number(first)) return 'all'
  return start < end ? { start, end } : undefined
}
