import { type ErrorCode, limits, type PushVerdict, reactionTo } from '@fulqrun/protocol'
import type { OutboxEntry } from './device-store.ts'

/** Bytes that a name and the lengths take beside an update, at most. */
const overheadBytes = 200

/**
 * Cuts what is unsent into pushes, bounded by updates and bytes, in the order in which it was edited: the keys of the
 * outbox begin with a random id of the tab, and what was edited after a restart may build on what was before. An update that no push
 * takes is left out with all of its document, since later edits build on it: the socket's way tells its author.
 */
export function batchesOf(
  entries: readonly OutboxEntry[],
  { updates, bytes }: { readonly updates: number; readonly bytes: number },
): { readonly batches: readonly (readonly OutboxEntry[])[]; readonly tooLarge: ReadonlySet<string> } {
  const tooLarge = new Set(
    entries.filter(({ update }) => update.byteLength > limits.maxFrameBytes).map(({ document }) => document),
  )
  const batches: OutboxEntry[][] = []
  let size = Infinity
  for (const entry of entries.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))) {
    if (tooLarge.has(entry.document)) continue
    const next = entry.update.byteLength + overheadBytes
    const last = batches.at(-1)
    if (last !== undefined && last.length < updates && size + next <= bytes) {
      last.push(entry)
      size += next
    } else {
      batches.push([entry])
      size = next
    }
  }
  return { batches, tooLarge }
}

/** What verdicts mean for the entries that were pushed. */
export interface PushOutcome {
  /** Ids of the entries that the server has. */
  readonly accepted: readonly string[]
  /** Documents with an update that will not be taken as things are, with the reason. */
  readonly refused: ReadonlyMap<string, ErrorCode>
  /** Documents with an update that is to be sent again. */
  readonly later: ReadonlyMap<string, ErrorCode>
  readonly putBack: readonly PushVerdict[]
}

export function judge(entries: readonly OutboxEntry[], verdicts: readonly PushVerdict[]): PushOutcome {
  const accepted: string[] = []
  const refused = new Map<string, ErrorCode>()
  const later = new Map<string, ErrorCode>()
  entries.forEach(({ id, document }, index) => {
    const verdict = verdicts[index]
    if (verdict === undefined) return
    if (verdict.accepted) {
      accepted.push(id)
      return
    }
    const code = verdict.code ?? 'update/not-applied'
    const isPassing = reactionTo(code) === 'retry' || reactionTo(code) === 'sign-in'
    const where = isPassing ? later : refused
    if (!where.has(document)) where.set(document, code)
  })
  return {
    accepted,
    refused,
    later,
    putBack: verdicts.filter(({ accepted: isTaken, putBack }) => isTaken && putBack.length > 0),
  }
}
