import type { DocumentKind } from '@fulqrun/protocol'
import * as Y from 'yjs'
import { newDocumentId } from './document-id.ts'
import { assertValue, forgetTimesBelow, kindOf, mustGetEntry, stamp, writeKey } from './document-writes.ts'
import { currentSchemaVersion, defineRoots, isAppendOnly, isFixed, kindSpec, rootsOf } from './kinds.ts'
import { localOrigin } from './origins.ts'
import { formatPath, isCollectionRoot, parsePath, textPrefix, type CollectionRoot } from './path.ts'
import { isPlainJson } from './plain-json.ts'
import type { StoredProposal } from './proposal.ts'
import { SchemaError } from './schema-issue.ts'
import { isCleared } from './validation.ts'

/**
 * Commands: the only way in which apps write. Each is one transaction with origin {@link localOrigin}, and stamps
 * `edited[path]` with the device's time in it, so that the time of an edit travels with the edit.
 * They throw a SchemaError for what no screen should let through (unknown path, invalid value, pinned root): check
 * what a person entered with `checkValue` first.
 */

export interface EditOptions {
  /** Device time of the edit, ms since 1970 UTC. */
  readonly now: number
}

export interface CreateOptions {
  readonly kind: DocumentKind
  readonly territoryId: string
  /** User id. */
  readonly createdBy: string
  /** ms since 1970 UTC. */
  readonly createdAt: number
  readonly fields?: Readonly<Record<string, unknown>> | undefined
  /** First contents of co-edited texts by name. */
  readonly texts?: Readonly<Record<string, string>> | undefined
}

/** Writes a new record into an empty document. */
export function createDocument(doc: Y.Doc, options: CreateOptions): void {
  const { kind, territoryId, createdBy, createdAt, fields = {}, texts = {} } = options
  defineRoots(doc, kind)
  for (const [key, value] of Object.entries(fields)) assertValue(kind, `fields.${key}`, value)
  doc.transact(() => {
    const meta = doc.getMap('meta')
    meta.set('kind', kind)
    meta.set('schemaVersion', currentSchemaVersion)
    meta.set('territoryId', territoryId)
    meta.set('createdBy', createdBy)
    meta.set('createdAt', createdAt)
    for (const [key, value] of Object.entries(fields)) {
      if (isCleared(value)) continue
      doc.getMap('fields').set(key, value)
      stamp(doc, `fields.${key}`, createdAt)
    }
    for (const [name, text] of Object.entries(texts)) {
      getText(doc, name).insert(0, text)
      stamp(doc, textPrefix + name, createdAt)
    }
  }, localOrigin)
}

/** Sets a field (`fields.<key>`) or a field of an entry (`activities.<id>.<key>`); a cleared value deletes it. */
export function setField(doc: Y.Doc, path: string, value: unknown, { now }: EditOptions): void {
  const { root, id, key } = parsePath(path)
  const kind = kindOf(doc)
  if (key === undefined || !isClientScalar(root) || isFixed(kind, root)) throw notWritable(path)
  assertValue(kind, path, value)
  doc.transact(() => {
    writeKey(id === undefined ? doc.getMap(root) : mustGetEntry(doc, root, id), key, value)
    stamp(doc, path, now)
  }, localOrigin)
}

/** The same as {@link setField}, for a path inside a collection. */
export function setEntryField(doc: Y.Doc, path: string, value: unknown, options: EditOptions): void {
  setField(doc, path, value, options)
}

/** Adds an entry to a collection and answers its id. */
export function addEntry(
  doc: Y.Doc,
  collection: CollectionRoot,
  values: Readonly<Record<string, unknown>>,
  { now, id = newDocumentId() }: EditOptions & { readonly id?: string | undefined },
): string {
  const path = formatPath({ root: collection, id })
  const kind = kindOf(doc)
  assertValue(kind, path, values)
  // Adding under an id that is taken would replace what is there.
  if (isAppendOnly(kind, collection) && doc.getMap(collection).has(id)) throw notWritable(path)
  doc.transact(() => {
    const filled = Object.entries(values).filter(([, value]) => !isCleared(value))
    doc.getMap(collection).set(id, new Y.Map(filled))
    stamp(doc, path, now)
  }, localOrigin)
  return id
}

/** Removes an entry; does nothing when it is already gone. */
export function removeEntry(doc: Y.Doc, collection: CollectionRoot, id: string, { now }: EditOptions): void {
  const path = formatPath({ root: collection, id })
  if (!isCollectionRoot(collection)) throw notWritable(path)
  const entries = doc.getMap(collection)
  if (!entries.has(id)) return
  if (isAppendOnly(kindOf(doc), collection)) throw notWritable(path)
  doc.transact(() => {
    entries.delete(id)
    forgetTimesBelow(doc, path)
    stamp(doc, path, now)
  }, localOrigin)
}

export interface ProposeOptions extends EditOptions {
  /** Path of a pinned field, or of the stage of an opportunity. */
  readonly path: string
  readonly value: unknown
  readonly reason?: string | undefined
  /** User id; the server replaces it by the authenticated one. */
  readonly author: string
  /** Of the proposal; a fresh one unless given. */
  readonly id?: string | undefined
}

/** Path of the stage: written by anybody while its gate is met, asked for otherwise (rules, GAT-1). */
const gatedPath = 'fields.stage'

/** Asks for another value of a pinned field, or for a stage whose gate is not met; answers the proposal's id. */
export function propose(
  doc: Y.Doc,
  { path, value, reason, author, now, id = newDocumentId() }: ProposeOptions,
): string {
  const kind = kindOf(doc)
  const { root, key } = parsePath(path)
  const isPinned = kindSpec(kind).pinned.some((pinned) => pinned.root === root)
  if (key === undefined || !(isPinned || path === gatedPath)) throw notWritable(path)
  assertValue(kind, path, value)
  const official = doc.getMap(root).get(key)
  const version = doc.getMap(root).get('version')
  const proposal: StoredProposal = {
    path,
    value: value ?? null,
    ...(isPlainJson(official) ? { base: official } : {}),
    ...(typeof version === 'number' ? { baseVersion: version } : {}),
    ...(reason === undefined || reason === '' ? {} : { reason }),
    author,
    proposedAt: now,
    status: 'waiting',
  }
  doc.transact(() => {
    doc.getMap('proposals').set(id, proposal)
    stamp(doc, `proposals.${id}`, now)
  }, localOrigin)
  return id
}

/** A co-edited text by its name, as in `meddpicc.metrics.currentCost` or `commentary`. */
export function getText(doc: Y.Doc, name: string): Y.Text {
  return doc.getText(name.startsWith(textPrefix) ? name : textPrefix + name)
}

/** The co-edited rich notes, to be bound to an editor. */
export function getNotes(doc: Y.Doc): Y.XmlFragment {
  return doc.getXmlFragment('notes')
}

const clientScalarRoots: ReadonlySet<string> = new Set(['fields', ...collectionNames()])

function collectionNames(): string[] {
  return ['opportunity', 'contact', 'kpi'].flatMap((kind) =>
    rootsOf(kind as DocumentKind)
      .filter(({ holds }) => holds === 'entries')
      .map(({ name }) => name),
  )
}

function isClientScalar(root: string): boolean {
  return clientScalarRoots.has(root)
}

function notWritable(path: string): SchemaError {
  return new SchemaError({ path, code: 'path/unknown', message: 'Commands do not write here' })
}
