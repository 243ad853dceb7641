import { type DocumentKind, type DocumentName, formatDocumentName } from '@fulqrun/protocol'
import { admit } from '@fulqrun/rules'
import { defineRoots, summarize } from '@fulqrun/schema'
import * as Y from 'yjs'
import type { Description, LogEntry } from '../store/document-store.ts'
import { type AuthorId, authorOf, clientOf } from './authors.ts'
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
  const document = new Y.Doc({ guid: name })
  defineRoots(document, kind)
  const random = randomFor(`entries of ${kind} ${id.slice(-12)}`)
  const entries: LogEntry[] = []
  for (const step of steps) {
    const earliest = (entries.at(-1)?.receivedAt ?? -Infinity) + pauseMs
    const at = Math.min(Math.max(step.at, earliest), now)
    document.clientID = clientOf(step.by)
    const context: StepContext = { now: at, by: step.by, newId: () => recordId(at, random) }
    entries.push(admitStep({ name, kind, document, step, context, creates: entries.length === 0 }))
  }
  const { title, summary } = summarize(document, kind)
  document.destroy()
  return {
    name,
    entries,
    description: { document: name, organizationId, kind, territoryId, title, summary: { ...summary } },
  }
}

function admitStep(options: {
  readonly name: DocumentName
  readonly kind: DocumentKind
  readonly document: Y.Doc
  readonly step: Step
  readonly context: StepContext
  readonly creates: boolean
}): LogEntry {
  const { name, kind, document, step, context, creates } = options
  const author = authorOf(step.by)
  const { update, changes, putBack, failure } = admit({
    document,
    kind,
    author,
    authority: step.official === true ? 'server' : 'client',
    receivedAt: context.now,
    change: (target) => step.change(target, context),
    origin: 'demo',
    creates,
    ...(step.reason === undefined ? {} : { reason: step.reason }),
    ...(step.decides === true ? { action: 'decide' } : {}),
  })
  if (failure !== undefined) throw failure
  if (update === undefined || putBack.length > 0)
    throw new Error(`a demo step of ${name} was not admitted: ${JSON.stringify(putBack)}`)
  return {
    document: name,
    update,
    author: { id: author.id, name: author.name },
    origin: 'demo',
    receivedAt: context.now,
    changes,
  }
}
