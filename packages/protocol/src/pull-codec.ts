import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { decodeUtf8, encodeUtf8 } from 'lib0/string'
import { crc32 } from './checksum.ts'
import { limits } from './limits.ts'
import { type ErrorCode, isErrorCode } from './reaction.ts'
import { readOrThrow, readUint32, uint32Bytes, WireFormatError } from './wire-format.ts'

/**
 * `POST /api/sync/pull`: what a device lacks of many documents, in one exchange.
 *
 * Body: `varUint(format)`, then for each document `varString(name) varUint8Array(state vector)`, in the order in which
 * they are wanted. Answer: batches `uint32(length) uint32(crc32 of the payload) payload`, numbers with the highest byte
 * first; a batch of length 0 ends it. A payload is records `varString(name) varUint(status) varUint(head)
 * varUint8Array(update)`. Without the last batch the answer was cut: what did not come is asked for again.
 */
export const pullFormat = 1

/** A document that a device asks for. */
export interface PullWant {
  readonly name: string
  /** Yjs state vector of what the device has; empty when it has nothing. */
  readonly stateVector: Uint8Array
}

/**
 * What a record means for the device's copy.
 *
 * - `full`: the update is the whole document and replaces the copy, also when the copy is of another lineage.
 * - `diff`: the update holds what the copy lacks.
 * - `unchanged`: the copy lacks nothing; the update is empty.
 * - `gone`: there is nothing to have, or not for this person; the update is the error code, see {@link goneCode}.
 */
export type PullStatus = 'full' | 'diff' | 'unchanged' | 'gone'

/** In the order of their numbers on the wire. */
export const pullStatuses = ['full', 'diff', 'unchanged', 'gone'] as const satisfies readonly PullStatus[]

export interface PullRecord {
  /** As the device wrote it, also when it is no name. */
  readonly name: string
  readonly status: PullStatus
  /** Highest log sequence that the update, together with what the device has, contains; 0 for `gone`. */
  readonly head: number
  readonly update: Uint8Array
}

const batchHeadBytes = 8
const nothing = new Uint8Array()

/** The record for a document that is not to be had. */
export function goneRecord(name: string, code: ErrorCode): PullRecord {
  return { name, status: 'gone', head: 0, update: encodeUtf8(code) }
}

/** Why a record of status `gone` is; `document/not-found` for a code of a newer server. */
export function goneCode({ update }: Pick<PullRecord, 'update'>): ErrorCode {
  const code = decodeUtf8(update)
  return isErrorCode(code) ? code : 'document/not-found'
}

export function encodePullRequest(wants: readonly PullWant[]): Uint8Array<ArrayBuffer> {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, pullFormat)
    for (const { name, stateVector } of wants) {
      encoding.writeVarString(encoder, name)
      encoding.writeVarUint8Array(encoder, stateVector)
    }
  })
}

/** Reads a body. Throws a {@link WireFormatError}. State vectors are views of `body`, and are not looked into. */
export function decodePullRequest(body: Uint8Array): PullWant[] {
  const decoder = decoding.createDecoder(body)
  const format = readOrThrow(decoder, 'the format', () => decoding.readVarUint(decoder))
  if (format !== pullFormat)
    throw new WireFormatError('input/invalid', `Format ${format} is not known, only ${pullFormat}`)
  const wants: PullWant[] = []
  while (decoding.hasContent(decoder)) {
    if (wants.length === limits.maxPullDocuments)
      throw new WireFormatError('input/too-large', `More than ${limits.maxPullDocuments} documents`)
    wants.push(
      readOrThrow(decoder, `document ${wants.length + 1}`, () => ({
        name: decoding.readVarString(decoder),
        stateVector: decoding.readVarUint8Array(decoder),
      })),
    )
  }
  return wants
}

/** The end of an answer: a batch of nothing. */
export const pullEnd: Uint8Array<ArrayBuffer> = new Uint8Array(batchHeadBytes)

/** Gathers records until there are enough for a batch. */
export class PullBatch {
  #encoder = encoding.createEncoder()

