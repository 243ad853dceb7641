import { formatNumber } from '../../fields/format.ts'

export interface Scope {
  /** Records in the lists. */
  readonly listed: number
  /** Of these, on this device. */
  readonly here: number
  /** Of these, whose notes have been read for search. */
  readonly read: number
}

const records = (count: number) => (count === 1 ? '1 record' : `${formatNumber(count)} records`)

/** What a search on this device covers, and what not. */
export function scopeWords({ listed, here, read }: Scope): string {
  if (listed === 0) return 'There are no records on this device to search.'
  const missing = listed - here
  if (missing > 0) {
    return `Searches this device: names of all ${records(listed)}, notes of ${formatNumber(Math.min(read, here))}. ${formatNumber(missing)} ${missing === 1 ? 'is' : 'are'} not on this device yet.`
  }
  if (read < here)
    return `Searches this device: names of all ${records(listed)}, notes of ${formatNumber(read)} so far.`
  return `Searches this device: names and notes of all ${records(listed)}.`
}

/** How many there are, as it is told to those who do not see them. */
export function resultWords(count: number): string {
  if (count === 0) return 'No results'
  return count === 1 ? '1 result' : `${count} results`
}
