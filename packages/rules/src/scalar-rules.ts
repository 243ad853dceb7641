import { checkValue, fieldSpec, isPlainJson, parsePath, readOpportunity, type StageId } from '@fulqrun/schema'
import * as Y from 'yjs'
import { ConflictBook, type Side } from './conflict-book.ts'
import {
  type AdmissionRequest,
  boundedTime,
  clip,
  editedAt,
  type Judgement,
  isStamped,
  plainAfter,
  putBack,
  recordChange,
  reportPutBack,
  sameValue,
  writeValue,
  reportLoss,
} from './judgement.ts'
import { type Policy, policyFor, type Writer } from './policy.ts'
import { proposeAllInstead, proposeInstead } from './proposal-rules.ts'
import { unmetCriteria } from './stage-gates.ts'
import {
  buildsOnStanding,
  hasSeen,
  hasSeenStanding,
  isClearing,
  type Standing,
  standingBefore,
  stampOf,
} from './standing.ts'
import { type Outcome, resolveConcurrent, restriction } from './strategies.ts'
import { type KeyChange, type KeyWrite, isNewIn, sameId } from './transaction-reader.ts'

/** The rules of a scalar: of a field, of a server-owned root, or of an entry in a collection. */

/** Judges one scalar: who may write it, what it may hold, and what stands when it was written apart. */
export function judgeScalar(judgement: Judgement, change: KeyChange, path: string): void {
  const { request, table } = judgement
  const policy = policyFor(request.kind, path, table)
  if (policy === undefined || (isPinnedRoot(path) && fieldSpec(request.kind, path) === undefined)) {
    putBack(judgement, change, { path: clip(path), rule: 'ADM-4' })
    return
  }
  if (request.authority === 'server') {
    if (isValid(request, path, change.after)) recordChange(judgement, path, standing(change))
    else putBack(judgement, change, { path, rule: 'ADM-6' })
    return
  }
  if (!mayWrite(policy.writer, request)) {
    const proposalId = policy.proposes ? proposeAllInstead(judgement, change, path, policy.ruleId) : undefined
    putBack(judgement, change, {
      path,
      rule: policy.ruleId,
      ...(proposalId === undefined ? {} : { proposalId }),
    })
    return
  }
  new ScalarWrites(judgement, change, { path, policy }).judge()
  if (path.startsWith('meta.')) settleIdentity(judgement, change)
}

function isPinnedRoot(path: string): boolean {
  return /^(financials|targets|values|meta)\./.test(path)
}

/** Whether a person may write what the table says is written so. */
export function mayWrite(writer: Writer, request: AdmissionRequest): boolean {
  return writer === 'people' || (writer === 'creation' && request.creates === true)
}

/** Whether a field can hold a value, or go without one. */
export function isValid({ kind }: AdmissionRequest, path: string, value: unknown): boolean {
  if (value === undefined) return fieldSpec(kind, path)?.required !== true
  return isPlainJson(value) && checkValue(kind, path, value) === undefined
}

function standing(change: KeyChange): { before: unknown; after: unknown } {
  return { before: change.before, after: plainAfter(change) }
}

/** The server, not the device, says who created a record (ADM-9). */
function settleIdentity({ request }: Judgement, change: KeyChange): void {
  if (change.key === 'createdBy' && change.after !== request.author.id) writeValue(change, request.author.id)
  if (change.key === 'createdAt' && (change.after as number) > request.receivedAt)
    writeValue(change, request.receivedAt)
}

/** The values written to one field in one change, against the value that stood. */
class ScalarWrites {
  readonly #judgement: Judgement
  readonly #change: KeyChange
  readonly #path: string
  readonly #policy: Policy
  readonly #book: ConflictBook
  /** What stands after the writes judged so far. */
  #standing: Side
  /** Who had written what stood. */
  readonly #before: Standing
  /** The write whose value stands; undefined while it is the value from before. */
  #winner: KeyWrite | undefined
  /** Writes of the value that stood before, by people who had not seen it. */
  readonly #agreed: KeyWrite[] = []

  constructor(
    judgement: Judgement,
    change: KeyChange,
    { path, policy }: { readonly path: string; readonly policy: Policy },
  ) {
    this.#judgement = judgement
    this.#change = change
    this.#path = path
    this.#policy = policy
    this.#book = new ConflictBook(judgement)
    this.#before = standingBefore(judgement, path, change.previous)
    this.#standing = sideBefore(judgement, path, { value: change.before, item: this.#before.entries.at(-1) })
  }

