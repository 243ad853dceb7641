/**
 * Names of documents: `<organizationId>/<kind>/<uuid v7>`.
 *
 * The name carries the organization so that no lookup is needed to keep organizations apart, and the kind so that
 * both sides know the schema before the first byte of content. Ids are made on the device: a record can be created
 * without a network.
 */

export const documentKinds = ['opportunity', 'contact', 'kpi'] as const
export type DocumentKind = (typeof documentKinds)[number]

declare const documentNameBrand: unique symbol
/** A document name that has been parsed; made only by {@link parseDocumentName} and {@link formatDocumentName}. */
export type DocumentName = string & { readonly [documentNameBrand]: true }

export interface DocumentNameParts {
  readonly organizationId: string
  readonly kind: DocumentKind
  /** UUID of the record. New ids are version 7; any version is read. */
  readonly id: string
}

const organizationPattern = /^[A-Za-z0-9_-]{1,64}$/
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

export function isDocumentKind(value: unknown): value is DocumentKind {
  return (documentKinds as readonly unknown[]).includes(value)
}

/** Splits a document name, or returns undefined when `name` is not one. */
export function parseDocumentName(name: string): DocumentNameParts | undefined {
  const parts = name.split('/')
  if (parts.length !== 3) return undefined
  const [organizationId = '', kind = '', id = ''] = parts
  if (!organizationPattern.test(organizationId) || !isDocumentKind(kind) || !uuidPattern.test(id))
    return undefined
  return { organizationId, kind, id }
}

export function isDocumentName(name: string): name is DocumentName {
  return parseDocumentName(name) !== undefined
}

/** Joins the parts to a name. Throws a RangeError when a part is malformed, which is a programming error. */
export function formatDocumentName(parts: DocumentNameParts): DocumentName {
  const name = `${parts.organizationId}/${parts.kind}/${parts.id}`
  if (!isDocumentName(name)) throw new RangeError(`not a document name: ${name}`)
  return name
}
