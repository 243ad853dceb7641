import {
  addEntry,
  chooseCandidate,
  chooseValue,
  type CollectionRoot,
  decideOnProposal,
  getNotes,
  getText,
  parsePath,
  propose,
  readConflicts,
  readProposals,
  removeEntry,
  setField,
  undoDecision,
} from '@fulqrun/schema'
import * as fc from 'fast-check'
import * as Y from 'yjs'
import { type Team, valueAt } from './schedule-team.ts'

/**
 * What people do in a schedule, as data: everything that the app's commands make, and what a client without them can
 * do with raw Yjs on the same paths. `own` values are made from the number of the edit, so that each is different and
 * can be found again wherever it went.
 */
export type Move = { readonly device: number } & (
  | { readonly type: 'set'; readonly path: string; readonly value: MoveValue }
  /** Raw Yjs: no check, no time of the edit. */
  | { readonly type: 'raw'; readonly path: string; readonly value: MoveValue }
  | {
      readonly type: 'add'
      readonly collection: CollectionRoot
      readonly values: Readonly<Record<string, MoveValue>>
    }
  | { readonly type: 'remove'; readonly collection: CollectionRoot; readonly index: number }
  /** Raw Yjs: a whole entry taken away, or another one put under its id. */
  | {
      readonly type: 'rawEntry'
      readonly collection: CollectionRoot
      readonly index: number
      readonly replace: boolean
    }
  | { readonly type: 'propose'; readonly path: string; readonly value: MoveValue; readonly reason: boolean }
  | { readonly type: 'text'; readonly name: string; readonly at: number }
  | { readonly type: 'erase'; readonly name: string; readonly at: number; readonly length: number }
  | { readonly type: 'note'; readonly at: number }
  /** About one of the conflicts that the device shows. */
  | { readonly type: 'choose'; readonly index: number; readonly candidate: number }
  | { readonly type: 'chooseOwn'; readonly index: number; readonly value: MoveValue }
  | { readonly type: 'undo'; readonly index: number }
  /** About one of the proposals that the device shows. */
  | {
      readonly type: 'approve'
      readonly index: number
      readonly decision: 'approved' | 'rejected' | 'withdrawn'
    }
)

export type MoveValue =
  | { readonly is: 'own'; readonly sort: 'words' | 'phone' | 'day' | 'money' }
  | { readonly is: 'fixed'; readonly value: unknown }
  | { readonly is: 'none' }

export const own = (sort: (MoveValue & { is: 'own' })['sort']): MoveValue => ({ is: 'own', sort })
export const fixed = (value: unknown): MoveValue => ({ is: 'fixed', value })
export const none: MoveValue = { is: 'none' }

const dayMs = 86_400_000

/** The value that an edit with this number writes. */
export function makeValue(value: MoveValue, id: number): unknown {
  if (value.is === 'none') return undefined
  if (value.is === 'fixed') return value.value
  switch (value.sort) {
    case 'words':
      return `words ${id}.`
    case 'phone':
      return `+1 555 ${1000 + id}`
    case 'day':
      // In no order: a later edit is not a later day.
      return new Date(Date.UTC(2027, 0, 1) + ((id * 7919) % 3000) * dayMs).toISOString().slice(0, 10)
    case 'money':
      return 100_000 + id
  }
}

type MoveBody = Move extends infer M
  ? M extends { readonly device: number }
    ? Omit<M, 'device'>
    : never
  : never
export type { MoveBody }

/** One of these moves, by one of the devices. */
export function movesBy(
  devices: number,
  ...bodies: readonly (fc.Arbitrary<MoveBody> | fc.WeightedArbitrary<MoveBody>)[]
): fc.Arbitrary<Move> {
  const device = fc.nat({ max: devices - 1 })
  return fc.tuple(device, fc.oneof(...bodies)).map(([index, body]): Move => ({ device: index, ...body }))
}

