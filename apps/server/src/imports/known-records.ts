import type { DocumentName, ImportKind } from '@fulqrun/protocol'
import { type ImportKey, importKeys } from '@fulqrun/schema'
import type { CatalogueRow } from '../store/document-store.ts'

/** A record that may be the one a row is about. */
export interface KnownRecord {
  readonly name: DocumentName
  readonly title: string
  readonly npi: string | undefined
}

/** The records of one kind in somebody's reach, by what tells that a row is about one of them. */
export class KnownRecords {
  readonly #records = new Map<string, KnownRecord>()

  constructor(kind: ImportKind, rows: Iterable<CatalogueRow>) {
    for (const row of rows) {
      if (row.kind !== kind) continue
      const { document: name, title, summary } = row
      const npi = summary['npi']
      const known = { name, title, npi: typeof npi === 'string' ? npi : undefined }
      for (const { key } of importKeys(kind, valuesOf(kind, row)))
        if (!this.#records.has(key)) this.#records.set(key, known)
    }
  }

  /** The record that a row is about, and how that is known. Two people may share an address of mail, but no NPI. */
  find(kind: ImportKind, values: Readonly<Record<string, unknown>>): KnownRecord | undefined {
    const npi = values['fields.npi']
    for (const { key } of importKeys(kind, values)) {
      const known = this.#records.get(key)
      if (known === undefined) continue
      const isOther = npi !== undefined && known.npi !== undefined && known.npi !== npi
      if (!isOther) return known
    }
    return undefined
  }
}

function valuesOf(kind: ImportKind, { title, summary }: CatalogueRow): Readonly<Record<string, unknown>> {
  return kind === 'contact'
    ? { 'fields.npi': summary['npi'], 'fields.email': summary['email'] }
    : { 'fields.name': title, 'fields.account': summary['account'] }
}

/** Rows of one request by their keys: two of them are not about one record. */
export class SeenRows {
  readonly #rows = new Map<string, number>()

  /** The earlier row with the stronger key of this one, if there is one. */
  repeats(
    row: number,
    keys: readonly ImportKey[],
  ): { readonly row: number; readonly key: ImportKey } | undefined {
    const [strongest] = keys
    if (strongest === undefined) return undefined
    const earlier = this.#rows.get(strongest.key)
    if (earlier === undefined) this.#rows.set(strongest.key, row)
    return earlier === undefined ? undefined : { row: earlier, key: strongest }
  }
}
