import { fieldSpec, isCollectionRoot, parsePath } from '@fulqrun/schema'
import * as Y from 'yjs'
import { ConflictBook } from './conflict-book.ts'
import { type AnyType, editedAt, type Judgement, recordChange, reportLoss } from './judgement.ts'
import { policyFor } from './policy.ts'
import { sideBefore } from './scalar-rules.ts'
import type { Settled } from './settled-values.ts'
import { hasSeen, isClearing, standingBefore } from './standing.ts'
import { resolveConcurrent } from './strategies.ts'
import type { KeyChange } from './transaction-reader.ts'

/**
 * Somebody cleared a field that had meanwhile been given another entry. Nothing of that reaches the field: what they
 * deleted is gone already. Only the time stamp that came with it says so. When the entry only repeats the value that
 * they had seen, the field is cleared; when they had not seen what stands, the two clash (RES-10).
 */
export function judgeStaleClearing(
  judgement: Judgement,
  changes: readonly KeyChange[],
  settled: Settled,
): void {
  const written = new Map<AnyType, Set<string>>()
  for (const { type, key } of changes) written.set(type, (written.get(type) ?? new Set()).add(key))
  for (const [path, stamp] of judgement.stamps) {
    if (settled.has(path)) continue
    const { root, id, key } = parsePath(path)
    if (root !== 'fields' && !isCollectionRoot(root)) continue
    if (key === undefined || fieldSpec(judgement.request.kind, path) === undefined) continue
    const type = holderOf(judgement.request.document, root, id)
    const head = type?._map.get(key)
    if (type === undefined || head === undefined) continue
    // What was written is judged where it was written.
    if (written.get(type)?.has(key) === true) continue
    const clearing = stamp.writes.find((write) => isClearing(judgement, write, { type, key, path }))
    if (clearing === undefined) continue
    const { entries, stamps } = standingBefore(judgement, path, head.lastId)
    const hasSeenLast = clearing.knew || hasSeen(judgement, clearing, stamps)
    if (head.deleted) {
      // Cleared already, by somebody whom this author may not have heard of: both have their wish.
      if (!hasSeenLast) lendTime(judgement, path, key)
      judgement.standing.set(path, {
        change: { ...stamp, type, key },
        edit: {
          entries,
          stamps: hasSeenLast ? [clearing.id] : [...stamps, clearing.id],
          at: editedAt(judgement, path),
        },
      })
      continue
    }
    const isOwn = hasSeen(judgement, { id: clearing.id, base: undefined }, entries)
    clear(judgement, {
      path,
      key,
      map: type as Y.Map<unknown>,
      item: entries.at(-1) ?? head.lastId,
      isSequential: hasSeenLast || isOwn || judgement.takenAway.includesOneOf(entries),
    })
    const isCleared = type._map.get(key)?.deleted !== false
    judgement.standing.set(path, {
      change: { ...stamp, type, key },
      edit: isCleared
        ? { entries: [], stamps: [clearing.id], at: editedAt(judgement, path) }
        : { entries, stamps, at: sideBefore(judgement, path, nobody).editedAt },
    })
  }
}

/** Of two clearings that were made apart, the one that the rule prefers lends its time. */
function lendTime(judgement: Judgement, path: string, key: string): void {
  const { request, table } = judgement
  const policy = policyFor(request.kind, path, table)
  if (policy === undefined) return
  const incoming = { value: undefined, author: request.author.id, editedAt: editedAt(judgement, path) }
  const { stands } = resolveConcurrent(policy.strategy, key, {
    current: {
      ...sideBefore(judgement, path, nobody),
      isPerson: request.lastEdit?.(path)?.isPerson !== false,
    },
    incoming: { ...incoming, isPerson: true },
  })
  if (stands === 'incoming') judgement.changes.push({ path, action: 'delete', editedAt: incoming.editedAt })
}

const nobody = { value: undefined, item: undefined }

function holderOf(document: Y.Doc, root: string, id: string | undefined): AnyType | undefined {
  if (id === undefined) return document.getMap(root) as AnyType
  const entry = document.getMap(root).get(id)
  return entry instanceof Y.Map ? (entry as AnyType) : undefined
}

interface Place {
  readonly path: string
  readonly key: string
  readonly map: Y.Map<unknown>
  readonly item: Y.ID
  readonly isSequential: boolean
}

function clear(judgement: Judgement, { path, key, map, item, isSequential }: Place): void {
  const { request, table } = judgement
  const policy = policyFor(request.kind, path, table)
  if (policy === undefined || policy.writer !== 'people' || policy.strategy === 'append-only') return
  if (policy.ruleId === 'RES-6' || fieldSpec(request.kind, path)?.required === true) return
  const current = sideBefore(judgement, path, { value: map.get(key), item })
  if (isSequential) {
    map.delete(key)
    recordChange(judgement, path, { before: current.value, after: undefined })
    return
  }
  const incoming = {
    value: undefined,
    author: request.author.id,
    editedAt: editedAt(judgement, path),
    receivedAt: request.receivedAt,
    item: undefined,
    id: `cleared-${request.author.id}`,
  }
  const outcome = resolveConcurrent(policy.strategy, key, {
    current: { ...current, isPerson: request.lastEdit?.(path)?.isPerson !== false },
    incoming: { ...incoming, isPerson: true },
  })
  const rule = policy.strategy === 'client-wins' ? 'RES-2' : policy.ruleId
  const conflictId = new ConflictBook(judgement).enter({
    path,
    rule,
    current,
    incoming,
    base: undefined,
    outcome,
  })
  if (outcome.stands === 'incoming') {
    map.delete(key)
    recordChange(judgement, path, { before: current.value, after: undefined }, { rule })
    return
  }
  const { value: lost, editedAt: at } = incoming
  reportLoss(judgement, { path, stands: current.value, lost, editedAt: at, rule, conflictId })
}
