import { createHash } from 'node:crypto'
import type { ChangeRecord, DocumentKind, DocumentName, ErrorCode } from '@fulqrun/protocol'
import {
  type Author,
  checkCreation,
  type DecodedUpdate,
  decodeUpdate,
  inspectUpdate,
  type PolicyTable,
} from '@fulqrun/rules'
import { migrate } from '@fulqrun/schema'
import type { Document } from '@hocuspocus/server'
import * as Y from 'yjs'
import { canWrite, type DocumentScope, type Principal } from '../accounts/principal.ts'
import type { GroupCommit } from '../log/group-commit.ts'
import type { Logger } from '../logger.ts'
import type {
  CatalogueQuery,
  CatalogueRow,
  Description,
  DocumentStore,
  LogEntry,
} from '../store/document-store.ts'
import { AdmissionDesk, applyWhole, type ServerEdit, type Verdict } from './admission-desk.ts'
import { contradicts, newClientIds } from './client-ids.ts'
import { DocumentIndex, kindOf } from './document-index.ts'
import { DocumentShelf } from './document-shelf.ts'

export type { ServerEdit, Verdict } from './admission-desk.ts'

export interface DocumentHostOptions {
  readonly store: DocumentStore
  readonly commit: GroupCommit
  readonly logger: Logger
  readonly now: () => number
  /**
   * Whether devices may bring back, at that time, what a killed process had sent around and not stored: content under
   * the client id of somebody else is no forgery then, and says nothing about whose id it is.
   */
  readonly isRelayTime?: ((at: number) => boolean) | undefined
  /** A document has come to be in a territory or has left it: whoever has it open and may not see it has to go. */
  readonly onPlaced?: ((name: DocumentName) => void) | undefined
  /** The rules in force in an organization, asked for with every update; those of the product when absent. */
  readonly policyOf?: ((organizationId: string) => PolicyTable) | undefined
}

/** Who has a document removed, and why; their right to it has been checked. */
export interface RemovalOrder {
  readonly author: Pick<Author, 'id' | 'name'>
  readonly reason: string
}

/** An update from a device, before anybody has decided about it. */
interface Incoming {
  readonly document: Y.Doc
  readonly name: DocumentName
  readonly principal: Principal
  readonly update: Uint8Array
  /** True when the document does not exist yet. */
  readonly creates: boolean
}

/**
 * The documents at the server, and the one door through which every change of them enters ({@link admit}). Each
 * admitted change goes to the log in the same turn.
 *
 * - DOC-2 Nothing that was refused is lost: it is in the quarantine, with its author and the reason.
 * - DOC-4 A Yjs client id belongs to whoever wrote under it first, so that nobody can pass off content as a colleague's
 *   and make the colleague's own count as known already (SYNC 24).
 * - DOC-3 A document comes to be by its first update, which must say what it is and where it belongs.
 * - DOC-5 Two records under one name are never merged: the copy of the other one is refused whole (SYNC 15).
 */
export class DocumentHost {
  readonly shelf: DocumentShelf
  readonly #options: DocumentHostOptions
  readonly #index: DocumentIndex
  readonly #desk: AdmissionDesk

  private constructor(options: DocumentHostOptions, index: DocumentIndex) {
    this.#options = options
    this.#index = index
    this.shelf = new DocumentShelf({
      ...options,
      isRelayTime: (at) => this.#isRelayTime(at),
      onFilled: (name, document) => this.#migrate(name, document),
    })
    this.#desk = new AdmissionDesk({ ...options, index, shelf: this.shelf })
  }

  static async open(options: DocumentHostOptions): Promise<DocumentHost> {
    return new DocumentHost(options, await DocumentIndex.open(options))
  }

  /** Where a document belongs; the territory is undefined until it has been created. */
  scopeOf(name: DocumentName): DocumentScope {
    return this.#index.scopeOf(name)
  }

  exists(name: DocumentName): boolean {
    return this.#index.exists(name)
  }

  /** Whether a document was removed: nothing of it is to be had but its history. */
  isRemoved(name: DocumentName): boolean {
    return this.#index.isRemoved(name)
  }

  /** Keeps a document loaded while `use` runs. */
  withDocument<T>(name: DocumentName, use: (document: Document) => T | Promise<T>): Promise<T> {
    return this.shelf.withDocument(name, use)
  }

