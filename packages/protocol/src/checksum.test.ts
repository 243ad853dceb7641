import { crc32 as nodeCrc32 } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { crc32 } from './index.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('the checksum', () => {
  test.each([
    ['', 0],
    ['a', 0xe8b7be43],
    ['abc', 0x352441c2],
    ['123456789', 0xcbf43926],
    ['The quick brown fox jumps over the lazy dog', 0x414fa339],
  ])('[PULL-2] of %j is the published one', (text, sum) => {
    expect(crc32(bytes(text))).toBe(sum)
  })

  test('[PULL-2] of 32 zero and 32 one bytes is the published one', () => {
    expect(crc32(new Uint8Array(32))).toBe(0x190a55ad)
    expect(crc32(new Uint8Array(32).fill(255))).toBe(0xff6cab0b)
  })

  test('[PULL-2] of any bytes is what another implementation says, also in the middle of a buffer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(7), (content, offset) => {
        const pool = new Uint8Array(content.length + 16).fill(9)
        pool.set(content, offset)
        expect(crc32(pool.subarray(offset, offset + content.length))).toBe(nodeCrc32(content))
      }),
    )
  })
})
