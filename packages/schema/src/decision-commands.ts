import * as Y from 'yjs'
import type { Conflict } from './conflict.ts'
import type { StoredDecision } from './decision.ts'
import { newDocumentId } from './document-id.ts'
import { assertValue, forgetTimesBelow, kindOf, stamp, writeKey } from './document-writes.ts'
import { localOrigin } from './origins.ts'
import { parsePath, textPrefix } from './path.ts'
import { isPlainJson } from './plain-json.ts'
import { readConflicts, readProposals } from './read.ts'
import { SchemaError } from './schema-issue.ts'

/**
 * What a person decides about conflicts and proposals. Each command writes the decision, and where it settles a value
 * also the value itself, in one transaction, so that it shows at once and works offline; the server carries it out
 * when it arrives. Who decides is what the server says of the connection. All throw a SchemaError when there is no
 * such conflict or proposal.
 */

interface DecideOptions {
  /** Device time, ms since 1970 UTC. */
  readonly now: number
}

/** Puts one of a conflict's candidates in place. */
export function chooseCandidate(
  doc: Y.Doc,
  conflictId: string,
  candidateId: string,
  { now }: DecideOptions,
): void {
  const conflict = mustFind(doc, conflictId)
  const candidate = conflict.candidates.find(({ id }) => id === candidateId)
  if (candidate === undefined) throw gone(`conflicts.${conflictId}`, 'There is no such candidate')
  decide(doc, now, {
    type: 'choose',
    conflict: conflictId,
    candidate: candidateId,
    seen: seenIn(conflict),
    at: now,
  })(() => {
    if (isText(conflict.path)) removeOtherBlocks(doc, conflict, candidateId)
    // An entry that stays has been worked on since: it stays as it is.
    else if (
      candidateId !== conflict.stands ||
      candidate.value === undefined ||
      !holdsEntry(doc, conflict.path)
    )
      putInPlace(doc, conflict.path, candidate.value)
  })
}

/** Puts a value of one's own in place of all candidates; `undefined` clears the field. */
export function chooseValue(doc: Y.Doc, conflictId: string, value: unknown, { now }: DecideOptions): void {
  const conflict = mustFind(doc, conflictId)
  if (isText(conflict.path)) throw gone(conflict.path, 'Text is edited where it stands')
  assertValue(kindOf(doc), conflict.path, value)
  decide(doc, now, {
    type: 'edit',
    conflict: conflictId,
    ...(value === undefined || value === null ? {} : { value }),
    seen: seenIn(conflict),
    at: now,
  })(() => putInPlace(doc, conflict.path, value))
}

/** Keeps both of two near-duplicate blocks. */
export function keepBoth(doc: Y.Doc, conflictId: string, { now }: DecideOptions): void {
  mustFind(doc, conflictId)
  decide(doc, now, { type: 'keep-both', conflict: conflictId, at: now })()
}

/** Takes the last decision about a conflict back: the value from before stands again and the conflict is open. */
export function undoDecision(doc: Y.Doc, conflictId: string, { now }: DecideOptions): void {
  const conflict = mustFind(doc, conflictId)
  const standing = conflict.candidates.find(({ id }) => id === conflict.stands)
  const before = conflict.decision === undefined ? standing?.value : conflict.decision.before
  decide(doc, now, { type: 'undo', conflict: conflictId, at: now })(() => {
    if (!isText(conflict.path)) putInPlace(doc, conflict.path, before)
  })
}

/** Says that a person has read that their value was replaced, or what became of their proposal. */
export function acceptNotice(doc: Y.Doc, id: string, { now }: DecideOptions): void {
  decide(doc, now, { type: 'accept', conflict: id, at: now })()
}

/** Approves or rejects a proposal, or withdraws one's own. The official value moves when the server has agreed. */
export function decideOnProposal(
  doc: Y.Doc,
  proposalId: string,
  decision: 'approved' | 'rejected' | 'withdrawn',
  { now, comment }: DecideOptions & { readonly comment?: string | undefined },
): void {
  const proposal = readProposals(doc).find(({ id }) => id === proposalId)
  if (proposal === undefined) throw gone(`proposals.${proposalId}`, 'There is no such proposal')
  const { root, key = '' } = parsePath(proposal.path)
  const seen = doc.getMap(root).get(key)
  decide(doc, now, {
    type: 'proposal',
    proposal: proposalId,
    decision,
    ...(comment === undefined || comment === '' ? {} : { comment }),
    ...(decision === 'approved' && isPlainJson(seen ?? null) ? { seen: seen ?? null } : {}),
    at: now,
  })()
}

