import type { ChangeAction, ChangeRecord } from '@fulqrun/protocol'
import type { LastEdit } from '@fulqrun/rules'
import { formatPath, isCollectionRoot, jsonRoots, parsePath } from '@fulqrun/schema'
import { apiKeySessionId } from '../accounts/grants.ts'
import type { LogEntry } from '../store/document-store.ts'

/**
 * Who wrote the value that stands at each place of one document. A Yjs document does not say it, the log does: this is
 * rebuilt from the log when the document is loaded, kept up with every admission, and written with each snapshot.
 *
 * Places are fields and entries. An entry that was added or removed whole answers for its fields until somebody writes
 * one of them. Text has no place here, because many people's words stand in it at once.
 */
export class LastEdits {
  /** By place (`fields`, `activities.<id>`), then by key; the empty key is the entry as a whole. */
  readonly #places = new Map<string, Map<string, LastEdit>>()

  constructor(edits: Iterable<readonly [string, LastEdit]> = []) {
    for (const [path, edit] of edits) this.#put(path, edit)
  }

  /** Undefined for what nobody has written, for text, and for what was too long ago to be remembered. */
  of(path: string): LastEdit | undefined {
    const { place, key } = locate(path)
    const edits = this.#places.get(place)
    return edits?.get(key) ?? edits?.get(wholeEntry)
  }

  /** Takes in what one entry of the log changed. */
  note({
    author,
    origin,
    receivedAt,
    changes,
  }: Pick<LogEntry, 'author' | 'origin' | 'receivedAt' | 'changes'>): void {
    for (const change of changes) {
      if (!putsInPlace(change)) continue
      this.#put(change.path, {
        author: author.id,
        // Values of a file are nobody's word of this moment (IMP-6).
        isPerson: origin !== 'import' && isPerson(author.id),
        editedAt: change.editedAt,
        receivedAt,
        ...(change.before === undefined ? {} : { before: change.before }),
      })
    }
  }

  /** For a snapshot; places that were written last come last. */
  toJSON(): readonly (readonly [string, LastEdit])[] {
    return [...this.#places].flatMap(([place, edits]) =>
      [...edits].map(([key, edit]) => [key === wholeEntry ? place : `${place}.${key}`, edit] as const),
    )
  }

  #put(path: string, edit: LastEdit): void {
    const { place, key } = locate(path)
    const known = this.#places.get(place)
    // What was known of the fields of an entry that is removed or replaced is over.
    const edits = key === wholeEntry || known === undefined ? new Map<string, LastEdit>() : known
    edits.set(key, edit)
    this.#places.delete(place)
    this.#places.set(place, edits)
    if (this.#places.size > maxPlaces) this.#forgetOldest()
  }

  #forgetOldest(): void {
    for (const place of this.#places.keys()) {
      if (isRoot(place)) continue
      this.#places.delete(place)
      return
    }
  }
}

const wholeEntry = ''

/** Entries of one document, removed ones included. More than anybody works with; a bound for what a script can do. */
const maxPlaces = 5000

const placingActions: ReadonlySet<ChangeAction> = new Set(['create', 'set', 'delete', 'restore', 'decide'])

/** Whether a change says what now stands at its path, and is about a field or an entry. */
function putsInPlace({ path, action, rule }: ChangeRecord): boolean {
  if (!placingActions.has(action)) return false
  // Written over in the same change (ADM-12), or in old logs: written, but a concurrent value stood.
  if (action === 'set' && (rule === 'ADM-12' || rule === 'POL-6')) return false
  const { root, id, key } = parsePath(path)
  if ((jsonRoots as readonly string[]).includes(root)) return false
  return key !== undefined || (id !== undefined && isCollectionRoot(root))
}

/** The system itself and the keys of integrations are nobody. */
function isPerson(authorId: string): boolean {
  return authorId !== 'system' && !authorId.startsWith(apiKeySessionId(''))
}

function locate(path: string): { readonly place: string; readonly key: string } {
  const { key = wholeEntry, ...place } = parsePath(path)
  return { place: formatPath(place), key }
}

function isRoot(place: string): boolean {
  return !place.includes('.')
}
