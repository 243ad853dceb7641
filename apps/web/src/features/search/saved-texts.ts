import { crc32 } from '@fulqrun/protocol'
import type { SavedTexts } from './search-index.ts'

/** Raised whenever what is indexed, or how, changes: an older index is then built anew. */
const version = 1

export const savedTextsKey = 'texts'

/** The index as the device keeps it: bytes with their checksum, since a damaged one would give wrong answers silently. */
interface Stored {
  readonly version: number
  readonly checksum: number
  readonly bytes: Uint8Array
}

export function packTexts(texts: SavedTexts): Stored {
  const bytes = new TextEncoder().encode(JSON.stringify(texts))
  return { version, checksum: crc32(bytes), bytes }
}

/** Throws for what is damaged or from another version of the app. */
export function unpackTexts(stored: unknown): SavedTexts {
  const { version: storedVersion, checksum, bytes } = (stored ?? {}) as Partial<Stored>
  if (storedVersion !== version) throw new Error('the search index is of another version of the app')
  if (!(bytes instanceof Uint8Array) || crc32(bytes) !== checksum)
    throw new Error('the search index is damaged')
  return JSON.parse(new TextDecoder().decode(bytes)) as SavedTexts
}
