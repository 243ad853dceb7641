/**
 * Who wrote the value that stands at a path, and when: what a document itself does not say. The server keeps it in
 * memory for every open document, from the log.
 */
export interface LastEdit {
  /** User id. */
  readonly author: string
  /** False for the system's own changes: a person's edit beats them. */
  readonly isPerson: boolean
  /** Device time of the edit, never later than its receipt (ms). */
  readonly editedAt: number
  /** Server time (ms). */
  readonly receivedAt: number
  /** The value that stood before; for a removed entry, what it held. */
  readonly before?: unknown
}
