import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { crc32 } from './checksum.ts'
import { limits } from './limits.ts'
import type { PutBackPath } from './messages.ts'
import type { ErrorCode } from './reaction.ts'
import { readOrThrow, readUint32, uint32Bytes, WireFormatError } from './wire-format.ts'

/**
 * Body of `POST /api/sync/push`: updates of any number of documents, in the order in which they are to be admitted.
 *
 * `varUint(2) uint32(crc32 of the rest)` and then for each update `varString(document name) varUint8Array(update)` up to
 * the end, in the encoding of lib0 (the one of Yjs); the checksum with its highest byte first. Format 1, which is still
 * read, starts with `varUint(1)` and has no checksum.
 */

/** The first number of a body that is written; raised when what follows changes. */
export const pushFormat = 2
/** Before bodies had a checksum. */
const formatWithoutChecksum = 1
const checksumBytes = 4

/** One update; its name is what the sender says, not yet known to be one. */
export interface PushedUpdate {
  readonly name: string
  readonly update: Uint8Array
}

/** What became of one pushed update; verdicts come in the order of the updates, when all of them are on disk. */
export interface PushVerdict {
  readonly name: string
  readonly accepted: boolean
  /** Why it was not accepted. */
  readonly code?: ErrorCode | undefined
  /** Where the server keeps it, when it was refused for what it is. */
  readonly quarantineId?: string | undefined
  /** Parts of an accepted one that rules put back. */
  readonly putBack: readonly PutBackPath[]
}

export interface PushAnswer {
  readonly verdicts: readonly PushVerdict[]
}

export function encodePush(updates: readonly PushedUpdate[]): Uint8Array<ArrayBuffer> {
  const rest = encoding.encode((encoder) => {
    for (const { name, update } of updates) {
      encoding.writeVarString(encoder, name)
      encoding.writeVarUint8Array(encoder, update)
    }
  })
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, pushFormat)
    encoding.writeUint8Array(encoder, uint32Bytes(crc32(rest)))
    encoding.writeUint8Array(encoder, rest)
  })
}

/** Reads a body. Throws a {@link WireFormatError}. The updates are views of `body`. */
export function decodePush(body: Uint8Array): PushedUpdate[] {
  const decoder = decoding.createDecoder(body)
  const format = readOrThrow(decoder, 'the format', () => decoding.readVarUint(decoder))
  if (format === pushFormat) verifyRest(body, decoder)
  else if (format !== formatWithoutChecksum)
    throw new WireFormatError('input/invalid', `Format ${format} is not known, only up to ${pushFormat}`)
  const updates: PushedUpdate[] = []
  while (decoding.hasContent(decoder)) {
    if (updates.length === limits.maxPushUpdates)
      throw new WireFormatError('input/too-large', `More than ${limits.maxPushUpdates} updates`)
    updates.push(
      readOrThrow(decoder, `update ${updates.length + 1}`, () => ({
        name: decoding.readVarString(decoder),
        update: decoding.readVarUint8Array(decoder),
      })),
    )
  }
  return updates
}

/** Nothing of a damaged body is read: an update with a changed byte may well be an update. */
function verifyRest(body: Uint8Array, decoder: decoding.Decoder): void {
  const at = decoder.pos
  decoder.pos = at + checksumBytes
  if (decoder.pos > body.length || crc32(body.subarray(decoder.pos)) !== readUint32(body, at))
    throw new WireFormatError('sync/checksum', 'The body was damaged or cut on the way')
}
