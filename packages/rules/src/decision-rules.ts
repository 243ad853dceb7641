import {
  type Candidate,
  checkValue,
  type ConflictDecision,
  isPlainJson,
  losersOf,
  parseDecision,
  parsePath,
  type StoredConflict,
  type StoredDecision,
  type StoredProposal,
} from '@fulqrun/schema'
import { approvalProblem } from './approval.ts'
import { ConflictBook, definedJson, itemId } from './conflict-book.ts'
import { lastUnseenEdit } from './entry-rules.ts'
import {
  type Judgement,
  putBack,
  recordChange,
  reportPutBack,
  sameValue,
  writeValue,
  reportLoss,
} from './judgement.ts'
import { ProposalBook } from './proposal-book.ts'
import { putOfficial } from './proposal-rules.ts'
import { isGateClosed, refusalOfEvidence, sideBefore } from './scalar-rules.ts'
import { hasSeenStanding, standingBefore, stampOf } from './standing.ts'
import { hasPlaceFor, type Settled, type SettledValue, valueAt } from './settled-values.ts'
import { decideText, isText } from './text-decisions.ts'
import type { KeyChange } from './transaction-reader.ts'

/**
 * Carries out what people decided (CON-3 to CON-6, PRO-3): each decision is read, applied as an edit of the person who
 * made it, and taken out of the document again. The value that a device wrote along with it is part of the decision
 * and not judged as an edit of its own.
 */

type Choice = Extract<StoredDecision, { type: 'choose' | 'edit' }>

export class Decisions {
  readonly #judgement: Judgement
  readonly #book: ConflictBook
  readonly #changeAt: (path: string) => KeyChange | undefined
  readonly #settled = new Map<string, SettledValue>()

  /** @param changeAt what this change wrote to a path */
  constructor(judgement: Judgement, changeAt: (path: string) => KeyChange | undefined) {
    this.#judgement = judgement
    this.#book = new ConflictBook(judgement)
    this.#changeAt = changeAt
  }

