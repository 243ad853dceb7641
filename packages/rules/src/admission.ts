import type { ChangeRecord, DocumentKind, ErrorCode, PutBackPath } from '@fulqrun/protocol'
import { documentKinds, limits } from '@fulqrun/protocol'
import {
  currentSchemaVersion,
  defineRoots,
  isPlainJson,
  parsePath,
  readMeta,
  type RootSpec,
  rootsOf,
} from '@fulqrun/schema'
import * as Y from 'yjs'
import { tellBuried } from './buried-rules.ts'
import { Decisions } from './decision-rules.ts'
import { judgeEntry } from './entry-rules.ts'
import {
  type AdmissionRequest,
  type AnyType,
  clip,
  isEntryId,
  isListedPath,
  type Judgement,
  editedAt,
  putBack,
  recordChange,
  reportPutBack,
  writeValue,
} from './judgement.ts'
import { flagNearDuplicates } from './near-duplicates.ts'
import { defaultPolicyTable, policyFor } from './policy.ts'
import { ProposalBook } from './proposal-book.ts'
import { judgeProposal, supersedeFulfilled } from './proposal-rules.ts'
import { judgeScalar, mayWrite } from './scalar-rules.ts'
import { type Settled, writeSettled } from './settled-values.ts'
import { judgeStaleClearing } from './stale-clearing.ts'
import { noteStanding } from './standing.ts'
import { TakenAway } from './taken-away.ts'
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

const rootsByKind: ReadonlyMap<DocumentKind, ReadonlyMap<string, RootSpec>> = new Map(
  documentKinds.map((kind) => [kind, new Map(rootsOf(kind).map((root) => [root.name, root]))]),
)

