import type {
  ChangeAction,
  ChangeRecord,
  DocumentKind,
  ErrorCode,
  PutBackPath,
  Role,
} from '@fulqrun/protocol'
import { documentKinds, limits } from '@fulqrun/protocol'
import {
  checkValue,
  currentSchemaVersion,
  defineRoots,
  fieldSpec,
  parsePath,
  readMeta,
  type RootSpec,
  rootsOf,
  type StoredProposal,
} from '@fulqrun/schema'
import * as Y from 'yjs'
import { findBuriedWrites } from './buried-writes.ts'
import { policyFor } from './policy.ts'
import { isPlainValue, type ProposalDraft, readProposalDraft } from './proposal-draft.ts'
import { depthOf, type KeyChange, readTransaction, type TransactionFacts } from './transaction-reader.ts'

/**
 * Admission: the server's decision on one incoming change.
 *
 * Everything happens in one transaction (ADM-1): the change is applied, what it did is read from the transaction, and
 * what the rules do not allow is put back. Peers receive one merged update and never see a server-owned value move;
 * and because the server writes after having seen the client's write, its value wins whatever the client ids are.
 *
 * `admit` does no I/O and is deterministic: (document, change, author, clock) -> admission. Business rules never
 * refuse, they admit and put back (ADM-2): a refused edit would stay in its author's document and block what follows.
 */

type AnyType = Y.AbstractType<unknown>

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
  /** The bytes that the change applies, if it applies some: what Yjs drops on arrival is read from them (ADM-14). */
  readonly update?: Uint8Array | undefined
  /** Origin of the Yjs transaction. */
  readonly origin?: unknown
  /** True when the document does not exist yet and this change creates it; `checkCreation` has been passed. */
  readonly creates?: boolean | undefined
  readonly reason?: string | undefined
  /** Action to report instead of `set`, for changes made for a purpose: `restore`, `decide`. */
  readonly action?: ChangeAction | undefined
}

export interface Admission {
  /** What the document gained, put-backs included: what peers received and what the log stores. Absent when nothing changed. */
  readonly update: Uint8Array | undefined
  readonly changes: readonly ChangeRecord[]
  readonly putBack: readonly PutBackPath[]
  /** What the change threw, if it did: the bytes were not fit to be applied as a whole. */
  readonly failure: unknown
  /** What judging threw: a bug of ours. The rest of the change has been judged, and all of it is in `update`. */
  readonly faults: readonly unknown[]
}

/** Everything that one admission needs while its transaction is open. */
interface Judgement {
  readonly request: AdmissionRequest
  readonly transaction: Y.Transaction
  readonly rootNames: ReadonlyMap<AnyType, string>
  readonly roots: ReadonlyMap<string, RootSpec>
  readonly edited: Y.Map<unknown>
  readonly editedNow: ReadonlySet<string>
  readonly changes: ChangeRecord[]
  readonly putBack: PutBackPath[]
  readonly faults: unknown[]
  readonly rootOf: (type: AnyType) => AnyType
}

const rootsByKind: ReadonlyMap<DocumentKind, ReadonlyMap<string, RootSpec>> = new Map(
  documentKinds.map((kind) => [kind, new Map(rootsOf(kind).map((root) => [root.name, root]))]),
)

/** Applies a change to the server's copy of a document and puts back what the rules do not allow. */
export function admit(request: AdmissionRequest): Admission {
  const { document, kind } = request
  const roots = rootsByKind.get(kind) ?? new Map<string, RootSpec>()
  const changes: ChangeRecord[] = []
  const putBack: PutBackPath[] = []
  const faults: unknown[] = []
  let failure: unknown
  let update: Uint8Array | undefined
  const capture = (bytes: Uint8Array) => {
    update = bytes
  }
  document.on('update', capture)
  try {
    document.transact((transaction) => {
      try {
        request.change(document)
      } catch (error) {
        // What was applied before the error is in the document and will be sent to peers, so it is judged all the same.
        failure = error
      }
      // Applying an update marks the transaction as remote, and Yjs would take what we write below for somebody else
      // using our client id, and give the document a new one with every put-back.
      transaction.local = true
      try {
        const rootNames = namesOfRoots(document)
        const isText = (root: AnyType) => {
          const type = roots.get(rootNames.get(root) ?? '')?.type
          return type === 'text' || type === 'xml'
        }
        const facts = readTransaction(transaction, isText)
        const edited = document.getMap('edited')
        const editedNow = new Set(facts.keys.filter(({ type }) => type === edited).map(({ key }) => key))
        judge(
          {
            request,
            transaction,
            rootNames,
            roots,
            edited,
            editedNow,
            changes,
            putBack,
            faults,
            rootOf: facts.rootOf,
          },
          facts,
        )
      } catch (error) {
        // Thrown on, the change would be in the document and on its way to peers, but neither logged nor acknowledged.
        faults.push(error)
      }
    }, request.origin)
  } finally {
    document.off('update', capture)
  }
  return { update, changes, putBack, failure, faults }
}