/** Carries a move out on its device. One that cannot be made there does nothing. */
export function makeMove(team: Team, move: Move): void {
  const { device } = move
  switch (move.type) {
    case 'set':
      return setPath(team, move, (doc, value, now) => setField(doc, move.path, value, { now }))
    case 'raw':
      return setPath(team, move, (doc, value) => setRaw(doc, move.path, value))
    case 'add': {
      const id = `entry-${team.oracle.nextId}`
      const values = Object.fromEntries(
        Object.entries(move.values).map(([key, value]) => [key, makeValue(value, team.oracle.nextId)]),
      )
      return team.act(device, { path: `${move.collection}.${id}`, value: values }, (doc, now) => {
        addEntry(doc, move.collection, values, { now, id })
      })
    }
    case 'remove':
      return withEntry(team, move, (doc, id, now) => removeEntry(doc, move.collection, id, { now }))
    case 'rawEntry':
      return withEntry(team, move, (doc, id) => {
        if (move.replace) doc.getMap(move.collection).set(id, new Y.Map([['note', 'replaced']]))
        else doc.getMap(move.collection).delete(id)
      })
    case 'propose': {
      const value = makeValue(move.value, team.oracle.nextId)
      return team.act(device, { path: move.path, value }, (doc, now) => {
        const reason = move.reason ? `reason ${team.oracle.nextId}` : undefined
        propose(doc, { path: move.path, value, reason, author: 'forged', now, id: `p-${team.oracle.nextId}` })
      })
    }
    case 'text': {
      const token = ` w${team.oracle.nextId};`
      return team.act(device, { path: textPath(move.name), value: token }, (doc) => {
        const text = getText(doc, move.name)
        text.insert(wordEnd(text.toJSON(), move.at), token)
      })
    }
    case 'erase':
      return team.act(device, undefined, (doc) => {
        const text = getText(doc, move.name)
        const at = move.at % (text.length + 1)
        text.delete(at, Math.min(move.length, text.length - at))
      })
    case 'note': {
      const token = `n${team.oracle.nextId};`
      return team.act(device, { path: 'notes', value: token }, (doc) => {
        const notes = getNotes(doc)
        const paragraph = new Y.XmlElement('paragraph')
        paragraph.insert(0, [new Y.XmlText(token)])
        notes.insert(move.at % (notes.length + 1), [paragraph])
      })
    }
    default:
      return decide(team, move)
  }
}

function decide(team: Team, move: Move & { type: 'choose' | 'chooseOwn' | 'undo' | 'approve' }): void {
  const { device, index } = move
  const { doc } = team.replica(device)
  if (move.type === 'approve') {
    const proposal = pick(readProposals(doc), index)
    if (proposal === undefined) return
    team.act(device, undefined, (copy, now) => decideOnProposal(copy, proposal.id, move.decision, { now }))
    return
  }
  const conflict = pick(readConflicts(doc), index)
  if (conflict === undefined) return
  const { id, path, candidates, decision, stands } = conflict
  const settle = (value: unknown, change: (copy: Y.Doc, wanted: unknown, now: number) => void) => {
    if (team.isWatched(path)) team.edit(device, { path, decides: true }, () => value, change)
    else team.act(device, undefined, (copy, now) => change(copy, value, now))
  }
  if (move.type === 'undo') {
    const standing = candidates.find((candidate) => candidate.id === stands)
    const before = decision === undefined ? standing?.value : decision.before
    settle(before, (copy, _value, now) => undoDecision(copy, id, { now }))
  } else if (move.type === 'choose') {
    const candidate = pick(candidates, move.candidate)
    if (candidate === undefined) return
    settle(candidate.value, (copy, _value, now) => chooseCandidate(copy, id, candidate.id, { now }))
  } else if (parsePath(path).root === 'fields') {
    const value = makeValue(move.value, team.oracle.nextId)
    settle(value, (copy, wanted, now) => chooseValue(copy, id, wanted, { now }))
  }
}

function setPath(
  team: Team,
  { device, path, value }: Move & { type: 'set' | 'raw' },
  change: (doc: Y.Doc, value: unknown, now: number) => void,
): void {
  const { root, id } = parsePath(path)
  const { doc } = team.replica(device)
  if (id !== undefined && !doc.getMap(root).has(id)) return
  // To clear what is empty is no edit.
  if (value.is === 'none' && valueAt(doc, path) === undefined) return
  if (team.isWatched(path)) {
    team.edit(device, { path }, (edit) => makeValue(value, edit), change)
    return
  }
  const made = makeValue(value, team.oracle.nextId)
  team.act(device, { path, value: made }, (doc, now) => change(doc, made, now))
}

function setRaw(doc: Y.Doc, path: string, value: unknown): void {
  const { root, id, key } = parsePath(path)
  const map = id === undefined ? doc.getMap(root) : (doc.getMap(root).get(id) as Y.Map<unknown>)
  if (key === undefined) return
  if (value === undefined) map.delete(key)
  else map.set(key, value)
}

function withEntry(
  team: Team,
  { device, collection, index }: Move & { type: 'remove' | 'rawEntry' },
  change: (doc: Y.Doc, id: string, now: number) => void,
): void {
  const id = pick([...team.replica(device).doc.getMap(collection).keys()].sort(), index)
  if (id === undefined) return
  const path = `${collection}.${id}`
  team.act(device, { path, value: undefined }, (doc, now) => change(doc, id, now))
}

function pick<T>(list: readonly T[], index: number): T | undefined {
  return list[index % Math.max(1, list.length)]
}

function textPath(name: string): string {
  return `text:${name}`
}

/** A place where no word is torn apart. */
function wordEnd(text: string, at: number): number {
  const ends = [0, ...[...text.matchAll(/;/g)].map(({ index }) => index + 1), text.length]
  return pick(ends, at) ?? 0
}
