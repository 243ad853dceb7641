import { crc32 } from '@fulqrun/protocol'
import type { SavedTexts } from './search-index.ts'

/** Raised whenever what is indexed, or how, changes: an older index is then built anew. */
const version = 2

export const savedTextsKey = 'texts'

/** The index as the device keeps it: bytes with their checksum, since a damaged one would give wrong answers silently. */
interface Stored {
  readonly version: number
  readonly checksum: number
  /** Everything but the places, as JSON. */
  readonly bytes: Uint8Array
  readonly places: Uint32Array
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength)

function checksumOf(bytes: Uint8Array, places: Uint32Array): number {
  return crc32(bytes) ^ crc32(bytesOf(places))
}

export function packTexts({ places, ...others }: SavedTexts): Stored {
  const bytes = new TextEncoder().encode(JSON.stringify(others))
  return { version, checksum: checksumOf(bytes, places), bytes, places }
}

/** Throws for what is damaged or from another version of the app. */
export function unpackTexts(stored: unknown): SavedTexts {
  const { version: storedVersion, checksum, bytes, places } = (stored ?? {}) as Partial<Stored>
  if (storedVersion !== version) throw new Error('the search index is of another version of the app')
  if (
    !(bytes instanceof Uint8Array) ||
    !(places instanceof Uint32Array) ||
    checksumOf(bytes, places) !== checksum
  )
    throw new Error('the search index is damaged')
  return { ...(JSON.parse(new TextDecoder().decode(bytes)) as Omit<SavedTexts, 'places'>), places }
}