/**
 * Whether the first update of a document creates a record that its author may create (ADM-8). Judged on a scratch
 * document, so that nothing of a refused creation reaches the server's copy.
 *
 * @param mayCreateIn whether the author may create records in a territory
 */
export function checkCreation(
  update: Uint8Array,
  kind: DocumentKind,
  mayCreateIn: (territoryId: string) => boolean,
): ErrorCode | undefined {
  const scratch = new Y.Doc()
  try {
    defineRoots(scratch, kind)
    Y.applyUpdate(scratch, update)
    const meta = scratch.getMap('meta')
    const territoryId = meta.get('territoryId')
    if (meta.get('kind') !== kind || typeof territoryId !== 'string') return 'document/not-created'
    if (readMeta(scratch).schemaVersion > currentSchemaVersion) return 'document/too-new'
    return mayCreateIn(territoryId) ? undefined : 'access/denied'
  } catch {
    return 'update/malformed'
  } finally {
    scratch.destroy()
  }
}

interface RootNames {
  readonly size: number
  readonly names: ReadonlyMap<AnyType, string>
}

const rootNamesCache = new WeakMap<Y.Doc, RootNames>()

/** Names by root type; roots are only ever added to a document, so their number tells whether the map is current. */
function namesOfRoots(document: Y.Doc): ReadonlyMap<AnyType, string> {
  const cached = rootNamesCache.get(document)
  if (cached?.size === document.share.size) return cached.names
  const names = new Map([...document.share].map(([name, type]) => [type as AnyType, name]))
  rootNamesCache.set(document, { size: names.size, names })
  return names
}

function judge(judgement: Judgement, facts: TransactionFacts): void {
  isolated(judgement, () => tellBuried(judgement))
  for (const [type, items] of facts.listItems)
    isolated(judgement, () => judgeListItems(judgement, type, items))
  for (const change of facts.keys) {
    const judged = isolated(judgement, () => judgeKey(judgement, change))
    // What cannot be judged does not stand.
    if (!judged && judgement.request.authority === 'client') isolated(judgement, () => putBackValue(change))
  }
  for (const [root, change] of facts.text) {
    const path = judgement.rootNames.get(root)
    if (path === undefined || (change.inserted === '' && change.deleted === '' && !change.structural))
      continue
    judgement.changes.push({
      path,
      action: 'text',
      inserted: change.inserted,
      deleted: change.deleted,
      editedAt: editedAt(judgement, path),
      ...reasonOf(judgement),
    })
  }
}

/** What cannot stand because its place was removed meanwhile is kept in the history, and its author is told (ADM-14). */
function tellBuried(judgement: Judgement): void {
  const { update } = judgement.request
  if (update === undefined) return
  const { values, text } = findBuriedWrites(judgement.transaction, update)
  for (const { path, value } of values) {
    if (isPlainValue(value) && isListedPath(judgement, path))
      reportPutBack(judgement, { path, rule: 'ADM-14' }, { attempted: value })
  }
  if (text.trim() !== '') reportPutBack(judgement, { path: 'notes', rule: 'ADM-14' }, { attempted: text })
}

/** Judges one part of a change; an error of ours in it does not leave the other parts unjudged. */
function isolated({ faults }: Judgement, judgePart: () => void): boolean {
  try {
    judgePart()
    return true
  } catch (error) {
    faults.push(error)
    return false
  }
}

/**
 * List content belongs below text and rich-text roots only, and there only of the kinds that an editor makes (ADM-5):
 * anything else would crash the editor of whoever opens the record.
 */
