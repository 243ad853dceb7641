import { type ChangeRecord, type FeedEvent, parseDocumentName } from '@fulqrun/protocol'
import type { EntryMark, LoggedEntry } from '../store/document-store.ts'

/** Paths that an event names; whoever needs more reads the history. */
const maxPaths = 50

/** The path that the log uses for a document as a whole, when it is removed. */
export const removalPath = 'meta'
/** Where a document belongs. */
export const territoryPath = 'meta.territoryId'

/**
 * What one entry of the log means, as events. Pure, and from the entry alone: the same entry gives the same events live,
 * after a restart, and for whoever resumes a stream days later.
 */
export function eventsOf(entry: LoggedEntry): FeedEvent[] {
  const { seq, document: name, author, receivedAt, changes } = entry
  if (isRemoval(entry)) return [{ type: 'record.removed', seq, name }]
  const paths = [...new Set(changes.map(({ path }) => path))].slice(0, maxPaths)
  const { id, name: authorName } = author
  const changed: FeedEvent = {
    type: 'record.changed',
    seq,
    name,
    head: seq,
    at: receivedAt,
    author: { id, name: authorName },
    paths,
  }
  return [
    changed,
    // For whoever could read it where it was, and cannot where it is.
    ...(formerTerritoryOf(entry) === undefined ? [] : [{ type: 'record.removed', seq, name } as const]),
    ...(entry.marks ?? []).flatMap((mark) => markEvent(entry, mark) ?? []),
    ...(parseDocumentName(name)?.kind === 'kpi' ? changes.flatMap((change) => kpiEvent(entry, change)) : []),
  ]
}

/** Whether an entry removes its document. */
export function isRemoval({ changes }: Pick<LoggedEntry, 'changes'>): boolean {
  return changes.some(({ path, action }) => path === removalPath && action === 'delete')
}

/** The territory that an entry moves its document out of. */
export function formerTerritoryOf({ changes }: Pick<LoggedEntry, 'changes'>): string | undefined {
  const move = changes.find(({ path, action }) => path === territoryPath && action === 'set')
  return typeof move?.before === 'string' ? move.before : undefined
}

function markEvent({ seq, document: name }: LoggedEntry, mark: EntryMark): FeedEvent | undefined {
  const { id, path, status, before, people } = mark
  if (mark.type === 'conflict') {
    const conflict = { seq, name, conflictId: id, path, people }
    // Somebody whose value joins an open one hears of it as of a new one.
    if (status === 'open')
      return before !== 'open' || mark.isJoined === true
        ? { type: 'conflict.opened', ...conflict }
        : undefined
    // Also of one that a rule has settled at once: somebody's value does not stand.
    const isSettled =
      before === 'open' || (status === 'resolved' && (before === undefined || mark.isJoined === true))
    return isSettled ? { type: 'conflict.closed', ...conflict } : undefined
  }
  const proposal = { seq, name, proposalId: id, path, status, author: people[0] ?? '' }
  if (before === undefined && status === 'waiting') return { type: 'proposal.made', ...proposal }
  return before === 'waiting' && status !== 'waiting' ? { type: 'proposal.decided', ...proposal } : undefined
}

const kpiRoots = ['targets.', 'values.']
const movingActions: readonly ChangeRecord['action'][] = ['set', 'delete', 'decide', 'restore']

function kpiEvent({ seq, document: name }: LoggedEntry, change: ChangeRecord): FeedEvent[] {
  const { path, action, before, after } = change
  if (!movingActions.includes(action) || !kpiRoots.some((root) => path.startsWith(root))) return []
  return [
    {
      type: 'kpi.moved',
      seq,
      name,
      path,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    },
  ]
}