  /** Bytes of the records so far. */
  get bytes(): number {
    return encoding.length(this.#encoder)
  }

  add({ name, status, head, update }: PullRecord): void {
    encoding.writeVarString(this.#encoder, name)
    encoding.writeVarUint(this.#encoder, pullStatuses.indexOf(status))
    encoding.writeVarUint(this.#encoder, head)
    encoding.writeVarUint8Array(this.#encoder, update)
  }

  /** The batch as it is sent; the next one starts empty. Never call it on an empty batch: that would end the answer. */
  take(): Uint8Array<ArrayBuffer> {
    const payload = encoding.toUint8Array(this.#encoder)
    this.#encoder = encoding.createEncoder()
    const batch = new Uint8Array(batchHeadBytes + payload.length)
    batch.set(uint32Bytes(payload.length))
    batch.set(uint32Bytes(crc32(payload)), 4)
    batch.set(payload, batchHeadBytes)
    return batch
  }
}

/**
 * Reads an answer as it arrives, in chunks of any size. What {@link push} has answered is whole and verified, whatever
 * comes after it.
 */
export class PullDecoder {
  #chunks: Uint8Array[] = []
  #buffered = 0
  #isEnded = false
  #batches = 0

  /** Whether the last batch has come; without it the answer was cut. */
  get isEnded(): boolean {
    return this.#isEnded
  }

  /** Takes the next bytes in; answers the records that are complete with them. Throws a {@link WireFormatError}. */
  push(chunk: Uint8Array): PullRecord[] {
    if (chunk.length === 0) return []
    if (this.#isEnded)
      throw new WireFormatError('input/invalid', 'There is more behind the end of the answer')
    this.#chunks.push(chunk)
    this.#buffered += chunk.length
    const records: PullRecord[] = []
    while (!this.#isEnded) {
      const payload = this.#nextPayload()
      if (payload === undefined) return records
      if (payload.length === 0) this.#isEnded = true
      else records.push(...readRecords(payload, this.#batches))
    }
    if (this.#buffered > 0)
      throw new WireFormatError('input/invalid', 'There is more behind the end of the answer')
    return records
  }

  /** Call when no more bytes come. Throws a {@link WireFormatError} when the answer was cut. */
  finish(): void {
    if (this.#isEnded) return
    throw new WireFormatError('sync/checksum', `The answer was cut after ${this.#batches} batches`)
  }

  /** Undefined while the next batch has not come whole. */
  #nextPayload(): Uint8Array | undefined {
    if (this.#buffered < batchHeadBytes) return undefined
    const head = this.#peek(batchHeadBytes)
    const length = readUint32(head, 0)
    if (length > limits.maxPullBatchBytes)
      throw new WireFormatError('sync/checksum', `Batch ${this.#batches + 1} says that it is ${length} bytes`)
    if (this.#buffered < batchHeadBytes + length) return undefined
    const payload = this.#peek(batchHeadBytes + length).slice(batchHeadBytes)
    if (crc32(payload) !== readUint32(head, 4))
      throw new WireFormatError('sync/checksum', `Batch ${this.#batches + 1} is damaged`)
    this.#drop(batchHeadBytes + length)
    this.#batches += 1
    return payload
  }

  /** The first `length` bytes, in one piece. */
  #peek(length: number): Uint8Array {
    const [chunk = nothing] = this.#chunks
    if (chunk.length >= length) return chunk.subarray(0, length)
    const joined = new Uint8Array(this.#buffered)
    let at = 0
    for (const part of this.#chunks) {
      joined.set(part, at)
      at += part.length
    }
    this.#chunks = [joined]
    return joined.subarray(0, length)
  }

  /** They are in the first chunk, where {@link #peek} has put them. */
  #drop(length: number): void {
    this.#buffered -= length
    const rest = (this.#chunks[0] ?? nothing).subarray(length)
    if (rest.length === 0) this.#chunks.shift()
    else this.#chunks[0] = rest
  }
}

function readRecords(payload: Uint8Array, batch: number): PullRecord[] {
  const decoder = decoding.createDecoder(payload)
  const records: PullRecord[] = []
  while (decoding.hasContent(decoder)) {
    const { name, number, head, update } = readOrThrow(decoder, `batch ${batch}`, () => ({
      name: decoding.readVarString(decoder),
      number: decoding.readVarUint(decoder),
      head: decoding.readVarUint(decoder),
      update: decoding.readVarUint8Array(decoder),
    }))
    const status = pullStatuses[number]
    // Of a newer server: what is not known is ignored, and the device asks again when it wants the document.
    if (status !== undefined) records.push({ name, status, head, update })
  }
  return records
}
