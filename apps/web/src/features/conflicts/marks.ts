/** What stands at the fields of a record: where somebody has to choose, where a proposal waits, what was replaced. */
import {
  type Conflict,
  type Decision,
  isCollectionRoot,
  parsePath,
  type Proposal,
  type StoredConflict,
} from '@fulqrun/schema'
import { isUnread, pendingProposalDecision, stateOf } from './card-state.ts'

export type FieldMark =
  | { readonly type: 'conflict'; readonly conflict: Conflict }
  /** Decided on this device, waiting to be sent. */
  | { readonly type: 'decided'; readonly conflict: Conflict }
  /** A value of this person was replaced. */
  | { readonly type: 'replaced'; readonly conflict: Conflict }
  | { readonly type: 'proposal'; readonly proposal: Proposal }

export interface RecordFacts {
  readonly conflicts: readonly Conflict[]
  readonly proposals: readonly Proposal[]
  readonly decisions: readonly Decision[]
}

/** Keyed by path; conflicts before proposals. */
export type RecordMarks = ReadonlyMap<string, readonly FieldMark[]>

function markOf(conflict: Conflict, decisions: readonly Decision[], userId: string): FieldMark | undefined {
  const { type } = stateOf(conflict, decisions)
  if (type === 'open') return { type: 'conflict', conflict }
  if (type === 'waiting') return { type: 'decided', conflict }
  return isUnread(conflict, userId, decisions) ? { type: 'replaced', conflict } : undefined
}

export function marksOf({ conflicts, proposals, decisions }: RecordFacts, userId: string): RecordMarks {
  const marks = new Map<string, FieldMark[]>()
  const add = (path: string, mark: FieldMark) => {
    marks.set(path, [...(marks.get(path) ?? []), mark])
  }
  for (const conflict of conflicts) {
    const mark = markOf(conflict, decisions, userId)
    if (mark !== undefined) add(conflict.path, mark)
  }
  for (const proposal of proposals) {
    const isWaiting = proposal.status === 'waiting'
    if (isWaiting && pendingProposalDecision(proposal, decisions) === undefined)
      add(proposal.path, { type: 'proposal', proposal })
  }
  return marks
}

/** Keys that name an entry: what happened to an entry as a whole is shown there. */
const nameKeys: ReadonlySet<string> = new Set(['subject', 'name', 'number', 'organization', 'channel'])

/** Marks of a field, and at the field that names an entry also those of the entry. */
export function marksAt(marks: RecordMarks, path: string): readonly FieldMark[] {
  const own = marks.get(path) ?? []
  const { root, id, key } = parsePath(path)
  if (id === undefined || key === undefined || !isCollectionRoot(root) || !nameKeys.has(key)) return own
  return [...(marks.get(`${root}.${id}`) ?? []), ...own]
}

/** Conflicts of one kind of mark, in the order of the record. */
export function conflictsMarked(marks: RecordMarks, type: 'conflict' | 'replaced'): readonly Conflict[] {
  return [...marks.values()].flat().flatMap((mark) => (mark.type === type ? [mark.conflict] : []))
}

/** Ids of candidates whose value is somebody else's than the one that stands, by this person, newest first. */
export function ownLosers(
  { candidates, stands }: StoredConflict,
  userId: string,
): StoredConflict['candidates'] {
  return candidates
    .filter(({ id, author }) => author === userId && id !== stands)
    .toSorted((a, b) => b.editedAt - a.editedAt)
}
