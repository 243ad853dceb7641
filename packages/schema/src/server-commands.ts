import type * as Y from 'yjs'
import { kindSpec, type PinnedRoot } from './kinds.ts'
import { serverOrigin } from './origins.ts'
import { proposalSchema, type ProposalStatus, type StoredProposal } from './proposal.ts'
import { readMeta } from './read.ts'
import { SchemaError } from './schema-issue.ts'
import { checkValue, isCleared } from './validation.ts'

/** Commands that only the server calls: they write what clients may not. */

/** Sets official values in a pinned root; a cleared value removes the key. Throws a SchemaError for invalid values. */
export function setPinned(
  doc: Y.Doc,
  root: PinnedRoot,
  values: Readonly<Record<string, unknown>>,
  { now }: { readonly now: number },
): void {
  const { kind } = readMeta(doc)
  if (kind === undefined || !kindSpec(kind).pinned.some((pinned) => pinned.root === root))
    throw new SchemaError({ path: root, code: 'path/unknown', message: 'Not a pinned part of this record' })
  for (const [key, value] of Object.entries(values)) {
    const issue = checkValue(kind, `${root}.${key}`, value)
    if (issue) throw new SchemaError(issue)
  }
  doc.transact(() => {
    const map = doc.getMap(root)
    const edited = doc.getMap('edited')
    for (const [key, value] of Object.entries(values)) {
      if (isCleared(value)) map.delete(key)
      else map.set(key, value)
      edited.set(`${root}.${key}`, now)
    }
  }, serverOrigin)
}

export interface DecideOptions {
  readonly status: Exclude<ProposalStatus, 'waiting'>
  /** User id. */
  readonly decidedBy: string
  readonly comment?: string | undefined
  readonly now: number
}

/** Closes a waiting proposal. False, and nothing written, when there is none or it was already decided. */
export function decideProposal(doc: Y.Doc, id: string, options: DecideOptions): boolean {
  const proposals = doc.getMap('proposals')
  const stored = proposals.get(id)
  if (!proposalSchema.safeParse(stored).success) return false
  const proposal = stored as StoredProposal
  if (proposal.status !== 'waiting') return false
  const { status, decidedBy, comment, now } = options
  const decided: StoredProposal = {
    ...proposal,
    status,
    decidedBy,
    decidedAt: now,
    ...(comment ? { comment } : {}),
  }
  doc.transact(() => {
    proposals.set(id, decided)
    doc.getMap('edited').set(`proposals.${id}`, now)
  }, serverOrigin)
  return true
}
