import type {
  ChangeAction,
  ChangeOrigin,
  ChangeRecord,
  DocumentName,
  ErrorCode,
  PutBackPath,
} from '@fulqrun/protocol'
import {
  type AdmissionRequest,
  type Author,
  admit,
  type DecodedUpdate,
  type PolicyTable,
} from '@fulqrun/rules'
import { defineRoots } from '@fulqrun/schema'
import * as Y from 'yjs'
import type { GroupCommit, Ticket } from '../log/group-commit.ts'
import type { Logger } from '../logger.ts'
import { admissionOrigin } from './admission-origin.ts'
import type { DocumentIndex } from './document-index.ts'
import type { DocumentShelf } from './document-shelf.ts'
import { withMarks } from './entry-marks.ts'

/** What became of one incoming update. */
export interface Verdict {
  /** Its acknowledgement is due when this is durable. */
  readonly ticket: Ticket
  /** Why it was not admitted; absent when it was. */
  readonly code?: ErrorCode | undefined
  readonly quarantineId?: string | undefined
  readonly putBack: readonly PutBackPath[]
}

/** A change that the server makes on behalf of somebody whose right to it has been checked. */
export interface ServerEdit {
  readonly author: Author
  readonly origin: ChangeOrigin
  readonly change: (document: Y.Doc) => void
  readonly action?: ChangeAction | undefined
  readonly reason?: string | undefined
  /** `client` for what a person does by way of the server, as restoring a value: judged as if their device had done it. */
  readonly authority?: 'client' | undefined
}

/** A change as it comes to the desk: everything that could be asked before it was made has been asked. */
interface Edit extends Omit<ServerEdit, 'authority'> {
  readonly authority: 'client' | 'server'
  /** True when the document does not exist yet. */
  readonly creates: boolean
  readonly update?: DecodedUpdate | undefined
}

interface Admitted extends Verdict {
  readonly changes: readonly ChangeRecord[]
}

interface DeskOptions {
  readonly commit: Pick<GroupCommit, 'append' | 'describeNow' | 'last'>
  readonly logger: Logger
  readonly now: () => number
  readonly policyOf?: ((organizationId: string) => PolicyTable) | undefined
  readonly index: DocumentIndex
  readonly shelf: Pick<DocumentShelf, 'ledgerOf'>
}

/** Makes changes under the rules, and hands what came of them to the log in the same turn. */
export class AdmissionDesk {
  readonly #options: DeskOptions

  constructor(options: DeskOptions) {
    this.#options = options
  }

  /** Throws when a change does that is made here and not applied from an update. */
  admit(document: Y.Doc, name: DocumentName, edit: Edit): Admitted {
    const { author, origin, creates } = edit
    const ledger = this.#options.shelf.ledgerOf(name)
    const request = this.#requestOf(document, name, edit)
    const { receivedAt } = request
    const { result, marks } = withMarks(document, () => admit(request))
    const { changes, putBack, update, failure, faults } = result
    for (const fault of faults) {
      this.#options.logger.error({ err: fault, document: name }, 'a part of a change could not be judged')
    }
    let ticket = this.#options.commit.last
    if (update !== undefined) {
      const isMoved = changes.some(({ path, action }) => path === 'meta.territoryId' && action !== 'put-back')
      if (creates || isMoved) this.#options.index.place(name, document)
      const by = { id: author.id, name: author.name }
      const entry = { document: name, update, author: by, origin, receivedAt, changes, ...marks }
      ticket = this.#options.commit.append(entry, {
        describe: changes.some((change) => change.action !== 'text'),
      })
      // Who may see it is in the row: it is on disk with the move.
      if (isMoved) this.#options.commit.describeNow(name)
      ledger?.append(entry)
    }
    if (failure === undefined) return { ticket, putBack, changes }
    if (edit.update === undefined) throw failure
    // Yjs could not integrate all of it. What it did integrate has been judged and logged like any other change.
    this.#options.logger.error({ err: failure, document: name }, 'an update failed half-way')
    return { ticket, putBack, changes, code: 'update/malformed' }
  }

  /**
   * What a change would come to, judged by the same rules on a copy: nothing of it is kept, logged or told.
   *
   * @param document absent when it does not exist yet
   */
  rehearse(document: Y.Doc | undefined, name: DocumentName, edit: Edit): readonly ChangeRecord[] {
    const copy = new Y.Doc()
    try {
      defineRoots(copy, this.#options.index.kindOf(name))
      if (document !== undefined) Y.applyUpdate(copy, Y.encodeStateAsUpdate(document), admissionOrigin)
      const { changes, failure } = admit(this.#requestOf(copy, name, edit))
      if (failure !== undefined) throw failure
      return changes
    } finally {
      copy.destroy()
    }
  }

  #requestOf(document: Y.Doc, name: DocumentName, edit: Edit): AdmissionRequest {
    const ledger = this.#options.shelf.ledgerOf(name)
    const { author, authority, creates, change, update, reason, action } = edit
    return {
      document,
      kind: this.#options.index.kindOf(name),
      author,
      authority,
      receivedAt: this.#options.now(),
      change,
      update,
      origin: admissionOrigin,
      creates,
      lastEdit: (path) => ledger?.lastEdits.of(path),
      authorOfClient: (clientId) => ledger?.clientIds.ownerOf(clientId),
      table: this.#options.policyOf?.(this.#options.index.scopeOf(name).organizationId),
      reason,
      action,
    }
  }
}

/**
 * Applies an update or throws. What Yjs cannot integrate it keeps beside the document, to apply it during somebody
 * else's update, in their name: that is taken out again (ADM-13).
 */
export function applyWhole(document: Y.Doc, update: Uint8Array): void {
  Y.applyUpdate(document, update, admissionOrigin)
  const { store } = document
  if (store.pendingStructs === null && store.pendingDs === null) return
  store.pendingStructs = null
  store.pendingDs = null
  throw new Error('a part of the update builds on nothing')
}
