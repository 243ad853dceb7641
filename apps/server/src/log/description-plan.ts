import type { DocumentName } from '@fulqrun/protocol'

/** Place in the log's order, as in `group-commit.ts`. */
type Ticket = number

/** Longer than a turn of a conversation, shorter than anybody waits for a list. */
const windowMs = 1000
/** Descriptions that were put off and are made up for in one batch: summing up is not to hold up the event loop. */
const maxOverdue = 100

/**
 * When documents are summed up for lists. Summing up costs more than admitting an edit, so a document that is edited on
 * and on is described with its first edit and then about once a second (LOG-7).
 *
 * wanted -> due, or put off when it was described in this window -> being written -> done
 */
export class DescriptionPlan {
  /** With the ticket of the entry that asked first: no description is written ahead of it. */
  readonly #due = new Map<DocumentName, Ticket>()
  readonly #putOff = new Map<DocumentName, Ticket>()
  /** Put off in a window that is over. */
  readonly #overdue = new Map<DocumentName, Ticket>()
  #writing: ReadonlySet<DocumentName> = new Set()
  /** Described in this window. */
  readonly #recent = new Set<DocumentName>()
  readonly #onOverdue: () => void
  #window: ReturnType<typeof setTimeout> | undefined

  /**
   * @param onOverdue something that was put off may be written now
   */
  constructor(onOverdue: () => void) {
    this.#onOverdue = onOverdue
  }

  want(document: DocumentName, ticket: Ticket): void {
    if (this.isWaiting(document)) return
    if (this.#recent.has(document)) this.#putOff.set(document, ticket)
    else this.#due.set(document, ticket)
  }

  /** Whether a document may hold something that its description on disk does not. */
  isPending(document: DocumentName): boolean {
    return this.isWaiting(document) || this.#writing.has(document)
  }

  /** Whether a description of a document is wanted that no batch has taken yet. */
  isWaiting(document: DocumentName): boolean {
    return this.#due.has(document) || this.#putOff.has(document) || this.#overdue.has(document)
  }

  /** All documents of which {@link isPending} holds. */
  get pending(): ReadonlySet<DocumentName> {
    return new Set([...this.#due.keys(), ...this.#putOff.keys(), ...this.#overdue.keys(), ...this.#writing])
  }

  get hasDue(): boolean {
    return this.#due.size > 0 || this.#overdue.size > 0
  }

  /** What was put off is due now: of one document, or of all. */
  hasten(document?: DocumentName): void {
    for (const waiting of [this.#putOff, this.#overdue])
      for (const [name, ticket] of waiting) {
        if (document !== undefined && name !== document) continue
        waiting.delete(name)
        this.#due.set(name, ticket)
      }
  }

  /** What is to be described in a batch that holds everything up to a ticket. */
  take(upTo: Ticket): readonly DocumentName[] {
    const taken: DocumentName[] = []
    for (const [document, ticket] of this.#due) {
      if (ticket > upTo) continue
      this.#due.delete(document)
      taken.push(document)
    }
    const most = taken.length + maxOverdue
    for (const document of this.#overdue.keys()) {
      if (taken.length >= most) break
      this.#overdue.delete(document)
      taken.push(document)
    }
    this.#writing = new Set(taken)
    for (const document of taken) this.#recent.add(document)
    if (taken.length > 0) this.#openWindow()
    return taken
  }

  /** What was taken last is on disk; answers what it was. */
  written(): ReadonlySet<DocumentName> {
    const documents = this.#writing
    this.#writing = new Set()
    return documents
  }

  stop(): void {
    clearTimeout(this.#window)
  }

  #openWindow(): void {
    if (this.#window !== undefined) return
    this.#window = setTimeout(() => this.#closeWindow(), windowMs)
    // What a process that ends has put off is described at the next start.
    this.#window.unref()
  }

  #closeWindow(): void {
    this.#window = undefined
    this.#recent.clear()
    for (const [document, ticket] of this.#putOff) this.#overdue.set(document, ticket)
    this.#putOff.clear()
    if (this.#overdue.size > 0) this.#onOverdue()
  }
}
