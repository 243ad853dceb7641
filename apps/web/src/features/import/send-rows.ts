import type { ErrorCode, ImportRow, ImportVerdict } from '@fulqrun/protocol'
import { importTitle } from '@fulqrun/schema'
import type { Answer } from '../../session/api.ts'
import type { ReadRow } from './rows.ts'

/** Rows of one request: few enough that the count on the screen moves. */
export const perPortion = 100

export interface SendOptions {
  /** In the order of the file. */
  readonly rows: readonly ReadRow[]
  /** Rows that are done already. */
  readonly from: number
  readonly updates: ReadonlySet<number>
  readonly send: (rows: readonly ImportRow[]) => Promise<Answer<readonly ImportVerdict[]>>
  /** Verdicts on the next rows of the file, those among them that were not sent. */
  readonly onVerdicts: (verdicts: readonly ImportVerdict[]) => void
  readonly isStopped: () => boolean
}

export type SendEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'refused'; readonly code?: ErrorCode | undefined }

/**
 * Sends the rows of a file in portions, one after the other. What cannot be sent is told as refused in its place, so that
 * the number of verdicts says where to go on.
 */
export async function sendRows(options: SendOptions): Promise<SendEnd> {
  const { rows, updates, send, onVerdicts, isStopped } = options
  for (let done = options.from; done < rows.length; done += perPortion) {
    const portion = rows.slice(done, done + perPortion)
    const sendable = portion
      .filter(({ problems }) => problems.length === 0)
      .map(({ row, values }): ImportRow => ({ row, values, existing: updates.has(row) ? 'update' : 'skip' }))
    const answer = sendable.length === 0 ? { kind: 'ok' as const, value: [] } : await send(sendable)
    // An answer that comes when nobody waits for it any more: the same rows are sent again, and nothing is done twice.
    if (isStopped()) return { kind: 'stopped' }
    if (answer.kind === 'unreachable') return { kind: 'unreachable' }
    if (answer.kind === 'refused') return { kind: 'refused', code: answer.code }
    const byRow = new Map(answer.value.map((verdict) => [verdict.row, verdict]))
    onVerdicts(portion.map((row) => byRow.get(row.row) ?? refusedHere(row)))
  }
  return { kind: 'done' }
}

function refusedHere({ row, values, problems }: ReadRow): ImportVerdict {
  const title = importTitle(values) || undefined
  return { row, outcome: 'refused', title, changes: [], proposed: [], kept: [], problems }
}
