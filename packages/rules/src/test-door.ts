import type { ChangeRecord, DocumentKind, Role } from '@fulqrun/protocol'
import { formatPath, parsePath } from '@fulqrun/schema'
import * as Y from 'yjs'
import { admit, type Admission } from './admission.ts'
import { decodeUpdate } from './decoded-update.ts'
import type { LastEdit } from './last-edit.ts'
import type { PolicyTable } from './policy.ts'
import { inspectUpdate } from './update-inspection.ts'

/**
 * Admission as the server calls it, for the schedules of the testkit: looks at an update, admits it with its author and
 * the clock, and remembers the last edits from what was admitted. After a restart it has them from the log alone.
 */

interface Person {
  readonly id: string
  readonly name: string
  readonly role: Role
}

interface Admitted {
  readonly person: Person
  readonly receivedAt: number
  readonly changes: readonly ChangeRecord[]
}

interface Arriving {
  readonly document: Y.Doc
  readonly kind: DocumentKind
  readonly person: Person
  readonly receivedAt: number
}

type Outcome =
  { readonly sort: 'incomplete' } | { readonly sort: 'refused' } | (Admission & { readonly sort: 'admitted' })

/** Not one of the changes that say what stands at their path now. */
const sayNothing: ReadonlySet<ChangeRecord['action']> = new Set(['put-back', 'conflict', 'propose', 'text'])

export class TestDoor {
  readonly table: PolicyTable | undefined
  readonly #lastEdits = new Map<string, LastEdit>()

  constructor(table?: PolicyTable) {
    this.table = table
  }

  receive({ update, ...arriving }: Arriving & { readonly update: Uint8Array }): Outcome {
    const decoded = decodeUpdate(update)
    if (decoded === undefined) return { sort: 'refused' }
    const inspection = inspectUpdate(arriving.document, decoded)
    if (inspection === 'incomplete') return { sort: 'incomplete' }
    if (inspection !== 'fit') return { sort: 'refused' }
    return this.#admit(arriving, {
      authority: 'client',
      update: decoded,
      change: (document) => Y.applyUpdate(document, update),
    })
  }

  edit({ change, ...arriving }: Arriving & { readonly change: (document: Y.Doc) => void }): Outcome {
    return this.#admit(arriving, { authority: 'server', change })
  }

  restarted(_document: Y.Doc, log: readonly Admitted[]): void {
    this.#lastEdits.clear()
    for (const entry of log) this.#remember(entry)
  }

  #admit(
    { person, ...arriving }: Arriving,
    rest: Pick<Parameters<typeof admit>[0], 'authority' | 'update' | 'change'>,
  ): Outcome {
    const admission = admit({
      ...arriving,
      ...rest,
      author: person,
      table: this.table,
      lastEdit: (path) => this.#lastEdits.get(path),
    })
    if (admission.failure !== undefined)
      throw new Error('an update that fits failed', { cause: admission.failure })
    this.#remember({ person, receivedAt: arriving.receivedAt, changes: admission.changes })
    return { ...admission, sort: 'admitted' }
  }

  #remember({ person, receivedAt, changes }: Admitted): void {
    for (const change of changes) {
      // Written and written over in the same change: it never stood.
      if (sayNothing.has(change.action) || change.rule === 'ADM-12') continue
      const { path, editedAt, before } = change
      this.#lastEdits.set(path, { author: person.id, isPerson: true, editedAt, receivedAt, before })
      const { root, id, key } = parsePath(path)
      if (id !== undefined && key === undefined) this.#forgetBelow(formatPath({ root, id }))
    }
  }

  /** A whole entry was added or removed: what was said about its fields is over. */
  #forgetBelow(path: string): void {
    for (const known of this.#lastEdits.keys())
      if (known.startsWith(`${path}.`)) this.#lastEdits.delete(known)
  }
}
