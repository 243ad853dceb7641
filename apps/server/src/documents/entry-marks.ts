import type { StoredConflict, StoredProposal } from '@fulqrun/schema'
import type * as Y from 'yjs'
import type { EntryMark, LogEntry } from '../store/document-store.ts'

/**
 * Runs a change, and says what it did to the conflicts and proposals of a document, which its list of changes does not
 * tell: they are about values, and one value may open a conflict, close another, or do neither. Events are made of it.
 */
export function withMarks<T>(
  document: Y.Doc,
  change: () => T,
): { readonly result: T; readonly marks: Pick<LogEntry, 'marks'> } {
  const marks: EntryMark[] = []
  const conflicts = document.getMap<unknown>('conflicts')
  const proposals = document.getMap<unknown>('proposals')
  const onConflicts = (event: Y.YMapEvent<unknown>): void => {
    for (const [id, { oldValue }] of event.changes.keys)
      marks.push(...conflictMark(id, oldValue as StoredConflict | undefined, conflicts.get(id)))
  }
  const onProposals = (event: Y.YMapEvent<unknown>): void => {
    for (const [id, { oldValue }] of event.changes.keys)
      marks.push(...proposalMark(id, oldValue as StoredProposal | undefined, proposals.get(id)))
  }
  conflicts.observe(onConflicts)
  proposals.observe(onProposals)
  try {
    const result = change()
    return { result, marks: marks.length === 0 ? {} : { marks } }
  } finally {
    conflicts.unobserve(onConflicts)
    proposals.unobserve(onProposals)
  }
}

function conflictMark(id: string, before: StoredConflict | undefined, now: unknown): EntryMark[] {
  const conflict = (now ?? before) as StoredConflict | undefined
  if (conflict === undefined || !Array.isArray(conflict.candidates)) return []
  const people = peopleIn(conflict)
  const known = before === undefined ? [] : peopleIn(before)
  return [
    {
      type: 'conflict',
      id,
      path: conflict.path,
      status: now === undefined ? 'gone' : conflict.status,
      people,
      ...(before === undefined ? {} : { before: before.status }),
      ...(people.some((person) => !known.includes(person)) ? { isJoined: true } : {}),
    },
  ]
}

function proposalMark(id: string, before: StoredProposal | undefined, now: unknown): EntryMark[] {
  const proposal = (now ?? before) as StoredProposal | undefined
  if (typeof proposal?.path !== 'string') return []
  return [
    {
      type: 'proposal',
      id,
      path: proposal.path,
      status: now === undefined ? 'gone' : proposal.status,
      people: [proposal.author],
      ...(before === undefined ? {} : { before: before.status }),
    },
  ]
}

function peopleIn({ candidates }: StoredConflict): string[] {
  return [...new Set(candidates.flatMap(({ author }) => author ?? []))]
}
