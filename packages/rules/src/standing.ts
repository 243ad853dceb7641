import * as Y from 'yjs'
import type { AnyType, Judgement } from './judgement.ts'
import { isNewIn, type KeyChange, type KeyWrite, sameId } from './transaction-reader.ts'

/**
 * Which edit stands at a path, and who had seen it (RES-1).
 *
 * An edit is known by its item, and a clearing, which leaves none, by its time stamp. Usually what stands is the last
 * entry of the key. But when the server writes a value again to keep it in place, the last entry is the server's, while
 * the edit that stands is the one that wrote the value: whoever had seen that one has seen what stands, and has not
 * heard of the server's entry yet. So the server notes in the document which edit its entry repeats.
 *
 * Somebody has seen an edit when their chain of origins reaches it, and always when it was made on their own device.
 */
export interface Standing {
  /** The last entry of the key first; after it those that it repeats, and last of all that of the edit. */
  readonly entries: readonly Y.ID[]
  /** The same of the time stamp. */
  readonly stamps: readonly Y.ID[]
}

/** The same when everything has been judged, and the time of the edit (ms). */
export interface Edit extends Standing {
  readonly at: number
}

/** Key of the server's note under `edited`; no path has this form, so no device can write it (ADM-7). */
const noteKey = (path: string): string => `stands:${path}`
/** Entries that are followed back to the edit that stands: as many as somebody may have had put back in a row. */
const maxSteps = 50
/** Entries with one value that are remembered; devices that are further behind than that are asked once too often. */
const maxRepeats = 8
/** A command writes the time of an edit right behind it; a decision has its own in between. */
const stampWithin = 4

/** What stood before this change. */
export function standingBefore(
  { edited, stamps }: Judgement,
  path: string,
  previous: Y.ID | undefined,
): Standing {
  const stamp = stamps.get(path)
  const lastStamp = stamp === undefined ? edited._map.get(path)?.lastId : stamp.previous
  const note = readNote(edited, path)
  const repeated = (last: Y.ID | undefined, noted: readonly Y.ID[]): readonly Y.ID[] => {
    if (last === undefined) return []
    return sameId(last, noted[0]) ? noted : [last]
  }
  return { entries: repeated(previous, note.entries), stamps: repeated(lastStamp, note.stamps) }
}

const noNote: Standing = { entries: [], stamps: [] }

function readNote(edited: Y.Map<unknown>, path: string): Standing {
  const key = noteKey(path)
  if (!edited._map.has(key)) return noNote
  const note = edited.get(key)
  const [entries, stamps] = Array.isArray(note) ? (note as unknown[]) : []
  return { entries: readIds(entries), stamps: readIds(stamps) }
}

function readIds(ids: unknown): readonly Y.ID[] {
  if (!Array.isArray(ids)) return []
  return ids.flatMap((text: unknown) => {
    const [client, clock] = String(text).split('-').map(Number)
    const isId = Number.isInteger(client) && Number.isInteger(clock)
    return isId ? [Y.createID(client ?? 0, clock ?? 0)] : []
  })
}

/** Whether whoever made a write, on top of `base`, had seen one of these. */
export function hasSeen(
  { transaction }: Judgement,
  { id, base }: Pick<KeyWrite, 'id' | 'base'>,
  standing: readonly Y.ID[],
): boolean {
  if (standing.length === 0) return base === undefined
  const isStanding = (step: Y.ID) => standing.some((each) => sameId(each, step))
  if (standing.some((each) => each.client === id.client && each.clock < id.clock)) return true
  // Without a note only the last entry stands, and nothing older leads to it.
  let step: Y.ID | undefined = base
  for (let left = standing.length > 1 ? maxSteps : 1; left > 0 && step !== undefined; left--) {
    if (isStanding(step)) return true
    const structs = transaction.doc.store.clients.get(step.client) ?? []
    const item = structs[Y.findIndexSS(structs, step.clock)]
    step = item instanceof Y.Item ? (item.origin ?? undefined) : undefined
  }
  return false
}

/** A write, the time stamp that came with it, and what stood before it. */
interface Sighted {
  readonly write: KeyWrite
  readonly stamp: KeyWrite | undefined
  readonly standing: Standing
}

