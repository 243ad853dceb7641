import { checkValue, fieldSpec, isPlainJson, parsePath } from '@fulqrun/schema'
import * as Y from 'yjs'
import { ConflictBook } from './conflict-book.ts'
import {
  type AnyType,
  clip,
  editedAt,
  isEntryId,
  type Judgement,
  plainAfter,
  recordChange,
  recordPutBack,
  reportPutBack,
  sameValue,
  writeValue,
  reportLoss,
  wishesOf,
} from './judgement.ts'
import { noteFieldsOf } from './given-way.ts'
import { policyFor } from './policy.ts'
import { isValid, refusalOfEvidence, sideBefore } from './scalar-rules.ts'
import { entryOf } from './settled-values.ts'
import { standingBefore } from './standing.ts'
import { resolveConcurrent } from './strategies.ts'
import { isNewIn, type KeyChange } from './transaction-reader.ts'

/** The rules of whole entries of a collection: added, replaced, removed. */

/** A whole entry of a collection was added, replaced or removed. */
export function judgeEntry(judgement: Judgement, change: KeyChange, path: string): void {
  const { request, table } = judgement
  const isClient = request.authority === 'client'
  const policy = policyFor(request.kind, path, table)
  const isKept = policy?.strategy === 'append-only' || policy?.ruleId === 'RES-6'
  if (change.before !== undefined && isKept && isClient) {
    restoreEntry(judgement, change, { path: clip(path), rule: policy?.ruleId ?? 'RES-7' })
    return
  }
  if (change.after === undefined) {
    judgeRemoval(judgement, change, path)
    return
  }
  if (!(change.after instanceof Y.Map) || !isEntryId(change.key)) {
    restoreEntry(judgement, change, { path: clip(path), rule: 'ADM-6' })
    return
  }
  if (isClient && change.before !== undefined && change.writes.some(({ knew }) => !knew)) {
    clashWithOther(judgement, change, path)
    return
  }
  if (isClient) recordOthers(judgement, change, path)
  dropInvalid(judgement, change.after as Y.Map<unknown>, path)
  if (isClient) settleRecorder(judgement, change.after as Y.Map<unknown>, path)
  recordChange(judgement, path, { before: change.before, after: plainAfter(change) })
}

/** Of several entries that one change puts under an id one stands; the others are in the history (ADM-12). */
function recordOthers(judgement: Judgement, change: KeyChange, path: string): void {
  const { after, before } = change
  for (const value of new Set(wishesOf(change).map((write) => write.value))) {
    const entry = value === after ? undefined : validPart(judgement, path, plainEntry(value))
    if (entry !== undefined)
      recordChange(judgement, path, { before, after: entry }, { action: 'set', rule: 'ADM-12' })
  }
}

function restoreEntry(
  judgement: Judgement,
  change: KeyChange,
  notice: { readonly path: string; readonly rule: string },
): void {
  writeBack(judgement, change, notice.path)
  const attempted = attemptsOf(change)
  for (const each of attempted.slice(0, -1))
    recordPutBack(judgement, notice, { attempted: each, official: change.before })
  reportPutBack(judgement, notice, { attempted: attempted.at(-1), official: change.before })
}

/** What a change put under an id, whether it stood or not; what stands last comes last. */
function attemptsOf({ after, writes, overruled, before }: KeyChange): readonly unknown[] {
  const written = [
    ...overruled.toReversed(),
    ...wishesOf({ writes, before }).map(({ value }) => value),
    after,
  ]
  const plain = [...new Set(written)].map(plainEntry)
  return plain.filter((value) => value !== undefined && !sameValue(value, before))
}

/** Writes an entry again as it was before. */
function writeBack(judgement: Judgement, change: KeyChange, path: string): void {
  noteFieldsOf(judgement, change, path)
  writeValue(change, entryOf(change.before))
}

function dropInvalid(judgement: Judgement, entry: Y.Map<unknown>, path: string): void {
  const { request } = judgement
  for (const [key, value] of entry.entries()) {
    const fieldPath = `${path}.${key}`
    const listed = fieldSpec(request.kind, fieldPath) !== undefined
    if (listed && isPlainJson(value) && checkValue(request.kind, fieldPath, value) === undefined) continue
    entry.delete(key)
    reportPutBack(
      judgement,
      { path: clip(fieldPath), rule: listed ? 'ADM-6' : 'ADM-4' },
      { attempted: value },
    )
  }
}

