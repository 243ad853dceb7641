import { parsePath } from '@fulqrun/schema'
import * as Y from 'yjs'
import { noteFieldsOf } from './given-way.ts'
import { type AnyType, editedAt, type Judgement, sameValue } from './judgement.ts'
import { sideBefore } from './scalar-rules.ts'
import { standingBefore } from './standing.ts'
import type { KeyChange } from './transaction-reader.ts'

/** Value by path that a decision has settled; what the device wrote there makes way for it. */
export type Settled = ReadonlyMap<string, SettledValue>

export interface SettledValue {
  readonly value: unknown
  /** Whether it is the value that was decided; otherwise it is the one from before, put back. */
  readonly isTaken: boolean
  /** What the device wrote along with the decision. */
  readonly change: KeyChange | undefined
}

/** Puts settled values in place, where what the device wrote left something else. */
export function writeSettled(judgement: Judgement, settled: Settled): void {
  for (const [path, each] of settled) {
    const { root, id, key } = parsePath(path)
    const rootMap = judgement.request.document.getMap(root)
    const entry = id === undefined ? rootMap : rootMap.get(id)
    if (key !== undefined && entry instanceof Y.Map)
      settleField(judgement, path, { ...each, map: entry as Y.Map<unknown>, key })
    else if (
      id !== undefined &&
      key === undefined &&
      !sameValue(valueAt(judgement.request.document, path), each.value)
    ) {
      noteFieldsOf(judgement, { type: rootMap as AnyType, key: id }, path)
      put(rootMap, id, entryOf(each.value))
    }
  }
}

function settleField(
  judgement: Judgement,
  path: string,
  { value, isTaken, change, map, key }: SettledValue & { readonly map: Y.Map<unknown>; readonly key: string },
): void {
  const previous = change === undefined ? map._map.get(key)?.lastId : change.previous
  const before = standingBefore(judgement, path, previous)
  if (!sameValue(map.get(key), value)) put(map, key, value)
  const written = change?.writes.find((write) => sameValue(write.value, value))
  const stamp = judgement.stamps.get(path)?.writes[0]
  const edit = isTaken
    ? {
        entries: written === undefined ? [] : [written.id],
        stamps: stamp === undefined ? [] : [stamp.id],
        at: editedAt(judgement, path),
      }
    : { ...before, at: sideBefore(judgement, path, { value: undefined, item: undefined }).editedAt }
  judgement.standing.set(path, { change: { type: map as AnyType, key }, edit })
}

function put(map: Y.Map<unknown>, key: string, value: unknown): void {
  if (value !== undefined) map.set(key, value)
  else if (map.has(key)) map.delete(key)
}

/** A whole entry as a shared type; undefined for what is none. */
export function entryOf(value: unknown): Y.Map<unknown> | undefined {
  return typeof value === 'object' && value !== null ? new Y.Map(Object.entries(value)) : undefined
}

/** Plain value of a scalar or an entry. */
export function valueAt(document: Y.Doc, path: string): unknown {
  const { root, id, key } = parsePath(path)
  const map = document.getMap(root)
  if (id === undefined) return map.get(key ?? '')
  const entry = map.get(id)
  if (!(entry instanceof Y.Map)) return undefined
  // Not `toJSON`: a shared type inside would read like the value that it stands in for.
  const fields = entry as Y.Map<unknown>
  return key === undefined ? Object.fromEntries(fields.entries()) : fields.get(key)
}

/** Whether there is something that holds the path: nothing stands in an entry that is gone. */
export function hasPlaceFor(document: Y.Doc, path: string): boolean {
  const { root, id, key } = parsePath(path)
  return id === undefined || key === undefined || document.getMap(root).get(id) instanceof Y.Map
}