function judgeListItems(judgement: Judgement, type: AnyType, items: readonly Y.Item[]): void {
  const root = judgement.rootOf(type)
  const name = judgement.rootNames.get(root) ?? ''
  const spec = judgement.roots.get(name)
  const allowed = (item: Y.Item): boolean => {
    if (spec === undefined || (spec.type !== 'text' && spec.type !== 'xml')) return false
    if (spec.type === 'text' || type instanceof Y.XmlText) {
      return (
        item.content instanceof Y.ContentString ||
        item.content instanceof Y.ContentDeleted ||
        (type instanceof Y.XmlText &&
          (item.content instanceof Y.ContentFormat || item.content instanceof Y.ContentEmbed))
      )
    }
    if (item.content instanceof Y.ContentDeleted) return true
    if (!(item.content instanceof Y.ContentType)) return false
    return item.content.type instanceof Y.XmlElement || item.content.type instanceof Y.XmlText
  }
  let removed = false
  for (const item of items) {
    if (item.deleted || allowed(item)) continue
    item.delete(judgement.transaction)
    removed = true
  }
  // Below a scalar nothing is nested: the value that holds it is judged, and told, where it hangs.
  const told = type === root || spec?.holds === 'entries' || spec?.type === 'xml'
  if (removed && told)
    reportPutBack(judgement, { path: clip(name), rule: spec === undefined ? 'ADM-4' : 'ADM-5' })
}

function judgeKey(judgement: Judgement, change: KeyChange): void {
  const { request, rootNames, roots } = judgement
  const root = judgement.rootOf(change.type)
  const name = rootNames.get(root) ?? ''
  const spec = roots.get(name)
  const depth = depthOf(change.type)
  if (spec === undefined || spec.type === 'text') {
    restore(judgement, change, { path: clip(`${name}.${change.key}`), rule: 'ADM-4' })
    return
  }
  // Attributes of elements inside rich text; the fragment itself has none.
  if (spec.type === 'xml') {
    const path = clip(`${name}.${change.key}`)
    if (depth === 0) restore(judgement, change, { path, rule: 'ADM-4' })
    else if (change.after !== undefined && !isPlainValue(change.after))
      restore(judgement, change, { path, rule: 'ADM-6' })
    return
  }
  if (spec.holds === 'entries' && depth === 1) {
    judgeValue(judgement, change, `${name}.${entryIdOf(change.type)}.${change.key}`)
    return
  }
  if (depth > 0) {
    // Nothing is nested deeper than an entry; the value that holds it is judged where it hangs.
    restore(judgement, change, { path: clip(`${name}.${change.key}`), rule: 'ADM-4' })
    return
  }
  const path = `${name}.${change.key}`
  if (name === 'edited') {
    judgeEdited(judgement, change)
  } else if (name === 'proposals' && request.authority === 'client') {
    judgeProposal(judgement, change)
  } else if (spec.holds === 'entries') {
    judgeEntry(judgement, change, path)
  } else if (spec.holds === 'json') {
    judgeJson(judgement, change, path)
  } else {
    judgeValue(judgement, change, path)
  }
}

function entryIdOf(type: AnyType): string {
  return type._item?.parentSub ?? ''
}

/** A scalar: of a record, of a pinned root, or of an entry in a collection. */
function judgeValue(judgement: Judgement, change: KeyChange, path: string): void {
  const { request } = judgement
  const policy = policyFor(request.kind, path)
  if (policy === undefined || (isPinnedRoot(path) && fieldSpec(request.kind, path) === undefined)) {
    restore(judgement, change, { path: clip(path), rule: 'ADM-4' })
    return
  }
  if (request.authority === 'client' && !mayWrite(policy.writer, request)) {
    const proposalId = policy.proposes ? proposeInstead(judgement, change, path) : undefined
    restore(judgement, change, {
      path,
      rule: policy.ruleId,
      ...(proposalId === undefined ? {} : { proposalId }),
    })
    return
  }
  const valid =
    change.after === undefined
      ? fieldSpec(request.kind, path)?.required !== true
      : isPlainValue(change.after) && checkValue(request.kind, path, change.after) === undefined
  if (!valid) {
    restore(judgement, change, { path, rule: 'ADM-6' })
    return
  }
  if (path.startsWith('meta.') && request.authority === 'client') settleIdentity(judgement, change)
  record(judgement, change, path)
}

function isPinnedRoot(path: string): boolean {
  return /^(financials|targets|values|meta)\./.test(path)
}

function mayWrite(writer: 'people' | 'creation' | 'server', request: AdmissionRequest): boolean {
  return writer === 'people' || (writer === 'creation' && request.creates === true)
}