  /**
   * Rows of an organization's catalogue, by head, as documents are now: one whose row on disk is behind is described for
   * this answer (LOG-8).
   */
  async catalogue(organizationId: string, query: CatalogueQuery): Promise<readonly CatalogueRow[]> {
    const { store, commit } = this.#options
    // Asked before the rows are read, so that one that is renewed meanwhile is not missed.
    const undescribed = commit.undescribed
    const rows = await store.catalogue(organizationId, query)
    return rows.map((row) => {
      const { document } = row
      return undescribed.has(document) || commit.isUndescribed(document)
        ? { ...row, ...this.describe(document) }
        : row
    })
  }

  /** The catalogue's row of a document, from what it holds now; undefined while it is not loaded or not created. */
  describe(name: DocumentName): Description | undefined {
    const document = this.shelf.documentOf(name)
    return document === undefined ? undefined : this.#index.describe(name, document)
  }

  /**
   * Admits an update from a device, or says why not. `incomplete` when it builds on something that has not arrived:
   * nothing was done with it, and whoever holds it may offer it again together with more. Never throws.
   */
  admitFromClient(
    document: Y.Doc,
    name: DocumentName,
    principal: Principal,
    update: Uint8Array,
  ): Verdict | 'incomplete' {
    const outcome = this.offerFromClient(document, name, principal, update)
    if (typeof outcome !== 'string' || outcome === 'incomplete') return outcome
    return this.refuse(name, principal, update, outcome)
  }

  /** The same, but what is not admitted is not kept either: only why is answered, and it is for the caller to refuse it. */
  offerFromClient(
    document: Y.Doc,
    name: DocumentName,
    principal: Principal,
    update: Uint8Array,
  ): Verdict | 'incomplete' | ErrorCode {
    if (isEmptyUpdate(update)) return { ticket: this.#options.commit.last, putBack: [] }
    if (this.isRemoved(name)) return 'document/removed'
    const decoded = decodeUpdate(update)
    if (decoded === undefined) return 'update/malformed'
    const inspection = inspectUpdate(document, decoded)
    if (inspection === 'incomplete') return inspection
    if (inspection === 'foreign') return 'document/outdated'
    if (inspection !== 'fit') return 'update/malformed'
    const creates = !this.exists(name)
    const code = this.#refusal({ document, name, principal, update, creates })
    if (code === 'known') return { ticket: this.#options.commit.last, putBack: [] }
    if (code !== undefined) return code
    const clientIds = newClientIds(document, decoded)
    if (!this.#mayWriteUnder(document, name, principal, clientIds)) return 'update/malformed'
    if (this.#isForked(document, name, principal, decoded)) return 'update/malformed'
    try {
      const verdict = this.#desk.admit(document, name, {
        author: { ...principal.user, role: principal.role },
        authority: 'client',
        origin: 'device',
        creates,
        change: (target) => applyWhole(target, update),
        update: decoded,
      })
      if (verdict.code !== undefined) return verdict.code
      if (!this.#mayBeRelayed()) this.shelf.ledgerOf(name)?.clientIds.claim(principal.user.id, clientIds)
      return verdict
    } catch (error) {
      // Nothing is known to have been applied; the client sends it again (SYNC 6).
      this.#options.logger.error({ err: error, document: name }, 'an update could not be admitted')
      return 'update/not-applied'
    }
  }

  /** A client id belongs to whoever wrote under it first, and the server's own to nobody else (DOC-4). */
  #mayWriteUnder(
    document: Y.Doc,
    name: DocumentName,
    { user }: Principal,
    clientIds: readonly number[],
  ): boolean {
    if (clientIds.includes(document.clientID)) return false
    return (
      this.#mayBeRelayed() || (this.shelf.ledgerOf(name)?.clientIds.areFreeFor(user.id, clientIds) ?? true)
    )
  }

  /** Somebody else has written under this device's client id: its own writes would be taken for known (DOC-4). */
  #isForked(document: Y.Doc, name: DocumentName, { user }: Principal, update: DecodedUpdate): boolean {
    const owners = this.shelf.ledgerOf(name)?.clientIds
    return contradicts(document, update, (clientId) => (owners?.ownerOf(clientId) ?? user.id) !== user.id)
  }

  #isRelayTime(at: number): boolean {
    return this.#options.isRelayTime?.(at) ?? false
  }

