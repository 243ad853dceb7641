import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodePush, encodePush, limits, PushFormatError, type PushedUpdate } from './index.ts'

const arbitraryUpdates = fc.array(
  fc.record({ name: fc.string({ unit: 'binary' }), update: fc.uint8Array({ maxLength: 300 }) }),
  { maxLength: 20 },
)

/** How a body is refused; undefined when it is read. */
function refusal(body: Uint8Array): PushFormatError | undefined {
  try {
    decodePush(body)
    return undefined
  } catch (error) {
    if (error instanceof PushFormatError) return error
    throw error
  }
}

describe('a pushed body', () => {
  test('[PUSH-1] comes back as it was sent, in order', () => {
    fc.assert(
      fc.property(arbitraryUpdates, (updates) => {
        const body = encodePush(updates)
        expect(decodePush(body)).toEqual(updates)
        // Also from the middle of a larger buffer, as network libraries hand it over.
        const pool = new Uint8Array(body.length + 40).fill(7)
        pool.set(body, 20)
        expect(decodePush(pool.subarray(20, 20 + body.length))).toEqual(updates)
      }),
    )
  })

  test('[PUSH-1] is the same bytes for ever', () => {
    const body = encodePush([{ name: 'ab', update: new Uint8Array([1, 2, 3]) }])
    expect([...body]).toEqual([1, 2, 97, 98, 3, 1, 2, 3])
    expect([...encodePush([])]).toEqual([1])
  })

  test('[PUSH-1] cut anywhere is whole updates or refused, and never reads what lies behind it', () => {
    const updates: PushedUpdate[] = [1, 2, 3].map((round) => ({
      name: `meridian/opportunity/${round}`,
      update: new Uint8Array(round * 50).fill(round),
    }))
    const body = encodePush(updates)
    const whole = new Set([0, 1, 2, 3].map((count) => encodePush(updates.slice(0, count)).length))
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
        for (const body of [bytes, new Uint8Array([1, ...bytes])]) {
          expect(refusal(body)?.detail).not.toBe('')
        }
      }),
    )
  })

  test('[PUSH-1] of another format is not guessed at', () => {
    expect(refusal(new Uint8Array([2, 1, 97, 0]))?.detail).toBe('Format 2 is not known, only 1')
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