/** Applies a change to the server's copy of a document and puts back what the rules do not allow. */
export function admit(request: AdmissionRequest): Admission {
  const { document, kind } = request
  const roots = rootsByKind.get(kind) ?? new Map<string, RootSpec>()
  const changes: ChangeRecord[] = []
  const putBacks: PutBackPath[] = []
  const faults: unknown[] = []
  let failure: unknown
  let update: Uint8Array | undefined
  const capture = (bytes: Uint8Array) => {
    update = bytes
  }
  document.on('update', capture)
  // Before the change, which may hold forged ones.
  ProposalBook.read(document)
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
        const stamps = new Map(
          facts.keys.filter(({ type }) => type === edited).map((change) => [change.key, change]),
        )
        judge(
          {
            request,
            table: request.table ?? defaultPolicyTable,
            transaction,
            rootNames,
            roots,
            edited,
            stamps,
            standing: new Map(),
            changes,
            putBack: putBacks,
            faults,
            takenAway: new TakenAway(document, request.update),
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
  return { update, changes, putBack: putBacks, failure, faults }
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
  const { request, rootNames, roots } = judgement
  for (const [type, items] of facts.listItems)
    isolated(judgement, () => judgeListItems(judgement, type, items))
  const judgeEach = (changes: readonly KeyChange[], settled: Settled) => {
    for (const change of changes) {
      const judged = isolated(judgement, () => judgeKey(judgement, change, settled))
      // What cannot be judged does not stand.
      if (!judged && request.authority === 'client')
        isolated(judgement, () => writeValue(change, change.before))
    }
  }
  const { books, decisions, stages, others } = sorted(judgement, facts.keys)
  // Forged conflicts and proposals are gone before anything is decided about real ones.
  judgeEach(books, new Map())
  const settled = carryOutDecisions(judgement, facts, decisions)
  judgeEach(others, settled)
  // A stage is judged by the answers that come with it.
  judgeEach(stages, settled)
  isolated(judgement, () => writeSettled(judgement, settled))
  isolated(judgement, () => supersedeFulfilled(judgement))
  if (request.authority === 'client') {
    isolated(judgement, () => judgeStaleClearing(judgement, facts.keys, settled))
    isolated(judgement, () => tellBuried(judgement))
    isolated(judgement, () => noteStanding(judgement))
  }
  for (const [root, change] of facts.text) {
    const path = rootNames.get(root)
    if (path === undefined || (change.inserted === '' && change.deleted === '' && !change.structural))
      continue
    judgement.changes.push({
      path,
      action: 'text',
      inserted: change.inserted,
      deleted: change.deleted,
      editedAt: editedAt(judgement, path),
      ...(request.reason === undefined ? {} : { reason: request.reason }),
    })
    if (request.authority === 'client' && change.inserted !== '' && roots.has(path))
      isolated(judgement, () => flagNearDuplicates(judgement, root, path))
  }
}

interface SortedKeys {
  readonly books: readonly KeyChange[]
  readonly decisions: readonly KeyChange[]
  readonly stages: readonly KeyChange[]
  /** Decisions among them. */
  readonly others: readonly KeyChange[]
}

/** Keys by the order in which they are judged. */
function sorted({ request, rootNames, rootOf }: Judgement, keys: readonly KeyChange[]): SortedKeys {
  const found = { books: [], decisions: [], stages: [], others: [] } as {
    [Sort in keyof SortedKeys]: KeyChange[]
  }
  for (const change of keys) {
    const { type, key } = change
    const name = rootNames.get(rootOf(type))
    const isStage = key === 'stage' && name === 'fields' && request.kind === 'opportunity'
    if (name === 'conflicts' || name === 'proposals') found.books.push(change)
    else if (isStage) found.stages.push(change)
    else found.others.push(change)
    if (name === 'decisions' && type._item === null) found.decisions.push(change)
  }
  return found
}

/** Decisions come first: what a device wrote along with one is not an edit of its own. */
function carryOutDecisions(
  judgement: Judgement,
  facts: TransactionFacts,
  decisions: readonly KeyChange[],
): Settled {
  if (decisions.length === 0) return new Map()
  const written = new Map(facts.keys.map((change) => [pathOf(judgement, change), change]))
  const changeAt = (path: string) => written.get(path)
  let settled: Settled = new Map()
  isolated(judgement, () => {
    settled = new Decisions(judgement, changeAt).carryOut(decisions)
  })
  return settled
}

/** Path of a scalar or an entry. */
function pathOf({ rootNames, rootOf }: Judgement, { type, key }: KeyChange): string {
  const name = rootNames.get(rootOf(type)) ?? ''
  return depthOf(type) === 0 ? `${name}.${key}` : `${name}.${entryIdOf(type)}.${key}`
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

function judgeKey(judgement: Judgement, change: KeyChange, settled: Settled): void {
  const { request, rootNames, roots } = judgement
  const root = judgement.rootOf(change.type)
  const name = rootNames.get(root) ?? ''
  const spec = roots.get(name)
  const depth = depthOf(change.type)
  if (spec === undefined || spec.type === 'text') {
    putBack(judgement, change, { path: clip(`${name}.${change.key}`), rule: 'ADM-4' })
    return
  }
  // Attributes of elements inside rich text; the fragment itself has none.
  if (spec.type === 'xml') {
    const path = clip(`${name}.${change.key}`)
    if (depth === 0) putBack(judgement, change, { path, rule: 'ADM-4' })
    else if (change.after !== undefined && !isPlainJson(change.after))
      putBack(judgement, change, { path, rule: 'ADM-6' })
    return
  }
  const path = pathOf(judgement, change)
  if (settled.has(path)) return
  if (spec.holds === 'entries' && depth === 1) {
    judgeScalar(judgement, change, path)
  } else if (depth > 0) {
    // Nothing is nested deeper than an entry; the value that holds it is judged where it hangs.
    putBack(judgement, change, { path: clip(`${name}.${change.key}`), rule: 'ADM-4' })
  } else if (name === 'edited') {
    judgeEdited(judgement, change)
  } else if (name === 'proposals' && request.authority === 'client') {
    judgeProposal(judgement, change)
  } else if (spec.holds === 'entries') {
    judgeEntry(judgement, change, path)
  } else if (spec.holds === 'json') {
    judgeJson(judgement, change, path)
  } else {
    judgeScalar(judgement, change, path)
  }
}

function entryIdOf(type: AnyType): string {
  return type._item?.parentSub ?? ''
}

/** Plain JSON values by id: conflicts and proposals by the server; decisions are carried out already. */
function judgeJson(judgement: Judgement, change: KeyChange, path: string): void {
  const { request, table } = judgement
  if (change.type === request.document.getMap('decisions')) return
  const policy = policyFor(request.kind, path, table)
  if (request.authority === 'client' && (policy === undefined || policy.writer === 'server')) {
    putBack(judgement, change, { path: clip(path), rule: policy?.ruleId ?? 'ADM-4' })
    return
  }
  ProposalBook.reread(request.document)
  const malformed = change.after !== undefined && (!isPlainJson(change.after) || !isEntryId(change.key))
  if (malformed) putBack(judgement, change, { path: clip(path), rule: 'ADM-6' })
  else recordChange(judgement, path, { before: change.before, after: change.after })
}

/** Edit times: numbers by a path that the schema lists, at most a little in the future (ADM-7). */
function judgeEdited(judgement: Judgement, change: KeyChange): void {
  const { request } = judgement
  if (request.authority === 'server') return
  if (change.after === undefined || !mayStamp(judgement, change)) {
    writeValue(change, change.before)
    return
  }
  const listed = isListedPath(judgement, change.key)
  if (typeof change.after === 'number' && Number.isFinite(change.after) && listed) {
    const latest = request.receivedAt + limits.clockToleranceMs
    if (change.after > latest) writeValue(change, request.receivedAt)
    return
  }
  writeValue(change, change.before)
}

/** Of what only the server writes it also says when; of a proposal, whoever makes it, once; a decision says it itself. */
function mayStamp({ request, table }: Judgement, { key, before }: KeyChange): boolean {
  const { root, id } = parsePath(key)
  if (root === 'decisions') return false
  if (root === 'proposals') return before === undefined && request.document.getMap(root).has(id ?? '')
  const writer = policyFor(request.kind, key, table)?.writer
  return writer !== undefined && mayWrite(writer, request)
}