  judge(): void {
    const wanted = this.#wantedWrites()
    // What one change brings is one person's: an edit that had seen what stands comes after one that had not, which a
    // restart of the device or another tab has left beside it.
    const writes =
      wanted.length < 2
        ? wanted
        : preferred(
            wanted.filter((write) => buildsOnStanding(this.#judgement, this.#change, this.#sighted(write))),
            wanted.filter((write) => this.#isSequential(write)),
            wanted,
          )
    this.#recordOverwritten(writes)
    for (const write of writes) this.#judgeWrite(write)
    const value = this.#standing.value
    if (!sameValue(plainAfter(this.#change), value)) writeValue(this.#change, value)
    if (value === undefined && this.#change.before !== undefined) this.#stampClearing()
    const { entries, stamps } = this.#before
    const winner = this.#winner
    const at = this.#standing.editedAt
    const agreed = this.#agreed.map(({ id }) => id)
    const agreedStamps = this.#agreed.flatMap((write) => idsOf(this.#stampOf(write)))
    this.#judgement.standing.set(this.#path, {
      change: this.#change,
      edit:
        winner === undefined
          ? { entries: [...entries, ...agreed], stamps: [...stamps, ...agreedStamps], at }
          : { entries: [winner.id], stamps: idsOf(this.#stampOf(winner)), at },
    })
  }

  /** The time stamp that came with a write. That of a clearing may be another device's than the value it took away. */
  #stampOf(write: KeyWrite): KeyWrite | undefined {
    const clearing = write.value === undefined ? this.#clearing() : undefined
    return clearing ?? stampOf(this.#judgement, this.#path, write.id.client)
  }

  /** The time stamp in this change that came without a value. */
  #clearing(): KeyWrite | undefined {
    const { type, key } = this.#change
    const place = { type, key, path: this.#path }
    return this.#judgement.stamps
      .get(this.#path)
      ?.writes.find((stamp) => isClearing(this.#judgement, stamp, place))
  }

  #wantedWrites(): readonly KeyWrite[] {
    const wanted = this.#change.writes.flatMap((write) => this.#wanted(write) ?? [])
    const clearing = this.#clearing()
    if (clearing === undefined || wanted.some(({ value }) => value === undefined)) return wanted
    if (wanted.some(({ id }) => id.client === clearing.id.client)) return wanted
    const knew = clearing.knew || hasSeen(this.#judgement, clearing, this.#before.stamps)
    return [...wanted, { id: clearing.id, value: undefined, isGone: false, knew, base: undefined }]
  }

  /**
   * What the author of a write wants in the end: nothing, when their last time stamp came without a value. Undefined
   * when there is no telling: the value made way on its author's device already and did not come along.
   */
  #wanted(write: KeyWrite): KeyWrite | undefined {
    const clearing = this.#clearing()
    if (clearing !== undefined) {
      const isOfOneRun = clearing.id.client === write.id.client
      const isCleared = isOfOneRun
        ? clearing.id.clock > write.id.clock
        : this.#judgement.takenAway.includes(write.id)
      if (isCleared) return { ...write, value: undefined, isGone: false }
    }
    return write.isGone ? undefined : write
  }

  #judgeWrite(write: KeyWrite): void {
    const { request } = this.#judgement
    const path = this.#path
    if (!isValid(request, path, write.value)) {
      reportPutBack(
        this.#judgement,
        { path, rule: 'ADM-6' },
        { attempted: write.value, official: this.#standing.value },
      )
      return
    }
    const incoming = this.#sideOf(write)
    if (this.#isSequential(write)) this.#follow(write, incoming)
    else if (sameValue(incoming.value, this.#standing.value)) this.#agree(write, incoming)
    else this.#clash(write, incoming)
  }

  /** Two people wrote the same apart from each other. Nothing clashes; the edit that the rule prefers lends its time. */
  #agree(write: KeyWrite, incoming: Side): void {
    this.#agreed.push(write)
    if (this.#resolve(incoming).stands === 'current') return
    const { value } = incoming
    this.#standing = incoming
    this.#judgement.changes.push({
      path: this.#path,
      action: value === undefined ? 'delete' : 'set',
      ...(value === undefined ? {} : { before: value, after: value }),
      editedAt: incoming.editedAt,
    })
  }

  #resolve(incoming: Side): Outcome {
    const added = this.#policy.strategy === 'completed-wins' ? this.#timeOfEntry() : 0
    // The earlier completion counts: whoever says to have edited what was not there yet says no time.
    const plausible = (side: Side) => ({
      ...side,
      editedAt: side.editedAt < added ? side.receivedAt : side.editedAt,
    })
    return resolveConcurrent(this.#policy.strategy, parsePath(this.#path).key ?? '', {
      current: { ...plausible(this.#standing), isPerson: this.#isPerson() },
      incoming: { ...plausible(incoming), isPerson: true },
    })
  }

  /** When the entry of this field was added, by the device that did (ms). */
  #timeOfEntry(): number {
    const { request, edited } = this.#judgement
    const { root, id } = parsePath(this.#path)
    const added = request.lastEdit?.(`${root}.${id}`)?.editedAt ?? edited.get(`${root}.${id}`)
    return typeof added === 'number' ? Math.min(added, request.receivedAt) : 0
  }

  /** Its author had seen what stands (RES-1); also that it had been cleared, which only the stamps tell. */
  #isSequential(write: KeyWrite): boolean {
    if (this.#winner !== undefined) return false
    return hasSeenStanding(this.#judgement, this.#change, this.#sighted(write))
  }

  #sighted(write: KeyWrite): { write: KeyWrite; stamp: KeyWrite | undefined; standing: Standing } {
    return { write, stamp: this.#stampOf(write), standing: this.#before }
  }

  #follow(write: KeyWrite, incoming: Side): void {
    const judgement = this.#judgement
    const path = this.#path
    const before = this.#standing.value
    if (sameValue(before, incoming.value)) {
      // Written once more by somebody who had seen it: theirs is the edit that stands.
      this.#standing = incoming
      this.#winner = write
      return
    }
    const refusal = this.#refusal(before, incoming.value)
    if (refusal !== undefined) {
      this.#reject(refusal, write)
      return
    }
    this.#standing = incoming
    this.#winner = write
    recordChange(judgement, path, { before, after: incoming.value }, { editedAt: incoming.editedAt })
    this.#book.edited(path, incoming)
  }

  #clash(write: KeyWrite, incoming: Side): void {
    const judgement = this.#judgement
    const path = this.#path
    const policy = this.#policy
    const current = this.#standing
    const refusal = this.#refusal(current.value, incoming.value)
    if (refusal !== undefined) {
      this.#reject(refusal, write)
      return
    }
    const rule = policy.strategy === 'client-wins' ? 'RES-2' : policy.ruleId
    const outcome = this.#resolve(incoming)
    const conflictId = this.#book.enter({
      path,
      rule,
      current,
      incoming,
      base: write.base,
      common: this.#commonValue(write),
      outcome,
    })
    if (outcome.stands === 'incoming') {
      this.#standing = incoming
      this.#winner = write
      const { editedAt: at } = incoming
      recordChange(judgement, path, { before: current.value, after: incoming.value }, { rule, editedAt: at })
      return
    }
    const { value: lost, editedAt: at } = incoming
    reportLoss(judgement, { path, stands: current.value, lost, editedAt: at, rule, conflictId })
    // The time of the edit that did not come to stand is not the time of the one that does.
    if (judgement.stamps.has(path) && judgement.request.lastEdit?.(path) !== undefined)
      judgement.edited.set(path, current.editedAt)
  }

  /** Rules that hold for sequential edits too: what they do not let through does not stand. */
  #refusal(before: unknown, after: unknown): string | undefined {
    const refusal = refusalOfEvidence(this.#judgement, this.#path, { before, after })
    if (refusal !== undefined) return refusal
    if (this.#path === 'fields.stage' && isGateClosed(this.#judgement, before, after)) return 'GAT-1'
    return undefined
  }

  #reject(rule: string, { id, value: attempted }: KeyWrite): void {
    const judgement = this.#judgement
    const path = this.#path
    const official = this.#standing.value
    const proposalId = this.#policy.proposes
      ? proposeInstead(judgement, { path, value: attempted, id, official }, rule)
      : undefined
    reportPutBack(
      judgement,
      { path, rule, ...(proposalId === undefined ? {} : { proposalId }) },
      { attempted, official },
    )
  }

  /** Whether a person wrote what stands. */
  #isPerson(): boolean {
    return this.#winner !== undefined || this.#judgement.request.lastEdit?.(this.#path)?.isPerson !== false
  }

  /** The value that both started from: the one before the last edit, if that is the one the write builds on. */
  #commonValue({ base }: KeyWrite): unknown {
    const { type, key, previous } = this.#change
    if (this.#winner !== undefined || base === undefined || previous === undefined) return undefined
    // Entries from before this change, the newest first: what stood, and what stood before that.
    const older: Y.ID[] = []
    for (let item = type._map.get(key) ?? null; item !== null && older.length < 2; item = item.left)
      if (!this.#isNew(item)) older.push(item.lastId)
    if (!sameId(older[0], previous) || !sameId(older[1], base)) return undefined
    return this.#judgement.request.lastEdit?.(this.#path)?.before
  }

  #isNew({ id }: Y.Item): boolean {
    return isNewIn(this.#judgement.transaction, id)
  }

  #sideOf(write: KeyWrite): Side {
    const { request } = this.#judgement
    const time = this.#stampOf(write)?.value
    return {
      value: write.value,
      author: request.author.id,
      editedAt: time === undefined ? editedAt(this.#judgement, this.#path) : boundedTime(request, time),
      receivedAt: request.receivedAt,
      item: write.id,
    }
  }

  /** What was typed and typed over again by the same person in one change is in the history too (ADM-12). */
  #recordOverwritten(judged: readonly KeyWrite[]): void {
    const { overruled, writes, before, after } = this.#change
    const [only] = judged
    // As nearly always: one value was written, and judged.
    if (overruled.length === 0 && writes.length === 1 && writes[0] === only && only?.value === after) return
    const told: unknown[] = [before, ...judged.map(({ value }) => value)]
    const written = [...overruled.toReversed(), ...writes.map(({ value }) => value)]
    for (const value of [...written, after]) {
      if (value === undefined || told.includes(value) || !isPlainJson(value)) continue
      told.push(value)
      if (!isValid(this.#judgement.request, this.#path, value)) continue
      recordChange(this.#judgement, this.#path, { before, after: value }, { action: 'set', rule: 'ADM-12' })
    }
  }

  /** A clearing leaves nothing at the key that somebody could have seen, so it always has its time written down. */
  #stampClearing(): void {
    const { edited, request } = this.#judgement
    if (!isStamped(this.#judgement, this.#path)) edited.set(this.#path, request.receivedAt)
  }
}

/** The first list that is not empty. */
function preferred<T>(...lists: readonly (readonly T[])[]): readonly T[] {
  return lists.find((list) => list.length > 0) ?? []
}

function idsOf(write: KeyWrite | undefined): readonly Y.ID[] {
  return write === undefined ? [] : [write.id]
}

/** Whether the gate of a move between two stages is not met (GAT-1). */
export function isGateClosed(
  { request: { kind, document } }: Pick<Judgement, 'request'>,
  before: unknown,
  after: unknown,
): boolean {
  if (kind !== 'opportunity') return false
  const [from, to] = [before ?? 'prospecting', after ?? 'prospecting'] as [StageId, StageId]
  return unmetCriteria(readOpportunity(document).view, from, to).length > 0
}

/** The rule that keeps a value of a record of evidence from changing: a line of consent, a sample, a signature. */
export function refusalOfEvidence(
  { request, table }: Pick<Judgement, 'request' | 'table'>,
  path: string,
  { before, after }: { readonly before: unknown; readonly after: unknown },
): string | undefined {
  const { root, id, key } = parsePath(path)
  if (root === 'consents') {
    // An opt-out that ended would be one that is lost.
    const endsOptOut = key === 'expiresOn' && !isOptIn(request.document.getMap(root).get(id ?? ''))
    return !endsOptOut && mayChangeConsent(key ?? '', before, after) ? undefined : 'RES-6'
  }
  const policy = policyFor(request.kind, path, table)
  return policy?.strategy === 'append-only' ? policy.ruleId : undefined
}

function isOptIn(line: unknown): boolean {
  const optType = line instanceof Y.Map ? (line as Y.Map<unknown>).get('optType') : undefined
  return optType === 'opt_in' || optType === 'double_opt_in'
}

/** A line of consent only ever becomes more restrictive: opted out, or an opt-in that ends earlier (RES-6). */
function mayChangeConsent(key: string, before: unknown, after: unknown): boolean {
  if (key !== 'optType' && key !== 'expiresOn') return false
  if (after === undefined) return false
  // A line without an answer reads as an opt-out.
  const stood = key === 'optType' ? (before ?? 'opt_out') : before
  return restriction(key, after) > restriction(key, stood)
}

/** What stood before a change, with who wrote it and when. */
export function sideBefore(
  { request, stamps, edited }: Judgement,
  path: string,
  { value, item }: Pick<Side, 'value' | 'item'>,
): Side {
  const last = request.lastEdit?.(path)
  const stamp = stamps.has(path) ? stamps.get(path)?.before : edited.get(path)
  return {
    value,
    author: last?.author ?? (item === undefined ? undefined : request.authorOfClient?.(item.client)),
    // Without a record of the last edit the present is not claimed for it: whoever is known to be later is.
    editedAt: last?.editedAt ?? (typeof stamp === 'number' ? Math.min(stamp, request.receivedAt) : 0),
    receivedAt: last?.receivedAt ?? request.receivedAt,
    item,
  }
}
