import { isDocumentKind, type DocumentKind } from '@fulqrun/protocol'
import * as Y from 'yjs'
import { conflictSchema, type Conflict, type StoredConflict } from './conflict.ts'
import { parseDecision, type Decision } from './decision.ts'
import { readRootMap, readRootNotes, readRootText } from './document-roots.ts'
import { currentSchemaVersion, kindSpec, rootSpec, type CollectionSpec } from './kinds.ts'
import { formatPath, parsePath } from './path.ts'
import { isPlainJson } from './plain-json.ts'
import { proposalSchema, type Proposal, type StoredProposal } from './proposal.ts'
import { readValues } from './read-values.ts'
import type { SchemaIssue } from './schema-issue.ts'
import type {
  Attachment,
  ContactView,
  DocumentView,
  KpiView,
  Meta,
  OpportunityView,
  Reading,
} from './views.ts'

/**
 * Readers. They never throw, whatever a merge or a hostile client left in the document: they answer a view in which
 * every field has a valid value, its default or `undefined`, and a list of what did not fit. They never write.
 */

/** Ids of entries are made by us; a stranger's may not contain the dot that separates paths. */
const idPattern = /^[A-Za-z0-9_-]{1,64}$/

/** The document's own description of itself, each part checked. */
export function readMeta(doc: Y.Doc): Meta {
  const meta = readRootMap(doc, 'meta', [])
  const kind = meta?.get('kind')
  const version = meta?.get('schemaVersion')
  const createdAt = meta?.get('createdAt')
  return {
    kind: isDocumentKind(kind) ? kind : undefined,
    schemaVersion: typeof version === 'number' && Number.isSafeInteger(version) && version > 0 ? version : 0,
    territoryId: readId(meta?.get('territoryId')),
    createdBy: readId(meta?.get('createdBy')),
    createdAt: typeof createdAt === 'number' && Number.isFinite(createdAt) ? createdAt : undefined,
  }
}

function readId(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 200 ? value : undefined
}

function metaIssues(meta: Meta, kind: DocumentKind): SchemaIssue[] {
  const issues: SchemaIssue[] = []
  const missing = (key: string) =>
    issues.push({ path: `meta.${key}`, code: 'value/missing', message: `The record has no ${key}` })
  if (meta.kind === undefined) missing('kind')
  else if (meta.kind !== kind)
    issues.push({ path: 'meta.kind', code: 'document/wrong-kind', message: `This is not a ${kind} record` })
  if (meta.territoryId === undefined) missing('territoryId')
  if (meta.schemaVersion === 0) missing('schemaVersion')
  else if (meta.schemaVersion > currentSchemaVersion) issues.push(tooNew)
  return issues
}

const tooNew: SchemaIssue = {
  path: 'meta.schemaVersion',
  code: 'document/too-new',
  message: 'This record was written by a newer version of the app',
}

function readEntries(doc: Y.Doc, spec: CollectionSpec, issues: SchemaIssue[]): unknown[] {
  const entries: unknown[] = []
  readRootMap(doc, spec.root, issues)?.forEach((entry, id) => {
    const prefix = `${spec.root}.${id}`
    if (entry instanceof Y.Map && idPattern.test(id))
      entries.push({ ...readValues(entry as Y.Map<unknown>, spec.fields, { prefix, issues }), id })
    else
      issues.push({
        path: prefix,
        code: 'entry/invalid',
        message: `Not a valid ${spec.singular.toLowerCase()}`,
      })
  })
  // Map order depends on the order of arrival; ids are the same everywhere and, being version 7, sort by age.
  return (entries as { id: string }[]).sort((a, b) => (a.id < b.id ? -1 : 1))
}

function collectProposals(doc: Y.Doc, issues: SchemaIssue[]): Proposal[] {
  const proposals: Proposal[] = []
  readRootMap(doc, 'proposals', issues)?.forEach((stored, id) => {
    if (idPattern.test(id) && isPlainJson(stored) && proposalSchema.safeParse(stored).success)
      proposals.push({ ...(stored as StoredProposal), id })
    else issues.push({ path: `proposals.${id}`, code: 'entry/invalid', message: 'Not a valid proposal' })
  })
  return proposals.sort((a, b) => a.proposedAt - b.proposedAt || (a.id < b.id ? -1 : 1))
}

