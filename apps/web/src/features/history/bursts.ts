/**
 * History as people read it: days, and within a day the bursts of one author. The server keeps one entry per
 * admitted update, which for typing is one per keystroke; a burst folds those of one path into one line.
 */
import type { ChangeAction, ChangeOrigin, ChangeRecord, HistoryEntry } from '@fulqrun/protocol'

/** Edits of one author that follow each other closer than this belong together (UX 4.5). */
const burstGapMs = 2 * 60_000

/** A device time this far before the receipt means that the edit waited on the device. */
const offlineGapMs = 60_000

/** One line of a burst: everything that happened to one path in it, by one action. */
export interface HistoryLine {
  readonly path: string
  readonly action: ChangeAction
  /** Value before the first and after the last change of the burst. */
  readonly before?: unknown
  readonly after?: unknown
  readonly inserted: string
  readonly deleted: string
  /** Device time of the first change and server time of the last. */
  readonly editedAt: number
  readonly receivedAt: number
  readonly rule?: string | undefined
  readonly reason?: string | undefined
  /** Log sequence of the newest change, for a stable key. */
  readonly seq: number
  /** How many admitted changes were folded. */
  readonly count: number
}

export interface Burst {
  readonly id: string
  readonly author: HistoryEntry['author']
  readonly origin: ChangeOrigin
  /** Server time of the first and the last entry. */
  readonly from: number
  readonly to: number
  readonly lines: readonly HistoryLine[]
  /** Why, when one reason holds for all of it; its lines have none then. */
  readonly reason?: string | undefined
}

export interface HistoryDay {
  /** Local midnight of the day. */
  readonly day: number
  readonly bursts: readonly Burst[]
}

/**
 * Kinds of change that the filter offers: `rule` is what a rule put back, `conflicts` what lost to somebody else's value
 * and what people decided about that.
 */
export type ChangeKind = 'all' | 'fields' | 'text' | 'activities' | 'proposals' | 'conflicts' | 'rule'

export interface HistoryFilter {
  readonly authorId?: string | undefined
  readonly kind: ChangeKind
}

// Bookkeeping that the server derives or the device stamps: true, and of no use to a reader.
const hiddenRoots = new Set(['edited', 'conflicts', 'decisions', 'meta'])
// The version counts up with every official value; who completed an activity and when is who made the change.
const hiddenPaths = /^financials\.version$|^activities\.[^.]+\.(?:completedAt|completedBy)$/

function rootOf(path: string): string {
  return path.split('.', 1)[0] ?? path
}

export function kindOf({ path, action, rule }: Pick<ChangeRecord, 'path' | 'action' | 'rule'>): ChangeKind {
  if (action === 'propose' || rootOf(path) === 'proposals')
    return action === 'put-back' ? 'rule' : 'proposals'
  // What was chosen in a conflict names its rule; an official value that was approved has none.
  if (action === 'decide') return rule === undefined ? 'proposals' : 'conflicts'
  if (action === 'conflict') return 'conflicts'
  if (action === 'put-back' || rule !== undefined) return 'rule'
  if (action === 'text' || path === 'notes' || path.startsWith('text:')) return 'text'
  if (rootOf(path) === 'activities' || rootOf(path) === 'attachments') return 'activities'
  return 'fields'
}

/** The creation of a record is one line, whatever it says about itself. */
function isCreation({ path, before }: ChangeRecord): boolean {
  return path === 'meta.kind' && before === undefined
}

function isShown(change: ChangeRecord, filter: HistoryFilter): boolean {
  if (isCreation(change)) return filter.kind === 'all' || filter.kind === 'fields'
  if (hiddenRoots.has(rootOf(change.path)) || hiddenPaths.test(change.path)) return false
  return filter.kind === 'all' || kindOf(change) === filter.kind
}

function lineOf(change: ChangeRecord, entry: HistoryEntry): HistoryLine {
  return {
    path: change.path,
    action: isCreation(change) ? 'create' : change.action,
    before: change.before,
    after: change.after,
    inserted: change.inserted ?? '',
    deleted: change.deleted ?? '',
    editedAt: change.editedAt,
    receivedAt: entry.receivedAt,
    rule: change.rule,
    reason: change.reason,
    seq: entry.seq,
    count: 1,
  }
}

