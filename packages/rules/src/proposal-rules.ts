import {
  checkValue,
  fieldSpec,
  isPlainJson,
  parsePath,
  type PinnedRoot,
  setPinned,
  type StoredProposal,
} from '@fulqrun/schema'
import type * as Y from 'yjs'
import { mayOverrideGates } from './approval.ts'
import {
  clip,
  editedAt,
  isEntryId,
  isStamped,
  type Judgement,
  putBack,
  recordChange,
  sameValue,
  wishesOf,
} from './judgement.ts'
import { policyFor } from './policy.ts'
import { ProposalBook } from './proposal-book.ts'
import { type ProposalDraft, readProposalDraft } from './proposal-draft.ts'
import type { KeyChange } from './transaction-reader.ts'

/** The rules of proposals: made by people, settled by the server (POL-4, PRO). */

/** A proposal made on a device: a new one is settled by the server, an existing one is not changed (POL-4). */
export function judgeProposal(judgement: Judgement, change: KeyChange): void {
  const { request, table } = judgement
  const path = `proposals.${change.key}`
  const draft = readProposalDraft(change.after)
  const policy = draft === undefined ? undefined : policyFor(request.kind, draft.path, table)
  const listed = draft !== undefined && fieldSpec(request.kind, draft.path) !== undefined
  if (change.before !== undefined || draft === undefined || !isEntryId(change.key)) {
    putBack(judgement, change, { path: clip(path), rule: 'POL-4' })
    return
  }
  if (
    policy?.proposes !== true ||
    !listed ||
    checkValue(request.kind, draft.path, draft.value) !== undefined
  ) {
    putBack(judgement, change, { path: clip(path), rule: 'ADM-6' })
    return
  }
  // What the author says to have seen is shown to whoever approves, so it is at least something the field can hold.
  const { base, baseVersion, ...rest } = draft
  const isBase = base !== undefined && checkValue(request.kind, draft.path, base) === undefined
  const isVersion = baseVersion !== undefined && Number.isSafeInteger(baseVersion) && baseVersion >= 0
  writeProposal(judgement, change.key, {
    ...rest,
    ...(isBase ? { base } : {}),
    ...(isVersion ? { baseVersion } : {}),
  })
  if (draft.path === 'fields.stage' && draft.reason !== undefined && mayOverrideGates(request.author.role))
    override(judgement, change.key, draft)
}

/** A manager's own wish for a stage, with a reason, needs nobody else (GAT-1). */
function override(judgement: Judgement, id: string, { path, value, reason }: ProposalDraft): void {
  const { document, author, receivedAt } = judgement.request
  new ProposalBook(document).close(id, {
    status: 'approved',
    by: author.id,
    comment: reason,
    at: receivedAt,
  })
  putOfficial(judgement, path, value, reason)
}

/** Values written straight to a field that they may not stand in live on as proposals; answers the id of the last one. */
export function proposeAllInstead(
  judgement: Judgement,
  change: KeyChange,
  path: string,
  rule: string,
): string | undefined {
  let proposalId: string | undefined
  for (const { value, id } of wishesOf(change))
    proposalId = proposeInstead(judgement, { path, value, id, official: change.before }, rule) ?? proposalId
  return proposalId
}

/** A value written straight to a field that it may not stand in lives on as a proposal; answers its id. */
export function proposeInstead(
  judgement: Judgement,
  {
    path,
    value,
    id: item,
    official,
  }: {
    readonly path: string
    readonly value: unknown
    /** Of the item that was written. */
    readonly id: Y.ID
    readonly official: unknown
  },
  rule: string,
): string | undefined {
  const { request } = judgement
  if (value === undefined || !isPlainJson(value)) return undefined
  if (fieldSpec(request.kind, path) === undefined || checkValue(request.kind, path, value) !== undefined)
    return undefined
  // Deterministic and unique.
  const id = `w-${item.client}-${item.clock}`
  const book = new ProposalBook(request.document)
  // The same wish of the same person is one proposal, however often it comes.
  const isWaiting = book.waiting(request.author.id, path).some((waiting) => sameValue(waiting.value, value))
  if (isWaiting || book.get(id) !== undefined) return undefined
  const base = official === undefined ? {} : { base: official }
  writeProposal(judgement, id, { path, value, ...base }, rule)
  return id
}

function writeProposal(judgement: Judgement, id: string, draft: ProposalDraft, rule?: string): void {
  const { request, table } = judgement
  const own = `proposals.${id}`
  const proposedAt = editedAt(judgement, isStamped(judgement, own) ? own : draft.path)
  const proposal: StoredProposal = {
    ...draft,
    author: request.author.id,
    proposedAt,
    status: 'waiting',
    policyVersion: table.version,
    ...(rule === undefined ? {} : { rule }),
  }
  const book = new ProposalBook(request.document)
  // Of the proposals of one person for one field the newest one counts (PRO-2).
  for (const earlier of book.waiting(proposal.author, draft.path))
    book.close(earlier.id, { status: 'superseded', by: proposal.author, at: proposedAt })
  book.set(id, proposal)
  judgement.changes.push({
    path: draft.path,
    action: 'propose',
    ...(draft.base === undefined ? {} : { before: draft.base }),
    after: draft.value,
    editedAt: proposedAt,
    ...(draft.reason === undefined ? {} : { reason: draft.reason }),
    ...(rule === undefined ? {} : { rule }),
  })
}

/** Whoever wanted a value that has come to stand in another way has it: their proposal waits for nobody (PRO-2). */
export function supersedeFulfilled({ request, changes }: Judgement): void {
  const book = new ProposalBook(request.document)
  if (!book.hasWaiting) return
  const moved = changes.filter(({ action }) => action !== 'put-back' && action !== 'propose')
  for (const path of new Set(moved.map((change) => change.path))) {
    const { root, key } = parsePath(path)
    const stands = key === undefined ? undefined : request.document.getMap(root).get(key)
    if (stands === undefined) continue
    for (const { id, value } of book.waitingAt(path))
      if (sameValue(value, stands))
        book.close(id, { status: 'superseded', by: request.author.id, at: request.receivedAt })
  }
}

/** Puts an approved value in place, with the version and source of official values. */
export function putOfficial(judgement: Judgement, path: string, value: unknown, reason?: string): void {
  const { document, author, receivedAt } = judgement.request
  const { root, key } = parsePath(path)
  if (key === undefined) return
  const map = document.getMap(root)
  const before = map.get(key)
  applyApproved(document, { path, value, approver: author.name, now: receivedAt })
  recordChange(
    judgement,
    path,
    { before, after: map.get(key) },
    { action: 'decide', editedAt: receivedAt, ...(reason === undefined ? {} : { reason }) },
  )
}

/** Writes the value of an approved proposal: as the official one, or as the stage. */
export function applyApproved(
  document: Y.Doc,
  {
    path,
    value,
    approver,
    now,
  }: { readonly path: string; readonly value: unknown; readonly approver: string; readonly now: number },
): void {
  const { root, key } = parsePath(path)
  if (key === undefined) return
  if (path === 'fields.stage') {
    document.getMap('fields').set(key, value)
    document.getMap('edited').set(path, now)
    return
  }
  const official: Record<string, unknown> = { [key]: value }
  if (root === 'financials') {
    const version = document.getMap(root).get('version')
    official['version'] = (typeof version === 'number' ? version : 0) + 1
    official['source'] = `Proposal approved by ${approver}`
  }
  setPinned(document, root as PinnedRoot, official, { now })
}