/** Who recorded a line of consent or a signature, or attached a file, is who is signed in, whatever the device says (ADM-9). */
const recorders: Readonly<Record<string, string>> = {
  consents: 'capturedBy',
  signatures: 'signedBy',
  attachments: 'addedBy',
}

function settleRecorder({ request }: Judgement, entry: Y.Map<unknown>, path: string): void {
  const key = recorders[parsePath(path).root]
  if (key !== undefined && entry.get(key) !== request.author.id) entry.set(key, request.author.id)
}

/**
 * An entry was removed. If somebody else had changed it and the remover had not seen that, it stays, and a person
 * decides (RES-8).
 */
function judgeRemoval(judgement: Judgement, change: KeyChange, path: string): void {
  const { request } = judgement
  const unseen = request.authority === 'client' ? lastUnseenEdit(judgement, change, path) : undefined
  if (unseen === undefined) {
    recordChange(judgement, path, { before: change.before, after: undefined })
    return
  }
  const editor = sideBefore(judgement, `${path}.${unseen.key}`, { value: change.before, item: unseen.item })
  writeBack(judgement, change, path)
  const removal = {
    value: undefined,
    author: request.author.id,
    editedAt: editedAt(judgement, path),
    receivedAt: request.receivedAt,
    item: undefined,
    id: `removed-${request.author.id}`,
  }
  const conflictId = new ConflictBook(judgement).enter({
    path,
    rule: 'RES-8',
    current: editor,
    incoming: removal,
    base: undefined,
    outcome: { stands: 'current', open: true },
  })
  const { editedAt: at } = removal
  reportLoss(judgement, {
    path,
    stands: change.before,
    lost: undefined,
    editedAt: at,
    rule: 'RES-8',
    conflictId,
  })
}

/**
 * A field of a removed entry that somebody has changed whom its remover had not seen. What they had seen is what their
 * update takes away: values, and with a command of ours the times of edits, which also tell of a field that was cleared.
 */
export function lastUnseenEdit(
  judgement: Judgement,
  { previous }: Pick<KeyChange, 'previous'>,
  path: string,
): { readonly key: string; readonly item: Y.ID } | undefined {
  const { takenAway, transaction, stamps } = judgement
  if (previous === undefined || !takenAway.includes(previous)) return undefined
  const structs = transaction.doc.store.clients.get(previous.client) ?? []
  const holder = structs[Y.findIndexSS(structs, previous.clock)]
  if (!(holder instanceof Y.Item) || !(holder.content instanceof Y.ContentType)) return undefined
  const entry = holder.content.type as AnyType
  const hasSeenOneOf = (ids: readonly Y.ID[]) => takenAway.includesOneOf(ids)
  const isNew = ({ id }: Y.Item) => isNewIn(transaction, id)
  for (const [key, head] of entry._map) {
    // Before they removed the entry, its remover may have written to the field, also beside what they had not seen.
    let item: Y.Item | null = head
    while (item !== null && isNew(item)) item = item.left
    if (item === null) continue
    const standing = standingBefore(judgement, `${path}.${key}`, item.lastId)
    const wasLive = item.deleted && Y.isDeleted(transaction.deleteSet, item.id)
    const isSeen = wasLive
      ? hasSeenOneOf(standing.entries)
      : !stamps.has(path) || standing.stamps.length === 0 || hasSeenOneOf(standing.stamps)
    if (!isSeen) return { key, item: item.lastId }
  }
  return undefined
}

/**
 * Two people made an entry under one id, or replaced it apart from each other: the first one stays, and every other one
 * is a candidate (RES-8).
 */
function clashWithOther(judgement: Judgement, change: KeyChange, path: string): void {
  const { request } = judgement
  const current = sideBefore(judgement, path, { value: change.before, item: change.previous })
  const book = new ConflictBook(judgement)
  for (const { id: item, base, value: written } of wishesOf(change)) {
    const value = validPart(judgement, path, plainEntry(written))
    if (sameValue(value, change.before)) continue
    const at = editedAt(judgement, path)
    const incoming = { value, author: request.author.id, editedAt: at, receivedAt: request.receivedAt, item }
    const outcome = { stands: 'current', open: true } as const
    const conflictId = book.enter({ path, rule: 'RES-8', current, incoming, base, outcome })
    reportLoss(judgement, {
      path,
      stands: change.before,
      lost: value,
      editedAt: at,
      rule: 'RES-8',
      conflictId,
    })
  }
  writeBack(judgement, change, path)
}

