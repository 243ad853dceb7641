import { createHash } from 'node:crypto'

/** Whose row of which import. */
export interface RowPlace {
  readonly organizationId: string
  readonly userId: string
  /** A UUID version 7. */
  readonly importId: string
  readonly row: number
}

/**
 * Id of the record that a row makes, the same whenever the row is sent: a repeated row finds what it has made (IMP-5).
 * A UUID version 7 with the time of the import, so that ids go on sorting by the time of creation; the rest is a hash,
 * also over who imports, so that nobody can aim at records of somebody else's import.
 */
export function recordIdOf(place: RowPlace): string {
  return uuidOf(place, 'record')
}

/** The same for the entry that says where a contact works. */
export function workplaceIdOf(place: RowPlace): string {
  return uuidOf(place, 'workplace')
}

function uuidOf({ organizationId, userId, importId, row }: RowPlace, what: string): string {
  const hash = createHash('sha256')
    .update([organizationId, userId, importId, row, what].join('\0'))
    .digest('hex')
  const time = importId.replaceAll('-', '').slice(0, 12)
  const variant = '89ab'[Number.parseInt(hash.slice(3, 4), 16) % 4]
  const digits = `${time}7${hash.slice(0, 3)}${variant}${hash.slice(4, 19)}`
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
