import * as Y from 'yjs'

/**
 * An update, taken apart once: everything that looks at it before and after it is applied reads this value, because
 * taking an update apart costs as much as all of those looks together.
 *
 * Its items are copies that are never integrated into a document; those that Yjs integrates it decodes itself.
 */
export interface DecodedUpdate {
  readonly bytes: Uint8Array
  /** By client, and by clock within a client. */
  readonly structs: readonly Struct[]
  readonly deletions: Decoded['ds']
}

type Decoded = ReturnType<typeof Y.decodeUpdate>
export type Struct = Decoded['structs'][number]

/** Undefined when the bytes are no update. */
export function decodeUpdate(bytes: Uint8Array): DecodedUpdate | undefined {
  try {
    const { structs, ds } = Y.decodeUpdate(bytes)
    return { bytes, structs, deletions: ds }
  } catch {
    return undefined
  }
}
