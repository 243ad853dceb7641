/**
 * What this person decided lately, so that it can be found and taken back. The decisions themselves are in their
 * records; here is only where. Kept on the device, and gone with everything else when the person signs out.
 */
import { type DocumentName, isDocumentName } from '@fulqrun/protocol'
import type { Workspace } from '@fulqrun/sync'
import { createStore, type ReadableStore, type WritableStore } from '../../data/store.ts'

export interface DecidedEntry {
  readonly document: DocumentName
  readonly type: 'conflict' | 'proposal'
  /** Of the conflict or proposal. */
  readonly id: string
  readonly path: string
  /** Device time. */
  readonly at: number
}

const noteKey = 'decided'

/** Enough for a day of decisions. */
const maxEntries = 50

const isSame = (one: Pick<DecidedEntry, 'document' | 'id'>, other: Pick<DecidedEntry, 'document' | 'id'>) =>
  one.document === other.document && one.id === other.id

/** Newest first; what was decided again moves to the front. */
export function withEntry(log: readonly DecidedEntry[], entry: DecidedEntry): readonly DecidedEntry[] {
  return [entry, ...log.filter((other) => !isSame(other, entry))].slice(0, maxEntries)
}

export function withoutEntry(
  log: readonly DecidedEntry[],
  gone: Pick<DecidedEntry, 'document' | 'id'>,
): readonly DecidedEntry[] {
  return log.filter((entry) => !isSame(entry, gone))
}

function isEntry(value: unknown): value is DecidedEntry {
  if (typeof value !== 'object' || value === null) return false
  const { document, type, id, path, at } = value as Readonly<Record<string, unknown>>
  return (
    typeof document === 'string' &&
    isDocumentName(document) &&
    (type === 'conflict' || type === 'proposal') &&
    typeof id === 'string' &&
    typeof path === 'string' &&
    typeof at === 'number'
  )
}

/** Reads what an older version may have written: what does not fit is left out. */
export function parseLog(value: unknown): readonly DecidedEntry[] {
  return Array.isArray(value) ? value.filter(isEntry).slice(0, maxEntries) : []
}

type Notes = Pick<Workspace, 'recall' | 'remember'>

const logs = new WeakMap<Notes, WritableStore<readonly DecidedEntry[]>>()

function storeOf(workspace: Notes): WritableStore<readonly DecidedEntry[]> {
  const known = logs.get(workspace)
  if (known !== undefined) return known
  const store = createStore(parseLog(workspace.recall(noteKey)))
  logs.set(workspace, store)
  return store
}

export function decidedLog(workspace: Notes): ReadableStore<readonly DecidedEntry[]> {
  return storeOf(workspace)
}

/** Changes the log, on the screens and on the device. */
export function changeLog(
  workspace: Notes,
  change: (log: readonly DecidedEntry[]) => readonly DecidedEntry[],
): void {
  const store = storeOf(workspace)
  store.set(change(store.get()))
  workspace.remember(noteKey, store.get())
}
