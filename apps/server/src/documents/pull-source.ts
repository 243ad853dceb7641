import { setImmediate } from 'node:timers/promises'
import {
  type DocumentName,
  goneRecord,
  isDocumentName,
  limits,
  type PullRecord,
  type PullWant,
} from '@fulqrun/protocol'
import * as Y from 'yjs'
import { canRead, type Principal } from '../accounts/principal.ts'
import type { DocumentStore, StoredContent } from '../store/document-store.ts'
import type { DocumentHost } from './document-host.ts'

interface PullSourceOptions {
  readonly documents: Pick<DocumentHost, 'exists' | 'isRemoved' | 'scopeOf' | 'shelf'>
  readonly store: Pick<DocumentStore, 'contents'>
}

/** A document whose tail is longer than this is pulled from a snapshot that is taken then: merging costs more each time. */
const maxTail = 4
/** Snapshots for one pull at most: a first pull after an import is not to load everything at once. */
const maxSnapshots = 200

const nothing = new Uint8Array()

/**
 * What devices pull of documents: from memory when the document is open, and otherwise from the log as bytes, without
 * opening it (PULL-3). One for each pull.
 */
export class PullSource {
  readonly #options: PullSourceOptions
  #snapshots = 0

  constructor(options: PullSourceOptions) {
    this.#options = options
  }

  /**
   * What is on disk of the documents that have to be read from there. Names that are none, and what is out of reach, are
   * left out: nobody makes the server work on somebody else's records.
   */
  async fetch(
    wants: readonly PullWant[],
    principal: Principal,
  ): Promise<ReadonlyMap<DocumentName, StoredContent>> {
    const { documents, store } = this.#options
    const isReadable = (name: string): name is DocumentName =>
      isDocumentName(name) && documents.exists(name) && canRead(principal, documents.scopeOf(name))
    const names = wants.flatMap(({ name }) => (isReadable(name) ? name : []))
    const contents = new Map(await store.contents(names.filter((name) => !this.#isOpen(name))))
    for (const [name, { tail }] of contents) {
      if (tail.length <= maxTail || this.#snapshots >= maxSnapshots) continue
      this.#snapshots += 1
      // Opening one takes as long as many edits: theirs go first.
      await setImmediate()
      const compacted = await documents.shelf.compact(name)
      if (compacted !== undefined) contents.set(name, compacted)
    }
    return contents
  }

  /**
   * The record for one document, by what somebody may do right now, from what {@link fetch} has found. Undefined when it
   * was open then and has been closed since: it has to be fetched.
   */
  recordOf(
    { name, stateVector }: PullWant,
    principal: Principal,
    contents: ReadonlyMap<DocumentName, StoredContent>,
  ): PullRecord | undefined {
    const { documents } = this.#options
    if (!isDocumentName(name)) return goneRecord(name, 'document/name-invalid')
    if (!canRead(principal, documents.scopeOf(name))) return goneRecord(name, 'access/denied')
    if (documents.isRemoved(name)) return goneRecord(name, 'document/removed')
    if (!documents.exists(name)) return goneRecord(name, 'document/not-found')
    if (stateVector.byteLength > limits.maxStateVectorBytes) return goneRecord(name, 'input/too-large')
    const known = readStateVector(stateVector)
    if (known === undefined) return goneRecord(name, 'input/invalid')
    const open = documents.shelf.documentOf(name)
    if (open !== undefined) return this.#fromMemory(name, open, { stateVector, known })
    const content = contents.get(name)
    return content === undefined ? undefined : fromDisk(name, content, { stateVector, known })
  }

  #isOpen(name: DocumentName): boolean {
    return this.#options.documents.shelf.documentOf(name) !== undefined
  }

  #fromMemory(name: DocumentName, document: Y.Doc, { stateVector, known }: Known): PullRecord {
    const head = this.#options.documents.shelf.ledgerOf(name)?.head ?? 0
    const isNew = known.size === 0
    const isFull = isNew || isForeign(known, (client) => Y.getState(document.store, client))
    const update = isFull ? Y.encodeStateAsUpdate(document) : Y.encodeStateAsUpdate(document, stateVector)
    return recordFor(name, { isFull, head, update })
  }
}

interface Known {
  readonly stateVector: Uint8Array
  readonly known: ReadonlyMap<number, number>
}

function fromDisk(
  name: DocumentName,
  { snapshot, tail, head }: StoredContent,
  { stateVector, known }: Known,
): PullRecord {
  const parts = snapshot === undefined ? tail : [snapshot, ...tail]
  const [only] = parts
  // A whole snapshot is passed on as it is.
  const whole = parts.length === 1 && only !== undefined ? only : Y.mergeUpdates([...parts])
  if (known.size === 0) return recordFor(name, { isFull: true, head, update: whole })
  const states = Y.decodeStateVector(Y.encodeStateVectorFromUpdate(whole))
  const isFull = isForeign(known, (client) => states.get(client) ?? 0)
  return recordFor(name, { isFull, head, update: isFull ? whole : Y.diffUpdate(whole, stateVector) })
}

/** A copy that holds what the server has never had is of another lineage: it is replaced, never merged (PULL-4). */
function isForeign(known: ReadonlyMap<number, number>, stateOf: (client: number) => number): boolean {
  for (const [client, clock] of known) if (clock > stateOf(client)) return true
  return false
}

function recordFor(
  name: DocumentName,
  { isFull, head, update }: { readonly isFull: boolean; readonly head: number; readonly update: Uint8Array },
): PullRecord {
  if (isFull) return { name, status: 'full', head, update }
  const isEmpty = update.byteLength === 2 && update[0] === 0 && update[1] === 0
  return isEmpty
    ? { name, status: 'unchanged', head, update: nothing }
    : { name, status: 'diff', head, update }
}

/** Undefined for bytes that are no state vector; an empty one knows nothing. */
function readStateVector(bytes: Uint8Array): ReadonlyMap<number, number> | undefined {
  if (bytes.byteLength === 0) return new Map()
  try {
    return Y.decodeStateVector(bytes)
  } catch {
    return undefined
  }
}
