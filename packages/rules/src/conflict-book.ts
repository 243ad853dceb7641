import type { Candidate, StoredConflict } from '@fulqrun/schema'
import { isPlainJson, readConflicts } from '@fulqrun/schema'
import type * as Y from 'yjs'
import { type Judgement, sameValue } from './judgement.ts'
import type { Outcome } from './strategies.ts'
import type { KeyWrite } from './transaction-reader.ts'

/**
 * The conflicts of a document: opened when two values clash, extended when a third comes, closed by a rule or a
 * person, and kept for as long as there is room, so that the value that lost is one click away (CON-1).
 */

/** Resolved conflicts that a document keeps; older ones are in the history. */
const maxResolved = 50
/** Questions that wait in a document at once; of further clashes what the server has stays, and the history has both. */
const maxOpen = 200
/** Clashes of one change that make conflicts of their own; of further ones the history has both values. */
const maxEntered = maxOpen + maxResolved
/** Candidates that a conflict lists; the history has all. */
const maxCandidates = 20

/**
 * Where to find a document's conflicts without reading them all: a map keeps the keys of everything that was ever in
 * it. Conflicts are written here only, so the index is never stale.
 */
interface ConflictIndex {
  /** Id by place. */
  readonly open: Map<string, string>
  /** Time of opening by id. */
  readonly resolved: Map<string, number>
}

const indexes = new WeakMap<Y.Doc, ConflictIndex>()

/** Conflicts that an admission has entered. */
const entered = new WeakMap<Judgement, number>()

/** One side of a clash. */
export interface Side {
  readonly value: unknown
  readonly author: string | undefined
  readonly editedAt: number
  readonly receivedAt: number
  /** Item of the value, which makes the candidate's id. */
  readonly item: Y.ID | undefined
  /** Id of the candidate, where no item makes one. */
  readonly id?: string | undefined
  readonly block?: string | undefined
}

export interface Clash {
  readonly path: string
  readonly rule: string
  readonly current: Side
  readonly incoming: Side
  /** What the incoming value builds on: an earlier candidate of its author is replaced by it. */
  readonly base: KeyWrite['base']
  /** The value that both started from, if known. */
  readonly common?: unknown
  readonly outcome: Outcome
}

export class ConflictBook {
  readonly #judgement: Judgement
  readonly #conflicts: Y.Map<unknown>

  constructor(judgement: Judgement) {
    this.#judgement = judgement
    this.#conflicts = judgement.request.document.getMap('conflicts')
  }

  get(id: string): StoredConflict | undefined {
    return this.#conflicts.get(id) as StoredConflict | undefined
  }

  set(id: string, conflict: StoredConflict): void {
    // JSON knows no `undefined`, and a reader would take the conflict for damaged.
    const stored = Object.fromEntries(Object.entries(conflict).filter(([, part]) => part !== undefined))
    this.#conflicts.set(id, stored)
    const { open, resolved } = this.#index
    const place = placeOf(conflict, id)
    if (conflict.status === 'open') {
      open.set(place, id)
      resolved.delete(id)
    } else {
      if (open.get(place) === id) open.delete(place)
      resolved.set(id, conflict.openedAt)
    }
  }

  /** Id of the conflict about a path that waits for somebody. */
  openAt(path: string): string | undefined {
    return this.#index.open.get(path)
  }

  get openCount(): number {
    return this.#index.open.size
  }