  #mayBeRelayed(): boolean {
    return this.#isRelayTime(this.#options.now())
  }

  /** Whether an update holds something and can be applied to the document as it is. */
  isNewsThatFits(document: Y.Doc, update: Uint8Array): boolean {
    if (isEmptyUpdate(update)) return false
    const decoded = decodeUpdate(update)
    return decoded !== undefined && inspectUpdate(document, decoded) === 'fit'
  }

  /** Keeps an update that is not admitted, with its author and the reason. */
  refuse(name: DocumentName, principal: Principal | undefined, update: Uint8Array, code: ErrorCode): Verdict {
    const authorId = principal?.user.id ?? ''
    // The same bytes come back at every reconnect of a stock provider: one row is enough.
    const id = createHash('sha256').update(`${name}\0${authorId}\0${code}\0`).update(update).digest('hex')
    this.#options.logger.info(
      { document: name, author: authorId, code, bytes: update.byteLength },
      'update refused',
    )
    const ticket = this.#options.commit.quarantine({
      id,
      document: name,
      code,
      authorId,
      receivedAt: this.#options.now(),
      update: update.slice(),
    })
    return { ticket, code, quarantineId: id, putBack: [] }
  }

  /**
   * Makes a change at the server and resolves when it is durable. Rejects when the document cannot be loaded or the
   * change throws.
   */
  async edit(name: DocumentName, edit: ServerEdit): Promise<readonly ChangeRecord[]> {
    return this.withDocument(name, async (document) => {
      const { changes, ticket } = this.#desk.admit(document, name, {
        ...edit,
        authority: edit.authority ?? 'server',
        creates: !this.exists(name),
      })
      await new Promise<void>((resolve) => this.#options.commit.whenDurable(ticket, resolve))
      return changes
    })
  }

  /**
   * What {@link edit} would come to, by the same rules and on a copy: nothing is kept, logged or told. Rejects when the
   * document cannot be loaded or the change throws.
   */
  async rehearse(name: DocumentName, edit: ServerEdit): Promise<readonly ChangeRecord[]> {
    const authority = edit.authority ?? 'server'
    if (!this.exists(name)) return this.#desk.rehearse(undefined, name, { ...edit, authority, creates: true })
    return this.withDocument(name, (document) =>
      this.#desk.rehearse(document, name, { ...edit, authority, creates: false }),
    )
  }

  /**
   * Removes a document for everybody; its log stays. Resolves when that is durable. What reaches it later is refused and
   * kept in quarantine (LST-6).
   */
  async remove(name: DocumentName, { author, reason }: RemovalOrder): Promise<void> {
    const { commit, now } = this.#options
    const receivedAt = now()
    const { id, name: authorName } = author
    const entry: LogEntry = {
      document: name,
      update: emptyUpdate,
      author: { id, name: authorName },
      origin: 'api',
      receivedAt,
      changes: [{ path: 'meta', action: 'delete', editedAt: receivedAt, reason }],
    }
    const ticket = commit.append(entry, { describe: false, removes: true })
    this.shelf.ledgerOf(name)?.append(entry)
    this.#index.remove(name)
    await new Promise<void>((resolve) => commit.whenDurable(ticket, resolve))
  }

  /** Brings a document of an older version to the current layout; an edit of the system like any other. */
  #migrate(name: DocumentName, document: Y.Doc): void {
    if (!this.exists(name)) return
    this.#desk.admit(document, name, {
      author: { id: 'system', name: 'FulQrun', role: 'admin' },
      authority: 'server',
      origin: 'system',
      creates: false,
      change: migrate,
    })
  }

  /** Why an update may not enter; `known` when it holds nothing that the server lacks. */
  #refusal({ document, name, principal, update, creates }: Incoming): ErrorCode | 'known' | undefined {
    const scope = this.scopeOf(name)
    if (!canWrite(principal, scope)) {
      // A reader's answer to the handshake holds what the server already has: that is no attempt to write.
      return Y.snapshotContainsUpdate(Y.snapshot(document), update) ? 'known' : 'access/read-only'
    }
    if (!creates) return undefined
    const kind = kindOf(name)
    return checkCreation(update, kind, (territoryId) => mayCreate(principal, kind, { ...scope, territoryId }))
  }
}

/** KPI sets are made for a territory by its management; opportunities and contacts by whoever works there. */
function mayCreate(principal: Principal, kind: DocumentKind, scope: DocumentScope): boolean {
  if (kind === 'kpi' && principal.role !== 'manager' && principal.role !== 'admin') return false
  return canWrite(principal, scope)
}

const emptyUpdate = new Uint8Array([0, 0])

/** An update without structs and deletions: what a device answers when it has nothing that the server lacks. */
function isEmptyUpdate(update: Uint8Array): boolean {
  return update.byteLength === 2 && update[0] === 0 && update[1] === 0
}