/** All proposals, oldest first; damaged ones are left out. */
export function readProposals(doc: Y.Doc): Proposal[] {
  return collectProposals(doc, [])
}

function collectConflicts(doc: Y.Doc, issues: SchemaIssue[]): Conflict[] {
  const conflicts: Conflict[] = []
  readRootMap(doc, 'conflicts', issues)?.forEach((stored, id) => {
    if (idPattern.test(id) && isPlainJson(stored) && conflictSchema.safeParse(stored).success)
      conflicts.push({ ...(stored as StoredConflict), id })
    else issues.push({ path: `conflicts.${id}`, code: 'entry/invalid', message: 'Not a valid conflict' })
  })
  return conflicts.sort((a, b) => a.openedAt - b.openedAt || (a.id < b.id ? -1 : 1))
}

/** All conflicts, open and resolved, oldest first; damaged ones are left out. */
export function readConflicts(doc: Y.Doc): Conflict[] {
  return collectConflicts(doc, [])
}

/** All files of the record, damaged entries left out; without reading the rest of it. */
export function readAttachments(doc: Y.Doc): Attachment[] {
  const { kind } = readMeta(doc)
  const collection = kindSpec(kind ?? 'kpi').collections.find(({ root }) => root === 'attachments')
  return collection === undefined ? [] : (readEntries(doc, collection, []) as Attachment[])
}

/** Decisions that the server has not carried out yet, in the order in which they were made. */
export function readDecisions(doc: Y.Doc): Decision[] {
  const decisions: Decision[] = []
  readRootMap(doc, 'decisions', [])?.forEach((stored, id) => {
    const decision = idPattern.test(id) ? parseDecision(stored) : undefined
    if (decision !== undefined) decisions.push({ ...decision, id })
  })
  return decisions.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
}

/** Roots that some client invented. Yjs can neither delete nor rename them. */
function unknownRoots(doc: Y.Doc, kind: DocumentKind): SchemaIssue[] {
  const issues: SchemaIssue[] = []
  for (const path of doc.share.keys())
    if (!rootSpec(kind, path))
      issues.push({ path, code: 'path/unknown', message: 'There is no such part of a record' })
  return issues
}

function readKind(doc: Y.Doc, kind: DocumentKind): Reading<Record<string, unknown>> {
  const spec = kindSpec(kind)
  const meta = readMeta(doc)
  const issues = [...metaIssues(meta, kind), ...unknownRoots(doc, kind)]
  const view: Record<string, unknown> = {
    kind,
    meta,
    fields: readValues(readRootMap(doc, 'fields', issues), spec.fields, { prefix: 'fields', issues }),
    notes: readRootNotes(doc, issues),
    texts: Object.fromEntries(spec.texts.map(({ name, path }) => [name, readRootText(doc, path, issues)])),
    proposals: collectProposals(doc, issues),
    conflicts: collectConflicts(doc, issues),
  }
  for (const { root, fields } of spec.pinned)
    view[root] = readValues(readRootMap(doc, root, issues), fields, { prefix: root, issues })
  for (const collection of spec.collections) view[collection.root] = readEntries(doc, collection, issues)
  return { view, issues }
}

// The description and the view types come from the same constants, so the shape built by readKind is the view's.

export function readOpportunity(doc: Y.Doc): Reading<OpportunityView> {
  return readKind(doc, 'opportunity') as Reading<unknown> as Reading<OpportunityView>
}

export function readContact(doc: Y.Doc): Reading<ContactView> {
  return readKind(doc, 'contact') as Reading<unknown> as Reading<ContactView>
}

export function readKpi(doc: Y.Doc): Reading<KpiView> {
  return readKind(doc, 'kpi') as Reading<unknown> as Reading<KpiView>
}

export function readDocument(doc: Y.Doc, kind: DocumentKind): Reading<DocumentView> {
  return readKind(doc, kind) as Reading<unknown> as Reading<DocumentView>
}

/** Device time (ms) of the last edit of a path, or of the entry it belongs to; undefined if nobody stated one. */
export function readEditedAt(doc: Y.Doc, path: string): number | undefined {
  const edited = readRootMap(doc, 'edited', [])
  const { root, id, key } = parsePath(path)
  const places = id !== undefined && key !== undefined ? [path, formatPath({ root, id })] : [path]
  return places
    .map((place) => edited?.get(place))
    .find((time): time is number => typeof time === 'number' && Number.isFinite(time))
}
