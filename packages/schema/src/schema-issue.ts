/** Something in a document that is not as the schema says. Never holds the value, so it may be logged. */
export interface SchemaIssue {
  /** Where; empty for the whole document. */
  readonly path: string
  readonly code: SchemaIssueCode
  /** In words for the person who edits. */
  readonly message: string
}

export type SchemaIssueCode =
  | 'value/invalid'
  | 'value/missing'
  | 'value/legacy'
  | 'path/unknown'
  | 'entry/invalid'
  | 'root/wrong-type'
  | 'document/wrong-kind'
  | 'document/too-new'

/** A command was called with something that no screen should let through. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError'
  readonly code: SchemaIssueCode
  readonly path: string

  constructor({ path, code, message }: SchemaIssue) {
    super(`${path}: ${message}`)
    this.code = code
    this.path = path
  }
}