/** Whether whoever made a write had seen what stood, also by taking it away, whatever they had written before. */
export function hasSeenStanding(
  judgement: Judgement,
  change: Pick<KeyChange, 'previous' | 'before'>,
  sighted: Sighted,
): boolean {
  const { write, standing } = sighted
  const takesAway = write.value === undefined && judgement.takenAway.includesOneOf(standing.entries)
  return takesAway || buildsOnStanding(judgement, change, sighted)
}

/** Whether a write builds on what stood; also that it had been cleared, which only the stamps tell. */
export function buildsOnStanding(
  judgement: Judgement,
  { previous, before }: Pick<KeyChange, 'previous' | 'before'>,
  { write, stamp, standing: { entries, stamps } }: Sighted,
): boolean {
  if (previous !== undefined && before === undefined && stamp !== undefined && stamps.length > 0)
    return hasSeen(judgement, stamp, stamps)
  return write.knew || hasSeen(judgement, write, entries)
}

/** The stamp that a client wrote last for a path in this change. */
export function stampOf({ stamps }: Judgement, path: string, client: number): KeyWrite | undefined {
  return stamps.get(path)?.writes.findLast(({ id }) => id.client === client)
}

interface Place {
  readonly type: AnyType
  readonly key: string
  readonly path: string
}

/** Whether a stamp came without a value, and with what was there taken away: whoever wrote it cleared the field. */
export function isClearing(judgement: Judgement, stamp: KeyWrite, place: Place): boolean {
  // Taken away itself: the entry was removed, with the times of its fields.
  if (stamp.value === undefined && !stamp.isGone) return false
  return valueWith(judgement, stamp.id, place) === undefined && takesAway(judgement, stamp, place)
}

/**
 * Whether the author of a stamp took away what they had seen at its place. A stock provider names everything that was ever
 * taken away, so only what is as new as the last edit that they had seen says so; that is the edit on whose stamp they
 * built.
 */
function takesAway(judgement: Judgement, { base }: KeyWrite, place: Place): boolean {
  const seen = base === undefined ? undefined : valueWith(judgement, base, place)
  if (seen === undefined) return judgement.takenAway.hasValueOf(place)
  if (!judgement.takenAway.isKnown) return true
  for (let item = place.type._map.get(place.key) ?? null; item !== null; item = item.left) {
    if (judgement.takenAway.includes(item.lastId)) return true
    if (item === seen) return false
  }
  return false
}

/** The value that was written with a stamp, right before it. */
function valueWith(
  { transaction, edited }: Judgement,
  { client, clock }: Y.ID,
  { type, key, path }: Place,
): Y.Item | undefined {
  const structs = transaction.doc.store.clients.get(client) ?? []
  const index = Y.findIndexSS(structs, clock)
  for (let back = 1; back <= stampWithin; back++) {
    const struct = structs[index - back]
    if (!(struct instanceof Y.Item)) return undefined
    if (struct.parent === type && struct.parentSub === key) return struct
    if (struct.parent === edited && struct.parentSub === path) return undefined
  }
  return undefined
}

/**
 * Notes which edits the server's entries repeat, and writes the time of the one that stands where that of another one
 * came to stand. Call when everything has been judged and put in place.
 */
export function noteStanding({ edited, standing, transaction }: Judgement): void {
  const { doc } = transaction
  const isOurs = (id: Y.ID) => id.client === doc.clientID && isNewIn(transaction, id)
  for (const [path, { change, edit }] of standing) {
    const stamp = edited._map.get(path)?.lastId
    const isOfIt = edit.stamps.some((each) => sameId(each, stamp))
    if (stamp !== undefined && !isOfIt && !isOurs(stamp)) edited.set(path, edit.at)
    const entries = withHead(change.type._map.get(change.key)?.lastId, edit.entries)
    const stamps = withHead(edited._map.get(path)?.lastId, edit.stamps)
    if (entries.length > 1 || stamps.length > 1)
      edited.set(noteKey(path), [entries.map(idText), stamps.map(idText)])
  }
}

/** The last entry in front of those that it repeats. */
function withHead(head: Y.ID | undefined, repeated: readonly Y.ID[]): readonly Y.ID[] {
  if (head === undefined) return []
  const others = repeated.filter((each) => !sameId(each, head))
  return [head, ...others.slice(0, maxRepeats), ...others.slice(maxRepeats).slice(-1)]
}

function idText({ client, clock }: Y.ID): string {
  return `${client}-${clock}`
}
