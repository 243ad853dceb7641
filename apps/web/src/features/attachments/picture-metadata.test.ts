import { crc32 } from '@fulqrun/protocol'
import { describe, expect, test } from 'vitest'
import { exifWithOrientation, orientationIn } from './exif-orientation.ts'
import { withoutMetadata } from './picture-metadata.ts'

/** Pictures as phones make them, made of bytes here: with where they were taken, a maker's name and an orientation. */
const ascii = (words: string) => [...new TextEncoder().encode(words)]
const u16 = (value: number) => [value >> 8, value & 0xff]
const u32 = (value: number) => [...u16(value >>> 16), ...u16(value & 0xffff)]
const le32 = (value: number) => u32(value).toReversed()

/** Exif with a GPS directory: 48 degrees, 8 minutes, 14 seconds north, and who made the camera. */
function exifWithPlace(orientation: number, order: 'MM' | 'II' = 'MM'): number[] {
  const n16 = (value: number) => (order === 'MM' ? u16(value) : u16(value).toReversed())
  const n32 = (value: number) => (order === 'MM' ? u32(value) : le32(value))
  const short = (value: number) => [...n16(value), 0, 0]
  const entry = (tag: number, type: number, count: number, value: readonly number[]) => [
    ...n16(tag),
    ...n16(type),
    ...n32(count),
    ...value,
  ]
  const gpsAt = 8 + 2 + 3 * 12 + 4
  const makerAt = gpsAt + 2 + 2 * 12 + 4
  const placeAt = makerAt + 12
  return [
    ...ascii(order),
    ...n16(42),
    ...n32(8),
    ...n16(3),
    ...entry(0x010f, 2, 12, n32(makerAt)),
    ...entry(0x0112, 3, 1, short(orientation)),
    ...entry(0x8825, 4, 1, n32(gpsAt)),
    ...n32(0),
    ...n16(2),
    ...entry(0x0001, 2, 2, [...ascii('N'), 0, 0, 0]),
    ...entry(0x0002, 5, 3, n32(placeAt)),
    ...n32(0),
    ...ascii('SECRETMAKER\0'),
    ...[48, 1, 8, 1, 14, 1].flatMap(n32),
  ]
}

const place = Uint8Array.from([48, 1, 8, 1, 14, 1].flatMap(u32))
const holds = (bytes: Uint8Array, part: Uint8Array | string) =>
  Buffer.from(bytes).includes(typeof part === 'string' ? part : Buffer.from(part))

const segment = (marker: number, content: readonly number[]) => [
  0xff,
  marker,
  ...u16(content.length + 2),
  ...content,
]
/** Coded bytes with a stuffed one and a restart marker in it, which are no end. */
const scan = [...segment(0xda, [1, 1, 0, 0, 63, 0]), 0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56]
const jfif = segment(0xe0, [...ascii('JFIF\0'), 1, 1, 0, 0, 72, 0, 72, 0, 0])
const colours = segment(0xe2, [...ascii('ICC_PROFILE\0'), 1, 1, 7, 7, 7])
const tables = segment(0xdb, [0, ...Array.from({ length: 64 }, () => 16)])
const exif = (orientation: number) => segment(0xe1, [...ascii('Exif\0\0'), ...exifWithPlace(orientation)])

function jpeg(orientation: number): Uint8Array {
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...jfif,
    ...exif(orientation),
    ...segment(0xe1, ascii('http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>SECRETXMP</x:xmpmeta>')),
    ...segment(0xe2, ascii('MPF\0SECRETPREVIEW')),
    ...colours,
    ...segment(0xed, ascii('Photoshop 3.0\0SECRETIPTC')),
    ...segment(0xfe, ascii('SECRETCOMMENT')),
    ...tables,
    // Two scans with a table between them, as progressive ones have.
    ...scan,
    ...segment(0xc4, [0, 1]),
    ...scan,
    ...[0xff, 0xd9],
    // What motion photos append: a film with a place of its own.
    ...ascii('SECRETFILM'),
  ])
}

