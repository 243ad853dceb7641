import type * as Y from 'yjs'
import { losersOf } from './conflict.ts'
import type { Decision } from './decision.ts'
import { readConflicts, readDecisions, readProposals } from './read.ts'

/**
 * What in a record waits for a person: part of its summary, so that the inbox can list it without opening the record.
 */
export interface AttentionItem {
  /** Of the conflict or proposal. */
  readonly id: string
  /**
   * `conflict` somebody has to choose; `replaced` a value lost to a rule or a decision and its author has not read it
   * yet; `proposal` waits for approval; `decided` its author has not read the decision yet.
   */
  readonly type: 'conflict' | 'replaced' | 'proposal' | 'decided'
  readonly path: string
  /** ms since 1970 UTC. */
  readonly since: number
  /** User ids: who wrote the candidates; whose value was replaced; who proposed. */
  readonly people: readonly string[]
}

/** A record says at most so much in its summary; the record itself has the rest. */
const maxItems = 20

/** Newest first. What somebody has decided on this device waits for nobody, even before the server has carried it out. */
export function readAttention(doc: Y.Doc): readonly AttentionItem[] {
  const items: AttentionItem[] = []
  const decided = decidedHere(readDecisions(doc))
  for (const conflict of readConflicts(doc)) {
    if (decided.has(conflict.id)) continue
    const { id, path, openedAt, candidates, accepted = [] } = conflict
    if (conflict.status === 'open') {
      const people = [...new Set(candidates.flatMap(({ author }) => author ?? []))]
      items.push({ id, type: 'conflict', path, since: openedAt, people })
      continue
    }
    const decidedBy = conflict.decision?.by
    const people = losersOf(conflict).filter((user) => user !== decidedBy && !accepted.includes(user))
    if (people.length > 0) items.push({ id, type: 'replaced', path, since: openedAt, people })
  }
  for (const { id, path, status, author, proposedAt, decidedAt, accepted } of readProposals(doc)) {
    if (decided.has(id)) continue
    if (status === 'waiting') items.push({ id, type: 'proposal', path, since: proposedAt, people: [author] })
    else if ((status === 'approved' || status === 'rejected') && accepted !== true)
      items.push({ id, type: 'decided', path, since: decidedAt ?? proposedAt, people: [author] })
  }
  return items.sort((a, b) => b.since - a.since || (a.id < b.id ? -1 : 1)).slice(0, maxItems)
}

/** Conflicts and proposals whose last decision is on its way; a decision that was taken back counts as none. */
function decidedHere(decisions: readonly Decision[]): ReadonlySet<string> {
  const decided = new Set<string>()
  for (const decision of decisions) {
    const about = decision.type === 'proposal' ? decision.proposal : decision.conflict
    if (decision.type === 'undo') decided.delete(about)
    else decided.add(about)
  }
  return decided
}
