import { type DocumentKind, type DocumentName, formatDocumentName } from '@fulqrun/protocol'
import { admit, type AdmissionRequest } from '@fulqrun/rules'
import { defineRoots, summarize } from '@fulqrun/schema'
import * as Y from 'yjs'
import type { Description, LogEntry } from '../store/document-store.ts'
import { LastEdits } from '../documents/last-edits.ts'
import { type AuthorId, authorOf, clientOf, serverClient } from './authors.ts'
import { editOffline, type Offline } from './offline-device.ts'
import { randomFor } from './random.ts'
import { recordId } from './record-id.ts'

export interface RecordIdentity {
  readonly organizationId: string
  readonly territoryId: string
  readonly kind: DocumentKind
  readonly id: string
}

export interface StepContext {
  /** Time of the step, ms. */
  readonly now: number
  readonly by: AuthorId
  /** A fresh id for an entry or a proposal, the same at every run. */
  readonly newId: () => string
}

/** One sitting of one author: what they did to the record, when, and why. */
export interface Step {
  readonly at: number
  readonly by: AuthorId
  /** True where the server writes for its author, after checking their role, as the API does. */
  readonly official?: boolean | undefined
  /** True for the decision about a proposal. */
  readonly decides?: boolean | undefined
  readonly reason?: string | undefined
  /** Set for what was written without a network: then the rules may ask somebody, or let another value stand. */
  readonly offline?: Offline | undefined
  readonly change: (document: Y.Doc, context: StepContext) => void
}

/** What a document brings to the log and to the catalogue. */
export interface RecordedDocument {
  readonly name: DocumentName
  readonly entries: readonly LogEntry[]
  readonly description: Description
}

/** Between two steps at least this much time passes, whatever their plan said. */
const pauseMs = 7 * 60_000

/**
 * Writes a record by going through its history: every step is admitted by the same rules as an edit from a device, so
 * demo data cannot hold what people could not have written. Throws when a rule objects to a step.
 */
export function recordDocument(
  identity: RecordIdentity,
  steps: readonly Step[],
  now: number,
): RecordedDocument {
  const { organizationId, kind, id, territoryId } = identity
  const name = formatDocumentName({ organizationId, kind, id })
  const recorder = new Recorder(name, kind)
  const random = randomFor(`entries of ${kind} ${id.slice(-12)}`)
  for (const step of steps) {
    const at = Math.min(Math.max(step.at, recorder.earliest), now)
    recorder.record(step, { now: at, by: step.by, newId: () => recordId(at, random) })
  }
  const { entries } = recorder
  const { title, summary } = recorder.close()
  return {
    name,
    entries,
    description: { document: name, organizationId, kind, territoryId, title, summary: { ...summary } },
  }
}

/** The server's copy of one record while its history is written. */
class Recorder {
  readonly entries: LogEntry[] = []
  readonly #name: DocumentName
  readonly #kind: DocumentKind
  readonly #document: Y.Doc
  readonly #lastEdits = new LastEdits()

  constructor(name: DocumentName, kind: DocumentKind) {
    this.#name = name
    this.#kind = kind
    this.#document = new Y.Doc({ guid: name })
    defineRoots(this.#document, kind)
  }

  /** When the next step may arrive, ms. */
  get earliest(): number {
    return (this.entries.at(-1)?.receivedAt ?? -Infinity) + pauseMs
  }

  /** Admits a step as the server would, and enters it into the log. */
  record(step: Step, context: StepContext): void {
    const author = authorOf(step.by)
    // Whatever the server writes for a step that came from elsewhere, it writes under its own id.
    this.#document.clientID = step.offline === undefined ? clientOf(step.by) : serverClient
    const { update, changes, putBack, failure, faults } = admit({
      document: this.#document,
      kind: this.#kind,
      author,
      authority: step.official === true ? 'server' : 'client',
      receivedAt: context.now,
      ...this.#changeOf(step, context),
      origin: 'demo',
      creates: this.entries.length === 0,
      lastEdit: (path) => this.#lastEdits.of(path),
      ...(step.reason === undefined ? {} : { reason: step.reason }),
      ...(step.decides === true ? { action: 'decide' } : {}),
    })
    if (failure !== undefined) throw failure
    if (faults.length > 0) throw new AggregateError(faults, `a demo step of ${this.#name} was not judged`)
    const objections = putBack.filter(
      ({ conflictId }) => step.offline === undefined || conflictId === undefined,
    )
    if (update === undefined || objections.length > 0)
      throw new Error(`a demo step of ${this.#name} was not admitted: ${JSON.stringify(objections)}`)
    const entry: LogEntry = {
      document: this.#name,
      update,
      author: { id: author.id, name: author.name },
      origin: 'demo',
      receivedAt: context.now,
      changes,
    }
    this.#lastEdits.note(entry)
    this.entries.push(entry)
  }

  /** The summary of what has come of it. */
  close(): ReturnType<typeof summarize> {
    const summary = summarize(this.#document, this.#kind)
    this.#document.destroy()
    return summary
  }

  #changeOf(step: Step, context: StepContext): Pick<AdmissionRequest, 'change' | 'update'> {
    const { offline } = step
    if (offline === undefined) return { change: (target) => step.change(target, context) }
    const seen = this.entries.length - offline.unseen
    const lastSeen = this.entries[seen - 1]?.receivedAt ?? context.now
    const writtenAt = Math.min(Math.max(offline.writtenAt, lastSeen + pauseMs), context.now)
    const update = editOffline({
      kind: this.#kind,
      by: step.by,
      entries: this.entries,
      seen,
      change: (copy) => step.change(copy, { ...context, now: writtenAt }),
    })
    return { update, change: (target) => Y.applyUpdate(target, update.bytes) }
  }
}
