import type { ChangeAction, ChangeRecord, DocumentKind, PutBackPath, Role } from '@fulqrun/protocol'
import { fieldSpec, isPlainJson, parsePath, type RootSpec } from '@fulqrun/schema'
import * as Y from 'yjs'
import type { DecodedUpdate } from './decoded-update.ts'
import type { LastEdit } from './last-edit.ts'
import type { PolicyTable } from './policy.ts'
import type { Edit } from './standing.ts'
import type { TakenAway } from './taken-away.ts'
import type { KeyChange, KeyWrite } from './transaction-reader.ts'

/**
 * What one admission knows and finds out while its transaction is open, and the few things that every rule does with
 * it: report a change, put a value back, tell the author.
 */

export type AnyType = Y.AbstractType<unknown>

export interface Author {
  readonly id: string
  readonly name: string
  readonly role: Role
}

export interface AdmissionRequest {
  readonly document: Y.Doc
  readonly kind: DocumentKind
  readonly author: Author
  /** `server` for changes that the server itself makes after checking who asked: they may write every listed path. */
  readonly authority: 'client' | 'server'
  /** Server clock, ms. */
  readonly receivedAt: number
  /** Makes the change; called inside the transaction. May throw half-way: what it did until then is still judged. */
  readonly change: (document: Y.Doc) => void
  /** The update that the change applies, if it applies one: what Yjs drops on arrival is read from it (ADM-14). */
  readonly update?: DecodedUpdate | undefined
  /** Origin of the Yjs transaction. */
  readonly origin?: unknown
  /** True when the document does not exist yet and this change creates it; `checkCreation` has been passed. */
  readonly creates?: boolean | undefined
  readonly reason?: string | undefined
  /** Action to report instead of `set`, for changes made for a purpose: `restore`, `decide`. */
  readonly action?: ChangeAction | undefined
  /** The organization's policies; the standard ones unless given. */
  readonly table?: PolicyTable | undefined
  /** Who wrote the value that stands at a path, for telling which of two concurrent edits is the later one. */
  readonly lastEdit?: ((path: string) => LastEdit | undefined) | undefined
  /** Who writes under a Yjs client id, where the server knows. */
  readonly authorOfClient?: ((clientId: number) => string | undefined) | undefined
}

/** Everything that one admission needs while its transaction is open. */
export interface Judgement {
  readonly request: AdmissionRequest
  readonly table: PolicyTable
  readonly transaction: Y.Transaction
  readonly rootNames: ReadonlyMap<AnyType, string>
  readonly roots: ReadonlyMap<string, RootSpec>
  readonly edited: Y.Map<unknown>
  /** Edit times that this change carries, by path. */
  readonly stamps: ReadonlyMap<string, KeyChange>
  /** Which edit stands at the paths that were judged; the server's own entries repeat it. */
  readonly standing: Map<string, { readonly change: Pick<KeyChange, 'type' | 'key'>; readonly edit: Edit }>
  readonly changes: ChangeRecord[]
  readonly putBack: PutBackPath[]
  readonly faults: unknown[]
  /** What the change takes away, by its bytes. */
  readonly takenAway: TakenAway
  readonly rootOf: (type: AnyType) => AnyType
}

/** Device time of the edit of a path, if this change carries one; never later than the receipt (ADM-7). */
export function editedAt({ request, edited, stamps }: Judgement, path: string): number {
  const time = stamps.has(path) ? (stamps.get(path)?.writes[0]?.value ?? edited.get(path)) : undefined
  return boundedTime(request, time)
}

/** A device's word for when an edit was made, never later than the receipt; the receipt where there is none. */
export function boundedTime({ receivedAt }: AdmissionRequest, time: unknown): number {
  return typeof time === 'number' && Number.isFinite(time) ? Math.min(time, receivedAt) : receivedAt
}

/** Whether this change says when a path was edited. */
export function isStamped({ stamps }: Judgement, path: string): boolean {
  return stamps.has(path)
}

export function isListedPath({ request, roots }: Judgement, path: string): boolean {
  if (roots.has(path)) return true
  if (fieldSpec(request.kind, path) !== undefined) return true
  const { root, id } = parsePath(path)
  const holds = roots.get(root)?.holds
  return (holds === 'entries' || holds === 'json') && id !== undefined && isEntryId(id)
}

export function isEntryId(key: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(key)
}

/** Names that a hostile client chose are kept short before they go into the history. */
export function clip(path: string): string {
  return path.length <= 120 ? path : `${path.slice(0, 117)}...`
}

/** What a key holds now, as plain JSON. */
export function plainAfter({ after }: KeyChange): unknown {
  return after instanceof Y.AbstractType ? (after.toJSON() as unknown) : after
}

