import type { ImportKind, ImportValue } from '@fulqrun/protocol'
import {
  addEntry,
  createDocument,
  importColumn,
  type ImportColumn,
  propose,
  readContact,
  readMeta,
  readProposals,
  setField,
} from '@fulqrun/schema'
import type * as Y from 'yjs'

/** A row whose values have been checked, as an edit of one record. */
export interface RowEdit {
  readonly kind: ImportKind
  readonly values: Readonly<Record<string, ImportValue>>
  readonly territoryId: string
  /** User id of whoever imports. */
  readonly author: string
  readonly reason: string
  readonly workplaceId: string
  readonly now: number
}

/** What the edit left alone, beside what the rules put back. */
export interface Kept {
  readonly path: string
  readonly why: string
}

const wishes: ReadonlySet<string> = new Set(['fields.doNotCall', 'fields.doNotEmail', 'fields.doNotVisit'])
const wishStays = 'A wish not to be contacted is not taken back by a file.'

/**
 * Writes a row into a record, or begins the record with it. Only what differs is written: an import of what is there
 * already is no edit. IMP-7: a file takes no "do not" wish back.
 */
export function writeRow(document: Y.Doc, edit: RowEdit): readonly Kept[] {
  const kept: Kept[] = []
  const columns = Object.entries(edit.values).flatMap(([path, value]) => {
    const column = importColumn(edit.kind, path)
    return column === undefined ? [] : [{ column, value }]
  })
  if (readMeta(document).kind === undefined) begin(document, edit, columns)
  else
    for (const { column, value } of columns) {
      if (column.how !== 'field' || sameAsStands(document, column, value)) continue
      if (wishes.has(column.path) && value === false) kept.push({ path: column.path, why: wishStays })
      else setField(document, column.path, value, { now: edit.now })
    }
  for (const { column, value } of columns) {
    if (column.how === 'workplace') addWorkplace(document, edit, String(value))
    if (column.how === 'proposal') ask(document, edit, { column, value })
  }
  return kept
}

interface Cell {
  readonly column: ImportColumn
  readonly value: ImportValue
}

function begin(document: Y.Doc, edit: RowEdit, columns: readonly Cell[]): void {
  const { kind, territoryId, author, now } = edit
  const fields = columns
    .filter(({ column }) => column.how === 'field')
    .map(({ column, value }) => [column.spec.key, value] as const)
  createDocument(document, {
    kind,
    territoryId,
    createdBy: author,
    createdAt: now,
    fields: Object.fromEntries(fields),
  })
}

function standing(document: Y.Doc, { path, spec }: ImportColumn): unknown {
  const [root = ''] = path.split('.')
  return document.getMap(root).get(spec.key) ?? spec.default
}

function sameAsStands(document: Y.Doc, column: ImportColumn, value: ImportValue): boolean {
  return JSON.stringify(standing(document, column)) === JSON.stringify(value)
}

/** Beside the places that are there, of which the first one is the main one. */
function addWorkplace(document: Y.Doc, { workplaceId, now }: RowEdit, organization: string): void {
  const { affiliations } = readContact(document).view
  const fold = (name: string) => name.trim().toLowerCase()
  if (affiliations.some((known) => fold(known.organization) === fold(organization))) return
  const isPrimary = affiliations.every((known) => !known.isPrimary)
  addEntry(document, 'affiliations', { organization, isPrimary }, { now, id: workplaceId })
}

/** The same wish is not made twice. */
function ask(document: Y.Doc, { author, now, reason }: RowEdit, { column, value }: Cell): void {
  const { path } = column
  if (sameAsStands(document, column, value)) return
  const isAsked = readProposals(document).some(
    (known) =>
      known.path === path && known.status === 'waiting' && known.author === author && known.value === value,
  )
  if (!isAsked) propose(document, { path, value, author, now, reason })
}