/** The server, not the device, says who created a record (ADM-9). */
function settleIdentity({ request }: Judgement, change: KeyChange): void {
  const meta = change.type as Y.Map<unknown>
  if (change.key === 'createdBy' && change.after !== request.author.id)
    meta.set('createdBy', request.author.id)
  if (change.key === 'createdAt' && (change.after as number) > request.receivedAt)
    meta.set('createdAt', request.receivedAt)
}

/** A whole entry of a collection was added, replaced or removed. */
function judgeEntry(judgement: Judgement, change: KeyChange, path: string): void {
  const { request } = judgement
  if (change.after === undefined) {
    record(judgement, change, path)
    return
  }
  if (!(change.after instanceof Y.Map) || !isEntryId(change.key)) {
    const { before } = change
    const entry =
      typeof before === 'object' && before !== null ? new Y.Map(Object.entries(before)) : undefined
    restore(judgement, { ...change, before: entry }, { path: clip(path), rule: 'ADM-6' })
    return
  }
  const entry = change.after as Y.Map<unknown>
  for (const [key, value] of entry.entries()) {
    const fieldPath = `${path}.${key}`
    const listed = fieldSpec(request.kind, fieldPath) !== undefined
    if (listed && isPlainValue(value) && checkValue(request.kind, fieldPath, value) === undefined) continue
    entry.delete(key)
    reportPutBack(
      judgement,
      { path: clip(fieldPath), rule: listed ? 'ADM-6' : 'ADM-4' },
      { attempted: value },
    )
  }
  record(judgement, { ...change, after: entry.toJSON() }, path)
}

function isEntryId(key: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(key)
}

/** Plain JSON values by id: decisions by people; conflicts and proposals by the server. */
function judgeJson(judgement: Judgement, change: KeyChange, path: string): void {
  const { request } = judgement
  const policy = policyFor(request.kind, path)
  if (request.authority === 'client' && (policy === undefined || policy.writer === 'server')) {
    restore(judgement, change, { path: clip(path), rule: policy?.ruleId ?? 'ADM-4' })
    return
  }
  const malformed = change.after !== undefined && (!isPlainValue(change.after) || !isEntryId(change.key))
  if (malformed) restore(judgement, change, { path: clip(path), rule: 'ADM-6' })
  else record(judgement, change, path)
}

/** A proposal made on a device: a new one is settled by the server, an existing one is not changed (POL-4). */
function judgeProposal(judgement: Judgement, change: KeyChange): void {
  const { request } = judgement
  const path = `proposals.${change.key}`
  const draft = readProposalDraft(change.after)
  const policy = draft === undefined ? undefined : policyFor(request.kind, draft.path)
  const listed = draft !== undefined && fieldSpec(request.kind, draft.path) !== undefined
  if (change.before !== undefined || draft === undefined || !isEntryId(change.key)) {
    restore(judgement, change, { path: clip(path), rule: 'POL-4' })
    return
  }
  if (
    policy?.proposes !== true ||
    !listed ||
    checkValue(request.kind, draft.path, draft.value) !== undefined
  ) {
    restore(judgement, change, { path: clip(path), rule: 'ADM-6' })
    return
  }
  writeProposal(judgement, change.key, draft)
}

/** A value written straight to a pinned field lives on as a proposal (POL-1); returns its id. */
function proposeInstead(judgement: Judgement, change: KeyChange, path: string): string | undefined {
  const { request } = judgement
  const wanted = attemptedValue(change)
  if (wanted === undefined || !isPlainValue(wanted)) return undefined
  if (fieldSpec(request.kind, path) === undefined || checkValue(request.kind, path, wanted) !== undefined)
    return undefined
  // Deterministic and unique: the item that stands at the key when the write arrives.
  const head = change.type._map.get(change.key)
  const id = head === undefined ? `w-${change.key}` : `w-${head.id.client}-${head.id.clock}`
  if (request.document.getMap('proposals').has(id)) return undefined
  const base = change.before === undefined ? {} : { base: change.before }
  writeProposal(judgement, id, { path, value: wanted, ...base }, 'POL-1')
  return id
}