/** Writes a decision together with what it does, in one transaction. */
function decide(doc: Y.Doc, now: number, decision: StoredDecision): (effect?: () => void) => void {
  return (effect) => {
    const id = newDocumentId()
    doc.transact(() => {
      effect?.()
      doc.getMap('decisions').set(id, decision)
      stamp(doc, `decisions.${id}`, now)
      const path = 'conflict' in decision ? pathOf(doc, decision.conflict) : undefined
      if (effect !== undefined && path !== undefined) stamp(doc, path, now)
    }, localOrigin)
  }
}

function pathOf(doc: Y.Doc, conflictId: string): string | undefined {
  return readConflicts(doc).find(({ id }) => id === conflictId)?.path
}

function mustFind(doc: Y.Doc, conflictId: string): Conflict {
  const conflict = readConflicts(doc).find(({ id }) => id === conflictId)
  if (conflict === undefined) throw gone(`conflicts.${conflictId}`, 'There is no such conflict')
  return conflict
}

function gone(path: string, message: string): SchemaError {
  return new SchemaError({ path, code: 'entry/invalid', message })
}

function seenIn({ candidates }: Conflict): string[] {
  return candidates.map(({ id }) => id)
}

function isText(path: string): boolean {
  return path === 'notes' || path.startsWith(textPrefix)
}

function holdsEntry(doc: Y.Doc, path: string): boolean {
  const { root, id, key } = parsePath(path)
  return id !== undefined && key === undefined && doc.getMap(root).has(id)
}

function putInPlace(doc: Y.Doc, path: string, value: unknown): void {
  const { root, id, key } = parsePath(path)
  if (id === undefined) {
    writeKey(doc.getMap(root), key ?? '', value)
    return
  }
  const entries = doc.getMap(root)
  if (key !== undefined) {
    const entry = entries.get(id)
    if (entry instanceof Y.Map) writeKey(entry as Y.Map<unknown>, key, value)
  } else if (typeof value === 'object' && value !== null) {
    entries.set(id, new Y.Map(Object.entries(value)))
  } else {
    entries.delete(id)
    forgetTimesBelow(doc, path)
  }
}

/** Of near-duplicate blocks only the chosen one stays. Those already gone or changed beyond recognition are left. */
function removeOtherBlocks(doc: Y.Doc, { path, candidates }: Conflict, chosen: string): void {
  const others = candidates.filter(({ id }) => id !== chosen)
  if (path === 'notes') {
    const blocks = new Set(others.map(({ block }) => block))
    const fragment = doc.getXmlFragment('notes')
    for (let index = fragment.length - 1; index >= 0; index--) {
      const { _item: item } = fragment.get(index)
      if (item !== null && blocks.has(`${item.id.client}-${item.id.clock}`)) fragment.delete(index, 1)
    }
    return
  }
  const text = doc.getText(path)
  for (const { value } of others) {
    if (typeof value !== 'string' || value === '') continue
    const kept = candidates.find(({ id }) => id === chosen)?.value
    const start = indexOfLine(text.toJSON(), value, kept)
    if (start < 0) continue
    const end = start + value.length
    // With its line break, so that no empty line is left behind.
    const withBreak = text.toJSON()[end] === '\n' ? 1 : 0
    text.delete(start, value.length + withBreak)
  }
}

/** Where a whole line stands; of two equal lines the second, so that the kept one stays where it is. */
function indexOfLine(text: string, line: string, kept: unknown): number {
  const starts: number[] = []
  let at = 0
  for (const candidate of text.split('\n')) {
    if (candidate === line) starts.push(at)
    at += candidate.length + 1
  }
  return starts.at(kept === line ? -1 : 0) ?? -1
}