const foldable: ReadonlySet<ChangeAction> = new Set(['set', 'text'])

/** `older` happened before `newer`; both are of one path and action. */
function fold(older: HistoryLine, newer: HistoryLine): HistoryLine {
  return {
    ...newer,
    before: older.before,
    inserted: older.inserted + newer.inserted,
    deleted: older.deleted + newer.deleted,
    editedAt: Math.min(older.editedAt, newer.editedAt),
    count: older.count + newer.count,
  }
}

/** Lines of a burst, newest first. `entries` are newest first. */
function linesOf(entries: readonly HistoryEntry[], filter: HistoryFilter): HistoryLine[] {
  const lines = new Map<string, HistoryLine>()
  for (const entry of entries) {
    for (const [index, change] of entry.changes.entries()) {
      if (!isShown(change, filter)) continue
      const canFold = foldable.has(change.action) && change.rule === undefined
      const key = canFold ? `${change.action}:${change.path}` : `${entry.seq}:${index}`
      const line = lineOf(change, entry)
      const newer = lines.get(key)
      lines.set(key, newer === undefined ? line : fold(line, newer))
    }
  }
  return [...lines.values()]
}

function continues(burst: readonly HistoryEntry[], older: HistoryEntry): boolean {
  const last = burst.at(-1)
  if (last === undefined) return true
  return (
    last.author.id === older.author.id &&
    last.origin === older.origin &&
    last.receivedAt - older.receivedAt <= burstGapMs &&
    startOfDay(last.receivedAt) === startOfDay(older.receivedAt)
  )
}

export function startOfDay(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0)
}

function burstOf(entries: readonly HistoryEntry[], filter: HistoryFilter): Burst | undefined {
  const newest = entries[0]
  const oldest = entries.at(-1)
  if (newest === undefined || oldest === undefined) return undefined
  const lines = linesOf(entries, filter)
  if (lines.length === 0) return undefined
  const { author, origin } = newest
  // The oldest entry of a burst stays when new ones join it, so the id keeps an opened burst open.
  const burst = { id: String(oldest.seq), author, origin, from: oldest.receivedAt, to: newest.receivedAt }
  const reason = lines[0]?.reason
  if (reason === undefined || lines.some((line) => line.reason !== reason)) return { ...burst, lines }
  return { ...burst, reason, lines: lines.map((line) => ({ ...line, reason: undefined })) }
}

/** Groups entries (newest first) by local day, then by author burst; bursts without a shown change are left out. */
export function groupHistory(
  entries: readonly HistoryEntry[],
  filter: HistoryFilter = { kind: 'all' },
): readonly HistoryDay[] {
  const bursts: HistoryEntry[][] = []
  for (const entry of entries) {
    const current = bursts.at(-1)
    if (current !== undefined && continues(current, entry)) current.push(entry)
    else bursts.push([entry])
  }
  const days = new Map<number, Burst[]>()
  for (const group of bursts) {
    if (filter.authorId !== undefined && group[0]?.author.id !== filter.authorId) continue
    const burst = burstOf(group, filter)
    if (burst === undefined) continue
    const day = startOfDay(burst.to)
    const list = days.get(day)
    if (list === undefined) days.set(day, [burst])
    else list.push(burst)
  }
  return [...days].map(([day, list]) => ({ day, bursts: list }))
}

/** True when the edit was made well before the server received it. */
export function waitedOnDevice(line: Pick<HistoryLine, 'editedAt' | 'receivedAt'>): boolean {
  return line.receivedAt - line.editedAt >= offlineGapMs
}

/** Joins a newer first page with the pages already loaded; entries are immutable, so equal sequences are one. */
export function mergePages(
  newer: readonly HistoryEntry[],
  loaded: readonly HistoryEntry[],
): readonly HistoryEntry[] {
  const known = new Set(newer.map(({ seq }) => seq))
  return [...newer, ...loaded.filter(({ seq }) => !known.has(seq))].toSorted((a, b) => b.seq - a.seq)
}
