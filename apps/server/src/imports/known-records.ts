import type { DocumentName, ImportKind } from '@fulqrun/protocol'
import { ImportMatches } from '@fulqrun/schema'
import type { CatalogueRow } from '../store/document-store.ts'

/** A record that may be the one a row is about. */
export interface KnownRecord {
  readonly name: DocumentName
  readonly title: string
}

/** The records of one kind among rows of the catalogue, by what tells that a row of a file is about one of them. */
export function knownRecords(kind: ImportKind, rows: Iterable<CatalogueRow>): ImportMatches<KnownRecord> {
  const known = new ImportMatches<KnownRecord>(kind)
  for (const row of rows) {
    const { document: name, title } = row
    if (row.kind === kind) known.add(valuesOf(kind, row), title, { name, title })
  }
  return known
}

function valuesOf(kind: ImportKind, { title, summary }: CatalogueRow): Readonly<Record<string, unknown>> {
  return kind === 'contact'
    ? { 'fields.npi': summary['npi'], 'fields.email': summary['email'] }
    : { 'fields.name': title, 'fields.account': summary['account'] }
}
