import type { ChangeAction, HistoryEntry } from '@fulqrun/protocol'

/** Whose value it was, and since when by the server's clock. */
export interface ValueOrigin {
  readonly author: HistoryEntry['author']
  readonly at: number
}

interface Replaced {
  readonly path: string
  /** The value that stood before. */
  readonly value: unknown
  /** Log sequence from which on it is looked for, backwards. */
  readonly until: number
}

/** What was proposed, put back or lost to another value never stood in the record. */
const neverStood = new Set<ChangeAction>(['put-back', 'conflict', 'propose'])

/** Who put a value there that was replaced later; undefined when that is not in these entries (newest first). */
export function originOf(
  entries: readonly HistoryEntry[],
  { path, value, until }: Replaced,
): ValueOrigin | undefined {
  if (value === undefined) return undefined
  const wanted = JSON.stringify(value)
  for (const { seq, author, receivedAt, changes } of entries) {
    if (seq > until) continue
    const isIt = changes.some(
      (change) =>
        change.path === path && !neverStood.has(change.action) && JSON.stringify(change.after) === wanted,
    )
    if (isIt) return { author, at: receivedAt }
  }
  return undefined
}
