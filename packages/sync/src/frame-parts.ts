import * as Y from 'yjs'
import { limits } from '@fulqrun/protocol'

/** Room for address, type and length around an update in a frame. */
const headBytes = 1024

/** The server refuses a larger write. */
export const maxUpdateBytes = limits.maxFrameBytes - headBytes
/** A larger one would cost the whole socket, and with it every other document, at every attempt. */
export const maxSentBytes = limits.maxSocketPayloadBytes - headBytes

interface Entry {
  readonly id: string
  readonly update: Uint8Array
}

export interface FramePart {
  readonly ids: readonly string[]
  readonly update: Uint8Array
}

/** Merges entries, in their order, into few updates that each fit a frame. An entry that does not fit stands alone. */
export function partsOf(entries: readonly Entry[]): readonly FramePart[] {
  const groups: Entry[][] = []
  let bytes = 0
  for (const entry of entries) {
    const group = groups.at(-1)
    bytes += entry.update.byteLength
    if (group !== undefined && bytes <= maxUpdateBytes) group.push(entry)
    else {
      groups.push([entry])
      bytes = entry.update.byteLength
    }
  }
  return groups.map((group) => ({
    ids: group.map(({ id }) => id),
    update: Y.mergeUpdates(group.map(({ update }) => update)),
  }))
}
