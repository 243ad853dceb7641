/**
 * Takes out of a picture what the camera or a program wrote beside it: where and when it was taken, with what, by whom,
 * previews, and what is appended behind it (motion photos). The picture itself stays bit by bit, as do its colours, and
 * which way is up.
 */
import { crc32 } from '@fulqrun/protocol'
import { asciiAt, exifWithOrientation, orientationIn } from './exif-orientation.ts'

/** The picture without it; undefined for bytes that are not a whole picture of the type. */
export function withoutMetadata(type: string, bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const clean = cleaners[type]
  try {
    return clean?.(bytes)
  } catch {
    // A length that leads behind the end.
    return undefined
  }
}

const cleaners: Readonly<
  Partial<Record<string, (bytes: Uint8Array) => Uint8Array<ArrayBuffer> | undefined>>
> = { 'image/jpeg': cleanJpeg, 'image/png': cleanPng, 'image/webp': cleanWebp }

const endOfImage = 0xd9
const startOfScan = 0xda

/** Segments that the picture needs are those of its coding, its format (APP0, APP14), and its colours (ICC in APP2). */
function cleanJpeg(bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined
  const view = viewOf(bytes)
  const kept: Uint8Array[] = []
  let orientation = 1
  let at = 2
  for (;;) {
    if (view.getUint8(at) !== 0xff) return undefined
    const marker = view.getUint8(at + 1)
    // Any number of these may stand before a marker.
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (marker === endOfImage) break
    const end = at + 2 + view.getUint16(at + 2)
    const segment = bytes.subarray(at, end)
    if (segment.length < end - at) return undefined
    if (marker === 0xe1) orientation = orientationIn(segment.subarray(4)) ?? orientation
    if (isNeeded(marker, segment.subarray(4))) kept.push(segment)
    at = end
    if (marker !== startOfScan) continue
    at = endOfScan(bytes, end)
    kept.push(bytes.subarray(end, at))
  }
  const exif = orientation === 1 ? [] : [jpegSegment(exifWithOrientation(orientation))]
  // JFIF has to stand first where it is.
  const first = kept[0]?.[1] === 0xe0 ? kept.splice(0, 1) : []
  return join([bytes.subarray(0, 2), ...first, ...exif, ...kept, Uint8Array.of(0xff, endOfImage)])
}

function isNeeded(marker: number, content: Uint8Array): boolean {
  if (marker === 0xfe) return false
  if (marker < 0xe0 || marker > 0xef) return true
  if (marker === 0xe2) return asciiAt(content, 0, 11) === 'ICC_PROFILE'
  return marker === 0xe0 || marker === 0xee
}

/** Where the coded picture stops: at a marker that is neither a stuffed byte nor one that starts the decoder anew. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at
  }
  throw new RangeError('no end')
}

function jpegSegment(content: Uint8Array): Uint8Array {
  const prefix = new TextEncoder().encode('Exif\0\0')
  const length = 2 + prefix.length + content.length
  return join([Uint8Array.of(0xff, 0xe1, length >> 8, length & 0xff), prefix, content])
}

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const pngMetadata = new Set(['eXIf', 'tEXt', 'zTXt', 'iTXt', 'tIME'])

function cleanPng(bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  if (pngSignature.some((byte, index) => bytes[index] !== byte)) return undefined
  const view = viewOf(bytes)
  const kept: Uint8Array[] = [bytes.subarray(0, 8)]
  let at = 8
  for (;;) {
    const length = view.getUint32(at)
    const type = asciiAt(bytes, at + 4, 4)
    const chunk = bytes.subarray(at, at + 12 + length)
    if (chunk.length < 12 + length) return undefined
    const orientation = type === 'eXIf' ? orientationIn(chunk.subarray(8, 8 + length)) : undefined
    if (orientation !== undefined && orientation !== 1)
      kept.push(pngChunk(type, exifWithOrientation(orientation)))
    if (!pngMetadata.has(type)) kept.push(chunk)
    at += 12 + length
    if (type === 'IEND') return join(kept)
  }
}

function pngChunk(type: string, content: Uint8Array): Uint8Array {
  const named = join([new TextEncoder().encode(type), content])
  const chunk = new Uint8Array(8 + named.length)
  const view = viewOf(chunk)
  view.setUint32(0, content.length)
  chunk.set(named, 4)
  view.setUint32(4 + named.length, crc32(named))
  return chunk
}

const webpFlags = { exif: 0x08, xmp: 0x04 } as const

function cleanWebp(bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  if (asciiAt(bytes, 0, 4) !== 'RIFF' || asciiAt(bytes, 8, 4) !== 'WEBP') return undefined
  const view = viewOf(bytes)
  const end = 8 + view.getUint32(4, true)
  if (end > bytes.length) return undefined
  const kept: Uint8Array[] = [bytes.slice(0, 12)]
  let header: Uint8Array | undefined
  let orientation = 1
  for (let at = 12; at < end;) {
    const length = view.getUint32(at + 4, true)
    const type = asciiAt(bytes, at, 4)
    // Chunks begin at even places.
    const chunk = bytes.slice(at, at + 8 + length + (length % 2))
    if (chunk.length < 8 + length) return undefined
    if (type === 'VP8X') header = chunk
    if (type === 'EXIF') orientation = orientationIn(chunk.subarray(8, 8 + length)) ?? orientation
    if (type !== 'EXIF' && type !== 'XMP ') kept.push(chunk)
    at += chunk.length
  }
  if (header !== undefined) {
    const flags = (header[8] ?? 0) & ~(webpFlags.exif | webpFlags.xmp)
    header[8] = orientation === 1 ? flags : flags | webpFlags.exif
    if (orientation !== 1) kept.push(webpChunk('EXIF', exifWithOrientation(orientation)))
  }
  const whole = join(kept)
  viewOf(whole).setUint32(4, whole.length - 8, true)
  return whole
}

function webpChunk(type: string, content: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(8 + content.length + (content.length % 2))
  chunk.set(new TextEncoder().encode(type))
  viewOf(chunk).setUint32(4, content.length, true)
  chunk.set(content, 8)
  return chunk
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