function writeProposal(judgement: Judgement, id: string, draft: ProposalDraft, rule?: string): void {
  const { request } = judgement
  const proposedAt = editedAt(judgement, draft.path)
  const proposal: StoredProposal = {
    ...draft,
    author: request.author.id,
    proposedAt,
    status: 'waiting',
    ...(rule === undefined ? {} : { rule }),
  }
  request.document.getMap('proposals').set(id, proposal)
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

/** Edit times: numbers by a path that the schema lists, at most a little in the future (ADM-7). */
function judgeEdited(judgement: Judgement, change: KeyChange): void {
  const { request } = judgement
  if (request.authority === 'server' || change.after === undefined) return
  const listed = isListedPath(judgement, change.key)
  if (typeof change.after === 'number' && Number.isFinite(change.after) && listed) {
    const latest = request.receivedAt + limits.clockToleranceMs
    if (change.after > latest) (change.type as Y.Map<unknown>).set(change.key, request.receivedAt)
    return
  }
  putBackValue(change)
}

function isListedPath({ request, roots }: Judgement, path: string): boolean {
  if (roots.has(path)) return true
  if (fieldSpec(request.kind, path) !== undefined) return true
  const { root, id } = parsePath(path)
  const holds = roots.get(root)?.holds
  return (holds === 'entries' || holds === 'json') && id !== undefined && isEntryId(id)
}

/** Device time of the edit of a path, if this change carries one; never later than the receipt (ADM-7). */
function editedAt({ request, edited, editedNow }: Judgement, path: string): number {
  const time = editedNow.has(path) ? edited.get(path) : undefined
  return typeof time === 'number' ? Math.min(time, request.receivedAt) : request.receivedAt
}

function reasonOf({ request }: Judgement): { readonly reason?: string } {
  return request.reason === undefined ? {} : { reason: request.reason }
}

function record(judgement: Judgement, change: KeyChange, path: string): void {
  const { request } = judgement
  const after = change.after instanceof Y.AbstractType ? change.after.toJSON() : change.after
  const lost = change.overruled.filter(isPlainValue)
  for (const value of change.before === after ? lost : lost.slice(0, -1)) {
    // Written, but another person's concurrent value stands: kept in the history, never silently dropped.
    judgement.changes.push({
      path,
      action: 'set',
      before: change.before,
      after: value,
      editedAt: editedAt(judgement, path),
      rule: 'POL-6',
    })
  }
  if (change.before === after) return
  judgement.changes.push({
    path,
    action: request.action ?? (after === undefined ? 'delete' : 'set'),
    ...(change.before === undefined ? {} : { before: change.before }),
    ...(after === undefined ? {} : { after }),
    editedAt: editedAt(judgement, path),
    ...reasonOf(judgement),
  })
}

function putBackValue(change: KeyChange): void {
  const map = change.type as Y.Map<unknown>
  if (change.type._item?.deleted === true) return
  if (change.before === undefined) {
    // A root that the schema does not know is an untyped AbstractType: the methods of a map are borrowed for it.
    if (change.type._map.get(change.key)?.deleted === false) Y.Map.prototype.delete.call(map, change.key)
  } else {
    Y.Map.prototype.set.call(map, change.key, change.before)
  }
}

function sameValue(one: unknown, other: unknown): boolean {
  return (
    one === other ||
    (isPlainValue(one) && isPlainValue(other) && JSON.stringify(one) === JSON.stringify(other))
  )
}

function restore(judgement: Judgement, change: KeyChange, notice: PutBackPath): void {
  // Nothing moved and nothing else was attempted: there is nothing to put back or to tell.
  if (sameValue(change.before, change.after) && change.overruled.length === 0) return
  if (!sameValue(change.before, change.after)) putBackValue(change)
  reportPutBack(judgement, notice, { attempted: attemptedValue(change), official: change.before })
}

/** The value that a write wanted, whether it came to stand or lost to a concurrent one. */
function attemptedValue(change: KeyChange): unknown {
  return change.after === undefined || sameValue(change.after, change.before)
    ? change.overruled.at(-1)
    : change.after
}

function reportPutBack(
  judgement: Judgement,
  notice: PutBackPath,
  values: { readonly attempted?: unknown; readonly official?: unknown } = {},
): void {
  if (judgement.request.authority === 'server') return
  judgement.putBack.push(notice)
  judgement.changes.push({
    path: notice.path,
    action: 'put-back',
    ...(values.official === undefined ? {} : { before: values.official }),
    ...(isPlainValue(values.attempted) ? { after: values.attempted } : {}),
    editedAt: editedAt(judgement, notice.path),
    rule: notice.rule,
  })
}

/** Names that a hostile client chose are kept short before they go into the history. */
function clip(path: string): string {
  return path.length <= 120 ? path : `${path.slice(0, 117)}...`
}