  /** Enters a clash, and answers the conflict's id; undefined when one change brings too many to keep. */
  enter(clash: Clash): string | undefined {
    const { path, rule, current, incoming, outcome } = clash
    const known = this.#conflictOf(clash)
    if (known === undefined && !this.#hasRoomForAnother()) return undefined
    const id = known ?? freshId(this.#conflicts, incoming)
    const isRoom = known !== undefined || this.openCount < maxOpen
    const before = known === undefined ? undefined : this.get(known)
    const currentId = candidateId(current)
    const incomingId = candidateId(incoming)
    const replaced = new Set([currentId, incomingId, clash.base && itemId(clash.base)])
    const candidates = fitting([
      ...(before?.candidates ?? []).filter(
        (candidate) => !replaced.has(candidate.id) && candidate.id !== before?.stands,
      ),
      toCandidate(currentId, current),
      toCandidate(incomingId, incoming),
    ])
    this.set(id, {
      path,
      status: (outcome.open && isRoom) || before?.status === 'open' ? 'open' : 'resolved',
      rule,
      policyVersion: this.#judgement.table.version,
      openedAt: before?.openedAt ?? this.#judgement.request.receivedAt,
      ...definedJson('base', before?.base ?? clash.common),
      candidates,
      stands: outcome.stands === 'current' ? currentId : incomingId,
    })
    this.#prune()
    return id
  }

  /** Enters a pair of near-duplicate blocks; they stand side by side, so it is a conflict of its own. */
  enterPair({ path, rule, current, incoming }: Clash): void {
    const pair = [candidateId(current), candidateId(incoming)]
    const isKnown = ({ candidates }: StoredConflict) =>
      candidates.every((candidate) => pair.includes(candidate.id))
    const { open, resolved } = this.#index
    const known = [...open.values(), ...resolved.keys()].find((each) => {
      const conflict = this.get(each)
      return conflict !== undefined && isKnown(conflict)
    })
    const before = known === undefined ? undefined : this.get(known)
    // Whoever has decided is not asked again; until then it says what the blocks say by now.
    if (before?.status === 'resolved') return
    this.set(known ?? freshId(this.#conflicts, incoming), {
      path,
      status: 'open',
      rule,
      policyVersion: before?.policyVersion ?? this.#judgement.table.version,
      openedAt: before?.openedAt ?? this.#judgement.request.receivedAt,
      candidates: [current, incoming].map((side) => {
        const id = candidateId(side)
        const told = before?.candidates.find((candidate) => candidate.id === id)
        return told === undefined ? toCandidate(id, side) : { ...told, value: side.value }
      }),
    })
  }

  /**
   * Somebody who had seen what stands has edited a field about which a conflict is open. A candidate's value is a
   * choice; any other value takes the place of the one that stood, and the conflict stays open (CON-2).
   */
  edited(path: string, side: Side): void {
    const id = this.openAt(path)
    const conflict = id === undefined ? undefined : this.get(id)
    if (id === undefined || conflict === undefined) return
    const chosen = conflict.candidates.find(
      (candidate) => candidate.id !== conflict.stands && sameValue(candidate.value, side.value),
    )
    const standing = conflict.candidates.find((candidate) => candidate.id === conflict.stands)
    if (chosen === undefined) {
      const candidate = toCandidate(candidateId(side), side)
      const others = conflict.candidates.filter((each) => each !== standing && each.id !== candidate.id)
      this.set(id, { ...conflict, candidates: [candidate, ...others], stands: candidate.id })
      return
    }
    this.set(id, {
      ...conflict,
      status: 'resolved',
      stands: chosen.id,
      decision: {
        by: this.#judgement.request.author.id,
        at: side.editedAt,
        candidate: chosen.id,
        ...definedJson('value', side.value),
        ...definedJson('before', standing?.value),
      },
    })
  }

  get #index(): ConflictIndex {
    const { document } = this.#judgement.request
    let index = indexes.get(document)
    if (index === undefined) {
      index = { open: new Map(), resolved: new Map() }
      for (const conflict of readConflicts(document)) {
        if (conflict.status === 'open') index.open.set(placeOf(conflict, conflict.id), conflict.id)
        else index.resolved.set(conflict.id, conflict.openedAt)
      }
      indexes.set(document, index)
    }
    return index
  }

  /** The conflict that a clash belongs to: the open one of the path, or the one that its author's last value lost. */
  #conflictOf({ path, base }: Clash): string | undefined {
    const open = this.openAt(path)
    if (open !== undefined || base === undefined) return open
    const lost = itemId(base)
    for (const id of this.#index.resolved.keys()) {
      const conflict = this.get(id)
      if (conflict?.path !== path || conflict.decision !== undefined) continue
      if (conflict.candidates.some((candidate) => candidate.id === lost && candidate.id !== conflict.stands))
        return id
    }
    return undefined
  }

  #hasRoomForAnother(): boolean {
    const count = entered.get(this.#judgement) ?? 0
    entered.set(this.#judgement, count + 1)
    return count < maxEntered
  }

  #prune(): void {
    const { resolved } = this.#index
    if (resolved.size <= maxResolved) return
    const oldest = [...resolved].toSorted((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1))
    for (const [id] of oldest.slice(0, -maxResolved)) {
      this.#conflicts.delete(id)
      resolved.delete(id)
    }
  }
}

/** A field has one open conflict, a text as many as there are near-duplicate blocks. */
function placeOf({ path, rule }: StoredConflict, id: string): string {
  return rule === 'RES-9' ? `${path} ${id}` : path
}

export function itemId({ client, clock }: Y.ID): string {
  return `${client}-${clock}`
}

function candidateId({ item, id, author }: Side): string {
  return id ?? (item === undefined ? `by-${author ?? 'nobody'}` : itemId(item))
}

function toCandidate(id: string, side: Side): Candidate {
  return {
    id,
    ...definedJson('value', side.value),
    ...(side.author === undefined ? {} : { author: side.author }),
    editedAt: side.editedAt,
    receivedAt: side.receivedAt,
    ...(side.block === undefined ? {} : { block: side.block }),
  }
}

export function definedJson<K extends string>(key: K, value: unknown): { readonly [P in K]?: unknown } {
  return value === undefined || !isPlainJson(value)
    ? {}
    : ({ [key]: value } as { readonly [P in K]?: unknown })
}

/** Of too many candidates the oldest of whoever has most goes: one person's many drive nobody else's out. */
function fitting(candidates: readonly Candidate[]): readonly Candidate[] {
  const fit = [...candidates]
  while (fit.length > maxCandidates) {
    const counts = new Map<string | undefined, number>()
    for (const { author } of fit) counts.set(author, (counts.get(author) ?? 0) + 1)
    const most = Math.max(...counts.values())
    fit.splice(
      fit.findIndex(({ author }) => counts.get(author) === most),
      1,
    )
  }
  return fit
}

/** Deterministic, and unique: the item of the value that clashed makes it, or the moment where there is none. */
function freshId(conflicts: Y.Map<unknown>, { item, receivedAt }: Side): string {
  const stem = item === undefined ? `c-${receivedAt}` : `c-${item.client}-${item.clock}`
  let id = stem
  for (let count = 2; conflicts.has(id); count++) id = `${stem}-${count}`
  return id
}
