import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodePush, encodePush, limits, type PushedUpdate, WireFormatError } from './index.ts'

const arbitraryUpdates = fc.array(
  fc.record({ name: fc.string({ unit: 'binary' }), update: fc.uint8Array({ maxLength: 300 }) }),
  { maxLength: 20 },
)

/** How a body is refused; undefined when it is read. */
function refusal(body: Uint8Array): WireFormatError | undefined {
  try {
    decodePush(body)
    return undefined
  } catch (error) {
    if (error instanceof WireFormatError) return error
    throw error
  }
}

/** The same updates as a device of before writes them. */
const withoutChecksum = (updates: readonly PushedUpdate[]): Uint8Array =>
  new Uint8Array([1, ...encodePush(updates).subarray(5)])

describe('a pushed body', () => {
  test('[PUSH-1] comes back as it was sent, in order', () => {
    fc.assert(
      fc.property(arbitraryUpdates, (updates) => {
        const body = encodePush(updates)
        expect(decodePush(body)).toEqual(updates)
        expect(decodePush(withoutChecksum(updates))).toEqual(updates)
        // Also from the middle of a larger buffer, as network libraries hand it over.
        const pool = new Uint8Array(body.length + 40).fill(7)
        pool.set(body, 20)
        expect(decodePush(pool.subarray(20, 20 + body.length))).toEqual(updates)
      }),
    )
  })

  test('[PUSH-1] is the same bytes for ever', () => {
    const body = encodePush([{ name: 'ab', update: new Uint8Array([1, 2, 3]) }])
    expect([...body]).toEqual([2, 146, 225, 192, 100, 2, 97, 98, 3, 1, 2, 3])
    expect([...encodePush([])]).toEqual([2, 0, 0, 0, 0])
  })

  test('[PUSH-5] damaged or cut anywhere is refused whole, as something to be sent again', () => {
    const body = encodePush([
      { name: 'meridian/opportunity/1', update: new Uint8Array(40).fill(1) },
      { name: 'meridian/opportunity/2', update: new Uint8Array(40).fill(2) },
    ])
    for (let length = 1; length < body.length; length++)
      expect({ length, code: refusal(body.subarray(0, length))?.code }).toEqual({
        length,
        code: 'sync/checksum',
      })
    for (let at = 1; at < body.length; at++)
      for (let bit = 0; bit < 8; bit++) {
        const damaged = body.slice()
        damaged[at] = (damaged[at] ?? 0) ^ (1 << bit)
        expect(refusal(damaged)?.code).toBe('sync/checksum')
      }
  })

  test('[PUSH-1] without a checksum and cut anywhere is whole updates or refused, and never reads what lies behind it', () => {
    const updates: PushedUpdate[] = [1, 2, 3].map((round) => ({
      name: `meridian/opportunity/${round}`,
      update: new Uint8Array(round * 50).fill(round),
    }))
    const body = withoutChecksum(updates)
    const whole = new Set([0, 1, 2, 3].map((count) => withoutChecksum(updates.slice(0, count)).length))
    for (let length = 0; length < body.length; length++) {
      const error = refusal(body.subarray(0, length))
      expect({ length, code: error?.code }).toEqual({
        length,
        code: whole.has(length) ? undefined : 'input/invalid',
      })
    }
  })

  test('[PUSH-1] of any bytes is read or refused with a reason', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const body of [bytes, ...[1, 2].map((format) => new Uint8Array([format, ...bytes]))]) {
          expect(refusal(body)?.detail).not.toBe('')
        }
      }),
    )
  })

  test('[PUSH-1] of another format is not guessed at', () => {
    expect(refusal(new Uint8Array([3, 1, 97, 0]))?.detail).toBe('Format 3 is not known, only up to 2')
  })

  test('[PUSH-4] of more updates than one exchange takes is refused', () => {
    const many = Array.from({ length: limits.maxPushUpdates + 1 }, () => ({
      name: '',
      update: new Uint8Array(),
    }))
    expect(refusal(encodePush(many))?.code).toBe('input/too-large')
    expect(decodePush(encodePush(many.slice(1)))).toHaveLength(limits.maxPushUpdates)
  })
})