/** Reports that a path has another value now; nothing when it has not. */
export function recordChange(
  judgement: Judgement,
  path: string,
  change: { readonly before: unknown; readonly after: unknown },
  extra: Partial<ChangeRecord> = {},
): void {
  const { request, changes } = judgement
  const { before, after } = change
  if (sameValue(before, after)) return
  changes.push({
    path,
    action: request.action ?? (after === undefined ? 'delete' : 'set'),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    editedAt: editedAt(judgement, path),
    ...(request.reason === undefined ? {} : { reason: request.reason }),
    ...extra,
  })
}

/** Writes a value where a change was made; `undefined` clears it. Not below something that is gone. */
export function writeValue({ type, key }: KeyChange, value: unknown): void {
  if (type._item?.deleted === true) return
  // A root that the schema does not know is an untyped AbstractType: the methods of a map are borrowed for it.
  const map = type as Y.Map<unknown>
  if (value !== undefined) Y.Map.prototype.set.call(map, key, value)
  else if (type._map.get(key)?.deleted === false) Y.Map.prototype.delete.call(map, key)
}

export function sameValue(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object') return false
  return isPlainJson(one) && isPlainJson(other) && canonical(one) === canonical(other)
}

/** JSON with sorted keys: entries are maps, and the order in which they were filled says nothing. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

/**
 * Puts the value from before back, and tells and reports what was attempted: everything that was written, the last of
 * it to the author too.
 */
export function putBack(judgement: Judgement, change: KeyChange, notice: PutBackPath): void {
  // Nothing moved and nothing else was attempted: there is nothing to put back or to tell.
  if (sameValue(change.before, change.after) && change.overruled.length === 0) return
  if (!sameValue(change.before, change.after)) writeValue(change, change.before)
  const attempted = attemptedValues(change)
  for (const value of attempted.slice(0, -1))
    if (isPlainJson(value)) recordPutBack(judgement, notice, { attempted: value, official: change.before })
  reportPutBack(judgement, notice, { attempted: attempted.at(-1), official: change.before })
}

/**
 * The values that a change wanted, the last wish last, whether they came to stand, lost to another one or were written
 * over: a device that was started again in between brings several that none of them replaces.
 */
function attemptedValues(change: KeyChange): readonly unknown[] {
  const wishes = wishesOf(change).map(({ value }) => value)
  const last = wishes.length > 0 ? wishes : [change.after]
  const isAttempt = (value: unknown) => value !== undefined && !sameValue(value, change.before)
  return [
    ...new Set([...change.overruled.toReversed().filter((value) => !last.includes(value)), ...last]),
  ].filter(isAttempt)
}

/** The writes of a change whose authors had not replaced them again, the last wish last. */
export function wishesOf({ writes, before }: Pick<KeyChange, 'writes' | 'before'>): readonly KeyWrite[] {
  return writes
    .filter(({ value, isGone }) => !isGone && value !== undefined && !sameValue(value, before))
    .toReversed()
}

export function reportPutBack(judgement: Judgement, notice: PutBackPath, values: PutBackValues = {}): void {
  if (judgement.request.authority === 'server') return
  judgement.putBack.push(notice)
  recordPutBack(judgement, notice, values)
}

interface PutBackValues {
  readonly attempted?: unknown
  readonly official?: unknown
}

/** To the history only. */
export function recordPutBack(
  judgement: Judgement,
  { path, rule }: PutBackPath,
  { attempted, official }: PutBackValues,
): void {
  if (judgement.request.authority === 'server') return
  judgement.changes.push({
    path,
    action: 'put-back',
    ...(official === undefined ? {} : { before: official }),
    ...(isPlainJson(attempted) ? { after: attempted } : {}),
    editedAt: editedAt(judgement, path),
    rule,
  })
}

/** Reports a value that lost to one written apart from it: to the history, and to its author with the conflict. */
export function reportLoss(
  judgement: Judgement,
  loss: {
    readonly path: string
    readonly stands: unknown
    /** None when what lost is a clearing or a removal. */
    readonly lost: unknown
    readonly editedAt: number
    readonly rule: string
    readonly conflictId: string | undefined
  },
): void {
  const { path, stands, lost, editedAt: at, rule, conflictId } = loss
  judgement.changes.push({
    path,
    action: 'conflict',
    ...(isPlainJson(stands) ? { before: stands } : {}),
    ...(isPlainJson(lost) ? { after: lost } : {}),
    editedAt: at,
    rule,
  })
  judgement.putBack.push({ path, rule, ...(conflictId === undefined ? {} : { conflictId }) })
}
