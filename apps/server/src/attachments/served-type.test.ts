import { expect, test } from 'vitest'
import { contentDisposition, rangeOf, servedType } from './served-type.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')

test('[BLOB-8] a picture or PDF is shown when its bytes begin as one', () => {
  const heads: [string, Buffer][] = [
    ['image/jpeg', bytes('\xff\xd8\xff\xe0\x00\x10JFIF')],
    ['image/png', bytes('\x89PNG\r\n\x1a\n\0\0\0\rIHDR')],
    ['image/gif', bytes('GIF89a\x01\x00')],
    ['image/webp', bytes('RIFF\x10\0\0\0WEBPVP8 ')],
    ['image/avif', bytes('\0\0\0\x20ftypavif\0\0\0\0')],
    ['application/pdf', bytes('%PDF-1.7\n')],
  ]
  for (const [type, head] of heads) {
    expect(servedType(type, head)).toEqual({ contentType: type, isInline: true })
    expect(servedType(type, bytes('<!doctype html><scr'))).toEqual({
      contentType: 'application/octet-stream',
      isInline: false,
    })
  }
})

test('[BLOB-8] SVG, HTML, scripts and what nobody knows are bytes to download; text is never shown', () => {
  for (const type of [
    'image/svg+xml',
    'text/html',
    'application/xhtml+xml',
    'text/javascript',
    '',
    'image/png\r\nx: y',
  ])
    expect(servedType(type, bytes('<svg onload="alert(1)">'))).toEqual({
      contentType: 'application/octet-stream',
      isInline: false,
    })
  expect(servedType('text/plain', bytes('<script>'))).toEqual({ contentType: 'text/plain', isInline: false })
  expect(servedType('image/heic', bytes('\0\0\0\x18ftypheic'))).toEqual({
    contentType: 'image/heic',
    isInline: false,
  })
})

test.each([
  ['photo.jpg', `inline; filename="photo.jpg"; filename*=UTF-8''photo.jpg`],
  ['Zürich (1).jpg', `inline; filename="Z_rich (1).jpg"; filename*=UTF-8''Z%C3%BCrich%20%281%29.jpg`],
  [
    'a"; filename="b.exe',
    `inline; filename="a__ filename=_b.exe"; filename*=UTF-8''a%22%3B%20filename%3D%22b.exe`,
  ],
  ['x\r\nset-cookie: a=b', `inline; filename="xset-cookie: a=b"; filename*=UTF-8''xset-cookie%3A%20a%3Db`],
  ['../../etc/passwd', `inline; filename="etcpasswd"; filename*=UTF-8''etcpasswd`],
  ['\u202egpj.exe', `inline; filename="gpj.exe"; filename*=UTF-8''gpj.exe`],
  ['\ud800', `inline; filename="file"; filename*=UTF-8''file`],
  ['...', `inline; filename="file"; filename*=UTF-8''file`],
])('[BLOB-9] the name %j cannot end the header', (name, expected) => {
  const value = contentDisposition(name, true)
  expect(value).toBe(expected)
  expect(() => new Headers({ 'content-disposition': value })).not.toThrow()
})

test('[BLOB-10] ranges are those of RFC 9110', () => {
  expect(rangeOf(undefined, 10)).toBe('all')
  expect(rangeOf('bytes=0-3', 10)).toEqual({ start: 0, end: 4 })
  expect(rangeOf('bytes=4-', 10)).toEqual({ start: 4, end: 10 })
  expect(rangeOf('bytes=-3', 10)).toEqual({ start: 7, end: 10 })
  expect(rangeOf('bytes=-30', 10)).toEqual({ start: 0, end: 10 })
  expect(rangeOf('bytes=8-99', 10)).toEqual({ start: 8, end: 10 })
  expect(rangeOf('bytes=10-', 10)).toBeUndefined()
  expect(rangeOf('bytes=-0', 10)).toBeUndefined()
  for (const odd of ['bytes=3-1', 'bytes=-', 'bytes=0-1,3-4', 'pages=1-2', 'bytes=a-b', 'bytes=1e3-'])
    expect(rangeOf(odd, 10)).toBe('all')
})