/** An entry that gave way is deleted, but can still be read until the transaction ends. */
function plainEntry(value: unknown): unknown {
  if (!(value instanceof Y.Map)) return isPlainJson(value) ? value : undefined
  const entries = [...(value as AnyType)._map].flatMap(([key, { content }]) => {
    const part: unknown = content instanceof Y.ContentAny ? content.arr.at(-1) : undefined
    return isPlainJson(part) ? [[key, part] as const] : []
  })
  return Object.fromEntries(entries)
}

/** The fields of an entry that its collection has, with values that they can hold: what it could have been added with. */
function validPart({ request }: Judgement, path: string, entry: unknown): unknown {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return undefined
  const isValid = ([key, value]: [string, unknown]) =>
    checkValue(request.kind, `${path}.${key}`, value) === undefined
  return Object.fromEntries(Object.entries(entry).filter(isValid))
}

/**
 * Something was written to a field of an entry that somebody else has removed or that was put back meanwhile, so that
 * Yjs dropped it on arrival. Where the entry is there again the value is written to it, or loses to a later one; where
 * it is gone, a person decides between the removal and the edited entry (RES-8).
 *
 * @param value undefined when the field was cleared, of an entry that is gone
 */
export function judgeBuried(judgement: Judgement, path: string, value: unknown): void {
  const { request } = judgement
  const { root, id, key } = parsePath(path)
  if (id === undefined || key === undefined || !isValid(request, path, value)) return
  const entryPath = `${root}.${id}`
  const policy = policyFor(request.kind, path, judgement.table)
  if (policy === undefined || policy.strategy === 'append-only') return
  const entry = request.document.getMap(root).get(id)
  if (policy.ruleId === 'RES-6') {
    if (entry instanceof Y.Map) tightenConsent(judgement, path, { line: entry as Y.Map<unknown>, key, value })
    return
  }
  const incoming = {
    value,
    author: request.author.id,
    editedAt: editedAt(judgement, path),
    receivedAt: request.receivedAt,
    item: undefined,
    id: `edited-${request.author.id}`,
  }
  const book = new ConflictBook(judgement)
  if (!(entry instanceof Y.Map)) {
    const removal = request.lastEdit?.(entryPath)
    const held = removal?.before
    const current = {
      ...sideBefore(judgement, entryPath, { value: undefined, item: undefined }),
      id: 'removed',
    }
    const rest = typeof held === 'object' && held !== null ? held : {}
    const open = book.openAt(entryPath)
    const earlier =
      open === undefined ? undefined : book.get(open)?.candidates.findLast(isOf(request.author.id))
    const edited = typeof earlier?.value === 'object' && earlier.value !== null ? earlier.value : rest
    book.enter({
      path: entryPath,
      rule: 'RES-8',
      current,
      incoming: { ...incoming, value: withField(edited, key, value) },
      base: undefined,
      outcome: { stands: 'current', open: true },
    })
    return
  }
  const map = entry as Y.Map<unknown>
  const before = map.get(key)
  if (sameValue(before, value)) return
  const current = sideBefore(judgement, path, { value: before, item: undefined })
  const outcome = resolveConcurrent(policy.strategy, key, {
    current: { ...current, isPerson: true },
    incoming: { ...incoming, isPerson: true },
  })
  book.enter({ path, rule: policy.ruleId, current, incoming, base: undefined, outcome })
  if (outcome.stands === 'current') return
  map.set(key, value)
  recordChange(judgement, path, { before, after: value }, { rule: policy.ruleId })
}

/** What makes a line more restrictive counts wherever it was written, also below the one that was put back (RES-6). */
function tightenConsent(
  judgement: Judgement,
  path: string,
  { line, key, value }: { readonly line: Y.Map<unknown>; readonly key: string; readonly value: unknown },
): void {
  const before = line.get(key)
  if (refusalOfEvidence(judgement, path, { before, after: value }) !== undefined) return
  line.set(key, value)
  recordChange(judgement, path, { before, after: value }, { rule: 'RES-6' })
}

function withField(entry: object, key: string, value: unknown): object {
  const { [key]: _before, ...rest } = entry as Readonly<Record<string, unknown>>
  return value === undefined ? rest : { ...rest, [key]: value }
}

function isOf(userId: string): (candidate: { readonly author?: string | undefined }) => boolean {
  return ({ author }) => author === userId
}
