import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { limits } from './limits.ts'
import type { PutBackPath } from './messages.ts'
import type { ErrorCode } from './reaction.ts'

/**
 * Body of `POST /api/sync/push`: updates of any number of documents, in the order in which they are to be admitted.
 *
 * `varUint(format)`, then for each update `varString(document name) varUint8Array(update)` up to the end, in the
 * encoding of lib0 (the one of Yjs).
 */

/** The first number of a body; raised when what follows changes. */
export const pushFormat = 1

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

/** A body that is none; `detail` says where it went wrong and holds nothing of its content. */
export class PushFormatError extends Error {
  override readonly name = 'PushFormatError'
  readonly code: 'input/invalid' | 'input/too-large'
  readonly detail: string

  constructor(code: 'input/invalid' | 'input/too-large', detail: string) {
    super(detail)
    this.code = code
    this.detail = detail
  }
}

export function encodePush(updates: readonly PushedUpdate[]): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, pushFormat)
    for (const { name, update } of updates) {
      encoding.writeVarString(encoder, name)
      encoding.writeVarUint8Array(encoder, update)
    }
  })
}

/** Reads a body. Throws a {@link PushFormatError}. The updates are views of `body`. */
export function decodePush(body: Uint8Array): PushedUpdate[] {
  const decoder = decoding.createDecoder(body)
  const format = readOrThrow('the format', () => decoding.readVarUint(decoder))
  if (format !== pushFormat)
    throw new PushFormatError('input/invalid', `Format ${format} is not known, only ${pushFormat}`)
  const updates: PushedUpdate[] = []
  while (decoding.hasContent(decoder)) {
    if (updates.length === limits.maxPushUpdates)
      throw new PushFormatError('input/too-large', `More than ${limits.maxPushUpdates} updates`)
    updates.push(
      readOrThrow(`update ${updates.length + 1}`, () => {
        const pushed = { name: decoding.readVarString(decoder), update: decoding.readVarUint8Array(decoder) }
        // lib0 reads on in the memory behind a view that ends too early.
        if (decoder.pos > body.byteLength) throw new RangeError('cut off')
        return pushed
      }),
    )
  }
  return updates
}

function readOrThrow<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch {
    throw new PushFormatError('input/invalid', `The body ends or is malformed in ${what}`)
  }
}
