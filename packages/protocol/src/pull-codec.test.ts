import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  crc32,
  decodePullRequest,
  encodePullRequest,
  goneCode,
  goneRecord,
  limits,
  PullBatch,
  PullDecoder,
  pullEnd,
  type PullRecord,
  pullStatuses,
  WireFormatError,
} from './index.ts'

const arbitraryRecord: fc.Arbitrary<PullRecord> = fc.record({
  name: fc.string({ unit: 'binary', maxLength: 60 }),
  status: fc.constantFrom(...pullStatuses),
  head: fc.nat(),
  update: fc.uint8Array({ maxLength: 200 }),
})
const arbitraryBatches = fc.array(fc.array(arbitraryRecord, { minLength: 1, maxLength: 5 }), { maxLength: 6 })

/** An answer in the given batches. */
function answerOf(batches: readonly (readonly PullRecord[])[]): Uint8Array {
  const parts = batches.map((records) => {
    const batch = new PullBatch()
    for (const record of records) batch.add(record)
    return batch.take()
  })
  return new Uint8Array([...parts, pullEnd].flatMap((part) => [...part]))
}

/** What is read of an answer that comes in these chunks, and how it ended. */
function read(chunks: readonly Uint8Array[]): {
  readonly records: PullRecord[]
  readonly error?: WireFormatError
} {
  const decoder = new PullDecoder()
  const records: PullRecord[] = []
  try {
    for (const chunk of chunks) records.push(...decoder.push(chunk))
    decoder.finish()
    return { records }
  } catch (error) {
    if (error instanceof WireFormatError) return { records, error }
    throw error
  }
}

function cutUp(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  let at = 0
  for (let index = 0; at < bytes.length; index++) {
    const size = sizes[index % sizes.length] ?? 1
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}

describe('the answer of a pull', () => {
  test('[PULL-1] in chunks of any size gives the same records, in order', () => {
    fc.assert(
      fc.property(
        arbitraryBatches,
        fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1 }),
        (batches, sizes) => {
          const { records, error } = read(cutUp(answerOf(batches), sizes))
          expect(error).toBeUndefined()
          expect(records).toEqual(batches.flat())
        },
      ),
    )
  })

  test('[PULL-2] with one changed bit is an error, and what came before it is right', () => {
    fc.assert(
      fc.property(
        arbitraryBatches,
        fc.nat(),
        fc.nat(7),
        fc.integer({ min: 1, max: 500 }),
        (batches, place, bit, size) => {
          const answer = answerOf(batches)
          const at = place % answer.length
          answer[at] = (answer[at] ?? 0) ^ (1 << bit)
          const { records, error } = read(cutUp(answer, [size]))
          expect(error?.message).toBeTruthy()
          expect(records).toEqual(batches.flat().slice(0, records.length))
        },
      ),
    )
  })

  test('[PULL-2] that is cut anywhere gives what came whole, and says that it was cut', () => {
    const records: PullRecord[] = pullStatuses.map((status, index) => ({
      name: `meridian/opportunity/${index}`,
      status,
      head: index * 1000,
      update: new Uint8Array(index * 20).fill(index),
    }))
    const answer = answerOf(records.map((record) => [record]))
    for (let length = 0; length < answer.length; length++) {
      const cut = read([answer.subarray(0, length)])
      expect(cut.error?.code).toBe('sync/checksum')
      expect(cut.records).toEqual(records.slice(0, cut.records.length))
    }
    expect(read([answer])).toEqual({ records })
  })

  test('[PULL-1] of any bytes is read or refused with a reason', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const chunk of [bytes, new Uint8Array([0, 0, 0, bytes.length, ...bytes])])
          expect(read([chunk]).error?.detail).toBeTruthy()
      }),
    )
  })

  test('[PULL-1] is the same bytes for ever', () => {
    const batch = new PullBatch()
    batch.add({ name: 'ab', status: 'diff', head: 300, update: new Uint8Array([1, 2]) })
    expect([...batch.take()]).toEqual([0, 0, 0, 9, 232, 132, 44, 123, 2, 97, 98, 1, 172, 2, 2, 1, 2])
    expect([...pullEnd]).toEqual([0, 0, 0, 0, 0, 0, 0, 0])
  })

  test('[PULL-1] leaves out a status of a newer server and goes on behind it', () => {
    const known: PullRecord = { name: 'b', status: 'unchanged', head: 1, update: new Uint8Array() }
    const batch = new PullBatch()
    batch.add({ ...known, name: 'a' })
    batch.add(known)
    const bytes = batch.take()
    // The status of the first: behind the head of the batch, the length of the name, and the name.
    bytes[10] = 99
    new DataView(bytes.buffer).setUint32(4, crc32(bytes.subarray(8)))
    expect(read([bytes, pullEnd])).toEqual({ records: [known] })
  })

  test('[PULL-1] says why a document is not in it', () => {
    const { records } = read([
      answerOf([[goneRecord('x', 'access/denied'), goneRecord('y', 'document/removed')]]),
    ])
    expect(records.map(goneCode)).toEqual(['access/denied', 'document/removed'])
    expect(goneCode({ update: new TextEncoder().encode('document/of-a-newer-server') })).toBe(
      'document/not-found',
    )
  })

  test('[PULL-2] with more behind its end, or after it, is an error', () => {
    expect(read([new Uint8Array([...pullEnd, 1])]).error?.code).toBe('input/invalid')
    expect(read([pullEnd, new Uint8Array([1])]).error?.code).toBe('input/invalid')
    expect(read([pullEnd, new Uint8Array()]).error).toBeUndefined()
  })
})

describe('the body of a pull', () => {
  const arbitraryWants = fc.array(
    fc.record({ name: fc.string({ unit: 'binary' }), stateVector: fc.uint8Array({ maxLength: 100 }) }),
    { maxLength: 20 },
  )
  const refusalOf = (body: Uint8Array): WireFormatError | undefined => {
    try {
      decodePullRequest(body)
      return undefined
    } catch (error) {
      if (error instanceof WireFormatError) return error
      throw error
    }
  }

  test('[PULL-1] comes back as it was sent, in order', () => {
    fc.assert(
      fc.property(arbitraryWants, (wants) => {
        expect(decodePullRequest(encodePullRequest(wants))).toEqual(wants)
      }),
    )
  })

  test('[PULL-1] of any bytes is read or refused with a reason', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const body of [bytes, new Uint8Array([1, ...bytes])])
          expect(refusalOf(body)?.detail).not.toBe('')
      }),
    )
    expect(refusalOf(new Uint8Array([2]))?.detail).toBe('Format 2 is not known, only 1')
  })

  test('[PULL-6] of more documents than one exchange takes is refused', () => {
    const wants = Array.from({ length: limits.maxPullDocuments + 1 }, () => ({
      name: '',
      stateVector: new Uint8Array(),
    }))
    expect(refusalOf(encodePullRequest(wants))?.code).toBe('input/too-large')
    expect(decodePullRequest(encodePullRequest(wants.slice(1)))).toHaveLength(limits.maxPullDocuments)
  })
})