describe('JPEG', () => {
  test('everything but the picture, its colours and its format is taken out', () => {
    const clean = withoutMetadata('image/jpeg', jpeg(1))
    expect([...(clean ?? [])]).toEqual([
      ...[0xff, 0xd8],
      ...jfif,
      ...colours,
      ...tables,
      ...scan,
      ...segment(0xc4, [0, 1]),
      ...scan,
      ...[0xff, 0xd9],
    ])
  })

  test('which way is up stays, and nothing else of Exif', () => {
    expect(holds(jpeg(6), place)).toBe(true)
    const clean = withoutMetadata('image/jpeg', jpeg(6)) ?? new Uint8Array()
    expect(holds(clean, place) || holds(clean, 'SECRET')).toBe(false)
    const at = Buffer.from(clean).indexOf('Exif\0\0')
    expect(orientationIn(clean.subarray(at))).toBe(6)
    // Once more changes nothing.
    expect(withoutMetadata('image/jpeg', clean)).toEqual(clean)
  })

  test('what is cut or is no JPEG is not taken for one', () => {
    const whole = jpeg(1)
    for (const length of [0, 3, 30, whole.indexOf(0xda) + 20])
      expect(withoutMetadata('image/jpeg', whole.subarray(0, length))).toBeUndefined()
    expect(withoutMetadata('image/jpeg', Uint8Array.from(ascii('<html>')))).toBeUndefined()
    expect(withoutMetadata('image/heic', whole)).toBeUndefined()
  })
})

describe('PNG', () => {
  const chunk = (type: string, content: readonly number[]) => {
    const named = Uint8Array.from([...ascii(type), ...content])
    return [...u32(content.length), ...named, ...u32(crc32(named))]
  }
  const start = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
  const header = chunk('IHDR', [0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0])
  const picture = chunk('IDAT', [1, 2, 3])
  const end = chunk('IEND', [])
  const png = (orientation: number) =>
    Uint8Array.from([
      ...[...start, ...header, ...chunk('eXIf', exifWithPlace(orientation, 'II'))],
      ...chunk('tEXt', ascii('Author\0SECRET')),
      ...chunk('iTXt', ascii('XML:com.adobe.xmp\0\0\0\0\0SECRET')),
      ...chunk('gAMA', [0, 0, 1, 1]),
      ...[...picture, ...end, ...ascii('SECRET')],
    ])

  test('texts and Exif are taken out, the rest stays', () => {
    expect([...(withoutMetadata('image/png', png(1)) ?? [])]).toEqual([
      ...[...start, ...header, ...chunk('gAMA', [0, 0, 1, 1]), ...picture, ...end],
    ])
  })

  test('which way is up stays, with a checksum that holds', () => {
    expect([...(withoutMetadata('image/png', png(8)) ?? [])]).toEqual([
      ...[...start, ...header, ...chunk('eXIf', [...exifWithOrientation(8)])],
      ...[...chunk('gAMA', [0, 0, 1, 1]), ...picture, ...end],
    ])
  })

  test('one that is cut is not taken for a whole one', () => {
    expect(withoutMetadata('image/png', png(1).subarray(0, 60))).toBeUndefined()
  })
})

describe('WebP', () => {
  const chunk = (type: string, content: readonly number[]) => [
    ...[...ascii(type), ...le32(content.length), ...content],
    ...(content.length % 2 === 1 ? [0] : []),
  ]
  const riff = (content: readonly number[]) => [
    ...[...ascii('RIFF'), ...le32(content.length + 4), ...ascii('WEBP')],
    ...content,
  ]
  const extended = (flags: number) => chunk('VP8X', [flags, 0, 0, 0, 9, 0, 0, 9, 0, 0])
  const picture = chunk('VP8 ', [1, 2, 3])
  const webp = (orientation: number) =>
    Uint8Array.from([
      ...riff([
        ...[...extended(0x2c), ...chunk('ICCP', [5, 5]), ...picture],
        ...[...chunk('EXIF', exifWithPlace(orientation)), ...chunk('XMP ', ascii('SECRET'))],
      ]),
      ...ascii('SECRET'),
    ])

  test('Exif and XMP are taken out and no longer announced', () => {
    expect([...(withoutMetadata('image/webp', webp(1)) ?? [])]).toEqual(
      riff([...extended(0x20), ...chunk('ICCP', [5, 5]), ...picture]),
    )
  })

  test('which way is up stays', () => {
    expect([...(withoutMetadata('image/webp', webp(3)) ?? [])]).toEqual(
      riff([
        ...[...extended(0x28), ...chunk('ICCP', [5, 5]), ...picture],
        ...chunk('EXIF', [...exifWithOrientation(3)]),
      ]),
    )
  })

  test('the simple form is left as it is', () => {
    const simple = Uint8Array.from(riff(picture))
    expect(withoutMetadata('image/webp', simple)).toEqual(simple)
  })
})

test('an orientation that points to nowhere, or makes no sense, is none', () => {
  expect(orientationIn(Uint8Array.from(exifWithPlace(6, 'II')))).toBe(6)
  expect(orientationIn(Uint8Array.from(exifWithPlace(6).slice(0, 20)))).toBeUndefined()
  expect(orientationIn(Uint8Array.from(exifWithPlace(9)))).toBeUndefined()
  expect(orientationIn(Uint8Array.from([...ascii('MM'), 0, 42, 255, 255, 255, 255]))).toBeUndefined()
})