  /** Carries out the decisions among the keys of the root `decisions`, in the order in which they were made. */
  carryOut(changes: readonly KeyChange[]): Settled {
    const decisions: { readonly key: string; readonly decision: StoredDecision }[] = []
    for (const change of changes) {
      if (change.after === undefined) continue
      // Asked first: whatever nests deeper than anybody writes would be too deep for the parser as well.
      const decision = isPlainJson(change.after) ? parseDecision(change.after) : undefined
      if (decision === undefined || change.before !== undefined)
        putBack(this.#judgement, change, { path: `decisions.${change.key.slice(0, 64)}`, rule: 'CON-3' })
      else decisions.push({ key: change.key, decision })
      writeValue(change, undefined)
    }
    decisions.sort((a, b) => a.decision.at - b.decision.at || (a.key < b.key ? -1 : 1))
    for (const { decision } of decisions) {
      try {
        this.#carryOut(decision)
      } catch (error) {
        // An error of ours in one does not take the others along.
        this.#judgement.faults.push(error)
      }
    }
    for (const [path, settled] of this.#settled) if (isEditedAgain(path, settled)) this.#settled.delete(path)
    return this.#settled
  }

  #carryOut(decision: StoredDecision): void {
    if (decision.type === 'proposal') {
      this.#decideProposal(decision)
      return
    }
    if (decision.type === 'accept') {
      this.#accept(decision.conflict)
      return
    }
    const conflict = this.#book.get(decision.conflict)
    // Forgotten long ago: what was written along with the decision is an edit like any other.
    if (conflict === undefined) return
    if (isText(conflict.path))
      decideText(this.#judgement, this.#book, { id: decision.conflict, conflict, decision })
    else if (decision.type === 'undo') this.#undo(decision, conflict)
    // Of a field there are no two to keep.
    else if (decision.type !== 'keep-both') this.#choose(decision, conflict)
  }

  // Choosing -----------------------------------------------------------------------------------------------------------

  #choose(decision: Choice, conflict: StoredConflict): void {
    const { path } = conflict
    const candidate =
      decision.type === 'choose' ? conflict.candidates.find(({ id }) => id === decision.candidate) : undefined
    if (decision.type === 'choose' && candidate === undefined) {
      // The candidate has been replaced by a newer value of the same person: the choice was of an old one.
      this.#late(decision.conflict, conflict, this.#taken(decision, undefined, this.#written(path)))
      return
    }
    const value = this.#valueOf(decision, conflict, candidate)
    if (this.#isRefused(path, value)) return
    // Settled by a rule, and edited since by somebody whom the decider had not seen: that is an edit like any other.
    const isStale = conflict.status === 'resolved' && conflict.decision === undefined
    if (isStale && !this.#hasSeenWhatStood(path)) return
    if (isStale && this.#changeAt(path) === undefined && !sameValue(this.#before(path), value)) {
      // There was nothing to write where they chose, and there would be here: what stands is newer than what they saw.
      this.#late(decision.conflict, conflict, this.#taken(decision, candidate, value), conflict.rule)
      return
    }
    const taken = this.#taken(decision, candidate, value)
    if (this.#isLate(conflict, value)) {
      if (!sameValue(this.#before(path), value)) this.#late(decision.conflict, conflict, taken)
      return
    }
    this.#record(path, value, conflict.rule)
    const unseen = conflict.candidates.filter(
      ({ id }) => conflict.status === 'open' && id !== candidate?.id && !decision.seen.includes(id),
    )
    const edited = value === undefined ? this.#editedUnseen(path) : undefined
    if (edited !== undefined) unseen.push(edited)
    if (unseen.length > 0) this.#keepOpen(decision.conflict, conflict, { taken, candidate, unseen })
    else
      this.#book.set(decision.conflict, {
        ...conflict,
        status: 'resolved',
        stands: candidate?.id,
        decision: taken,
      })
    this.#tellOpen(decision.conflict, path, taken)
    this.#settle(path, value, true)
  }

  /** Who keeps an entry that is there keeps it as it is by now, and not as it was when the question came up. */
  #valueOf(decision: Choice, { path, stands }: StoredConflict, candidate: Candidate | undefined): unknown {
    if (decision.type === 'edit') return decision.value
    const before = this.#before(path)
    const isKept = parsePath(path).key === undefined && candidate?.id === stands && before !== undefined
    return isKept && candidate?.value !== undefined ? before : candidate?.value
  }

  /** The last value that the device wrote along with its decisions. */
  #written(path: string): unknown {
    return this.#changeAt(path)?.writes[0]?.value
  }

  /** An entry that is removed by the decision, and that somebody has written to whom the decider had not seen. */
  #editedUnseen(path: string): Candidate | undefined {
    const change = this.#changeAt(path)
    const isEntry = parsePath(path).key === undefined
    const unseen = isEntry && change !== undefined ? lastUnseenEdit(this.#judgement, change, path) : undefined
    if (change === undefined || unseen === undefined) return undefined
    const place = { value: change.before, item: unseen.item }
    const { author, editedAt, receivedAt } = sideBefore(this.#judgement, `${path}.${unseen.key}`, place)
    return {
      id: itemId(unseen.item),
      ...definedJson('value', change.before),
      ...(author === undefined ? {} : { author }),
      editedAt,
      receivedAt,
    }
  }

  /** What a decision about an old conflict puts in place is an edit for the one that has come up since (CON-2). */
  #tellOpen(id: string, path: string, { by, at, value }: ConflictDecision): void {
    const open = this.#book.openAt(path)
    if (open === undefined || open === id) return
    const { receivedAt } = this.#judgement.request
    const item = this.#changeAt(path)?.writes[0]?.id
    this.#book.edited(path, { value, author: by, editedAt: at, receivedAt, item })
  }

  /** What no edit may put in place, no decision may either; such a one changes nothing, and its author is told. */
  #isRefused(path: string, value: unknown): boolean {
    const { request } = this.#judgement
    const before = this.#before(path)
    if (sameValue(before, value)) return false
    // The move is put back, and proposed, where it is judged; the question has no answer by it.
    if (path === 'fields.stage' && isGateClosed(this.#judgement, before, value)) return true
    const isValid = checkValue(request.kind, path, value) === undefined
    const rule = isValid ? refusalOfEvidence(this.#judgement, path, { before, after: value }) : 'ADM-6'
    if (rule === undefined) return false
    this.#settle(path, before)
    reportPutBack(this.#judgement, { path, rule }, { attempted: value, official: before })
    return true
  }

  /** Somebody's value arrived that the decider had not seen: it is for them, or somebody else, to choose again (CON-5). */
  #keepOpen(
    id: string,
    conflict: StoredConflict,
    {
      taken,
      candidate,
      unseen,
    }: {
      readonly taken: ConflictDecision
      readonly candidate: Candidate | undefined
      readonly unseen: readonly Candidate[]
    },
  ): void {
    const { receivedAt } = this.#judgement.request
    const chosen: Candidate = candidate ?? {
      id: `edited-${taken.by}`,
      ...definedJson('value', taken.value),
      author: taken.by,
      editedAt: taken.at,
      receivedAt,
    }
    this.#book.set(id, { ...conflict, candidates: [chosen, ...unseen], stands: chosen.id })
  }

  #taken(decision: Choice, candidate: Candidate | undefined, value: unknown): ConflictDecision {
    const { author, receivedAt } = this.#judgement.request
    const path = this.#book.get(decision.conflict)?.path
    return {
      by: author.id,
      at: Math.min(decision.at, receivedAt),
      ...(candidate === undefined ? {} : { candidate: candidate.id }),
      ...definedJson('value', value),
      ...(path === undefined ? {} : definedJson('before', this.#before(path))),
    }
  }

  /** Somebody else has decided, and whoever decides now had not seen that (CON-4). */
  #isLate({ status, decision, path }: StoredConflict, value: unknown): boolean {
    if (status !== 'resolved' || decision === undefined) return false
    return this.#changeAt(path) === undefined
      ? !sameValue(this.#before(path), value)
      : !this.#hasSeenWhatStood(path)
  }

  #hasSeenWhatStood(path: string): boolean {
    const written = this.#changeAt(path)
    if (written === undefined) return true
    const standing = standingBefore(this.#judgement, path, written.previous)
    return written.writes.every((write) => {
      const stamp = stampOf(this.#judgement, path, write.id.client)
      return hasSeenStanding(this.#judgement, written, { write, stamp, standing })
    })
  }

  /** The first decision stands; this one is kept beside it, and its author is told. */
  #late(id: string, conflict: StoredConflict, taken: ConflictDecision, rule = 'CON-4'): void {
    const { path } = conflict
    const current = this.#before(path)
    this.#book.set(id, { ...conflict, late: [...(conflict.late ?? []), taken].slice(-20) })
    this.#settle(path, current)
    reportLoss(this.#judgement, {
      path,
      stands: current,
      lost: taken.value,
      editedAt: taken.at,
      rule,
      conflictId: id,
    })
  }

  #undo(decision: Extract<StoredDecision, { type: 'undo' }>, conflict: StoredConflict): void {
    const { path, decision: taken } = conflict
    if (taken === undefined || conflict.status !== 'resolved') return
    const hasMoved = !sameValue(this.#before(path), taken.value) || this.#book.openAt(path) !== undefined
    if (hasMoved || !this.#hasSeenWhatStood(path)) {
      // Edited, asked about or decided since by somebody else: there is nothing of one's own left to take back.
      this.#settle(path, this.#before(path))
      this.#judgement.putBack.push({ path, rule: 'CON-4', conflictId: decision.conflict })
      return
    }
    if (this.#isRefused(path, taken.before)) return
    const standing = conflict.candidates.find(({ value }) => sameValue(value, taken.before))
    this.#record(path, taken.before, conflict.rule)
    this.#book.set(decision.conflict, reopened(conflict, standing?.id))
    this.#settle(path, taken.before, true)
  }

  // Values -------------------------------------------------------------------------------------------------------------

  /** What stood at a path before this decision. */
  #before(path: string): unknown {
    const settled = this.#settled.get(path)
    if (settled !== undefined) return settled.value
    const written = this.#changeAt(path)
    return written === undefined ? valueAt(this.#judgement.request.document, path) : written.before
  }

  /** A stage that was chosen is not settled here: what the device wrote is a move like any other. */
  #settle(path: string, value: unknown, isTaken = false): void {
    if (path !== 'fields.stage' || !isTaken)
      this.#settled.set(path, { value, isTaken, change: this.#changeAt(path) })
  }

  #record(path: string, after: unknown, rule: string): void {
    if (path === 'fields.stage' || !hasPlaceFor(this.#judgement.request.document, path)) return
    recordChange(this.#judgement, path, { before: this.#before(path), after }, { action: 'decide', rule })
  }

  // Notices and proposals ------------------------------------------------------------------------------------------------

  /** Only of one's own value or proposal (CON-6). */
  #accept(id: string): void {
    const { document, author } = this.#judgement.request
    const conflict = this.#book.get(id)
    if (conflict !== undefined) {
      const accepted = conflict.accepted ?? []
      if (losersOf(conflict).includes(author.id) && !accepted.includes(author.id))
        this.#book.set(id, { ...conflict, accepted: [...accepted, author.id] })
      return
    }
    const book = new ProposalBook(document)
    const proposal = book.get(id)
    if (proposal === undefined || proposal.author !== author.id || proposal.status === 'waiting') return
    const { id: _id, ...stored } = proposal
    book.set(id, { ...stored, accepted: true })
  }

  #decideProposal({
    proposal: id,
    decision,
    comment,
    seen,
  }: Extract<StoredDecision, { type: 'proposal' }>): void {
    const { document, author, receivedAt, authority } = this.#judgement.request
    const book = new ProposalBook(document)
    const proposal = book.get(id)
    if (proposal === undefined) return
    const isOwn = proposal.author === author.id
    const forbidden =
      decision === 'withdrawn'
        ? !isOwn
        : approvalProblem(proposal, author, this.#judgement.table) !== undefined
    const notice = { path: proposal.path, rule: forbidden ? 'PRO-3' : 'PRO-4', proposalId: id }
    if (forbidden && authority === 'client') {
      reportPutBack(this.#judgement, notice, { attempted: decision })
      return
    }
    const obstacle = decision === 'approved' ? this.#obstacleTo(proposal, seen) : undefined
    if (obstacle !== undefined && proposal.status === 'waiting') {
      const official = valueAt(document, proposal.path)
      reportPutBack(this.#judgement, { ...notice, rule: obstacle }, { attempted: proposal.value, official })
      return
    }
    const closed = book.close(id, { status: decision, by: author.id, comment, at: receivedAt })
    if (!closed) {
      if (proposal.status !== decision) reportPutBack(this.#judgement, notice, { attempted: decision })
      return
    }
    this.#judgement.changes.push({
      path: `proposals.${id}`,
      action: 'decide',
      before: 'waiting',
      after: decision,
      editedAt: receivedAt,
      ...(comment === undefined ? {} : { reason: comment }),
    })
    if (decision === 'approved') putOfficial(this.#judgement, proposal.path, proposal.value, comment)
  }

  /** Rule that keeps a proposal from being approved as things are by now; it goes on waiting. */
  #obstacleTo({ path, value }: Pick<StoredProposal, 'path' | 'value'>, seen: unknown): string | undefined {
    const { kind, document } = this.#judgement.request
    // What the field could hold when it was proposed, it need not hold by now.
    if (checkValue(kind, path, value) !== undefined) return 'ADM-6'
    const official = valueAt(document, path) ?? null
    const hasMoved = seen !== undefined && !sameValue(seen, official) && !sameValue(value, official)
    return hasMoved ? 'PRO-5' : undefined
  }
}

/** Whoever edits a field behind their decision and before it was sent has made an edit like any other. */
function isEditedAgain(path: string, { value, isTaken, change }: SettledValue): boolean {
  if (!isTaken || change === undefined || parsePath(path).key === undefined) return false
  return change.writes.every((write) => !sameValue(write.value, value))
}

/** Rules that leave the choice to a person; the others had settled the matter before anybody decided otherwise. */
const rulesThatAsk: ReadonlySet<string> = new Set(['RES-3', 'RES-8', 'RES-9'])

/** As it was before somebody decided. */
function reopened(
  { decision: _decision, ...conflict }: StoredConflict,
  stands: string | undefined,
): StoredConflict {
  return { ...conflict, status: rulesThatAsk.has(conflict.rule) ? 'open' : 'resolved', stands }
}
