import { createHash } from 'node:crypto'
import {
  type ChangeAction,
  type ChangeOrigin,
  type ChangeRecord,
  type DocumentKind,
  type DocumentName,
  type ErrorCode,
  parseDocumentName,
  type PutBackPath,
} from '@fulqrun/protocol'
import { type Author, admit, checkCreation, inspectUpdate } from '@fulqrun/rules'
import { defineRoots, migrate, readMeta, summarize } from '@fulqrun/schema'
import type { Document, Hocuspocus } from '@hocuspocus/server'
import * as Y from 'yjs'
import { canWrite, type DocumentScope, type Principal } from '../accounts/principal.ts'
import type { GroupCommit, Ticket } from '../log/group-commit.ts'
import type { Logger } from '../logger.ts'
import type { Description, DocumentStore, Snapshot } from '../store/document-store.ts'
import { ClientIds, clientIdsOf, newClientIds } from './client-ids.ts'

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
}

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
  /** A document has come to be in a territory: whoever waited for it and may not see that territory has to go. */
  readonly onPlaced?: ((name: DocumentName) => void) | undefined
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

/** How much log a loaded document has behind its snapshot. */
interface Tail {
  head: number
  updates: number
  bytes: number
  snapshotBytes: number
}

/** A snapshot is due after this many updates or when the tail outweighs the last snapshot: loading stays fast. */
const maxTailUpdates = 1000
const minTailBytes = 256 * 1024
/** When a document is unloaded with a tail longer than this, a snapshot spares the next load. */
const tailWorthASnapshot = 50

/**
 * Origin of every transaction that admission opens. Hocuspocus must not run its own store hooks for them: the log is
 * the store.
 */
const admissionOrigin = { source: 'local', skipStoreHooks: true } as const

/**
 * The documents at the server: loads and unloads them, and is the one door through which every change enters
 * ({@link admit}). Each admitted change goes to the log in the same turn.
 *
 * - DOC-1 A document with changes that are not on disk is never unloaded (SYNC 3).
 * - DOC-2 Nothing that was refused is lost: it is in the quarantine, with its author and the reason.
 * - DOC-4 A Yjs client id belongs to whoever wrote under it first, so that nobody can pass off content as a colleague's
 *   and make the colleague's own count as known already (SYNC 24).
 * - DOC-3 A document comes to be by its first update, which must say what it is and where it belongs.
 */
export class DocumentHost {
  readonly #options: DocumentHostOptions
  readonly #territories: Map<DocumentName, string>
  readonly #tails = new Map<DocumentName, Tail>()
  readonly #clientIds = new Map<DocumentName, ClientIds>()
  readonly #pins = new Map<DocumentName, number>()
  #hocuspocus: Hocuspocus | undefined

  private constructor(options: DocumentHostOptions, territories: Map<DocumentName, string>) {
    this.#options = options
    this.#territories = territories
  }

  static async open(options: DocumentHostOptions): Promise<DocumentHost> {
    const rows = await options.store.territories()
    return new DocumentHost(options, new Map(rows.map((row) => [row.document, row.territoryId])))
  }

  /** Set once, when both exist: Hocuspocus needs the host's hooks, the host needs Hocuspocus's documents. */
  bind(hocuspocus: Hocuspocus): void {
    this.#hocuspocus = hocuspocus
  }

  /** Where a document belongs; the territory is undefined until it has been created. */
  scopeOf(name: DocumentName): DocumentScope {
    return {
      organizationId: parseDocumentName(name)?.organizationId ?? '',
      territoryId: this.#territories.get(name),
    }
  }

  exists(name: DocumentName): boolean {
    return this.#territories.has(name)
  }

  get loadedCount(): number {
    return this.#hocuspocus?.documents.size ?? 0
  }

  // Changes ----------------------------------------------------------------------------------------------------------

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
    if (isEmptyUpdate(update)) return { ticket: this.#options.commit.last, putBack: [] }
    const inspection = inspectUpdate(document, update)
    if (inspection === 'incomplete') return inspection
    if (inspection !== 'fit') return this.refuse(name, principal, update, 'update/malformed')
    const creates = !this.#territories.has(name)
    const code = this.#refusal({ document, name, principal, update, creates })
    if (code === 'known') return { ticket: this.#options.commit.last, putBack: [] }
    if (code !== undefined) return this.refuse(name, principal, update, code)
    const clientIds = newClientIds(document, update)
    if (!this.#mayWriteUnder(document, name, principal, clientIds))
      return this.refuse(name, principal, update, 'update/malformed')
    try {
      const verdict = this.#admit(document, name, {
        author: { ...principal.user, role: principal.role },
        authority: 'client',
        origin: 'device',
        creates,
        change: (target) => applyWhole(target, update),
        update,
      })
      if (verdict.code !== undefined) return this.refuse(name, principal, update, verdict.code)
      if (!this.#mayBeRelayed()) this.#clientIds.get(name)?.claim(principal.user.id, clientIds)
      return verdict
    } catch (error) {
      // Nothing is known to have been applied; the client sends it again (SYNC 6).
      this.#options.logger.error({ err: error, document: name }, 'an update could not be admitted')
      return this.refuse(name, principal, update, 'update/not-applied')
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
    return this.#mayBeRelayed() || (this.#clientIds.get(name)?.areFreeFor(user.id, clientIds) ?? true)
  }

  /** A document that cannot be summed up is listed all the same: without its row it would not exist after a restart. */
  #summaryOf(name: DocumentName, document: Y.Doc, kind: DocumentKind): { title: string; summary: object } {
    try {
      return summarize(document, kind)
    } catch (error) {
      this.#options.logger.error({ err: error, document: name }, 'a document could not be summed up')
      return { title: '', summary: {} }
    }
  }

  #isRelayTime(at: number): boolean {
    return this.#options.isRelayTime?.(at) ?? false
  }

  #mayBeRelayed(): boolean {
    return this.#isRelayTime(this.#options.now())
  }

  /** Whether an update holds something and can be applied to the document as it is. */
  isNewsThatFits(document: Y.Doc, update: Uint8Array): boolean {
    return !isEmptyUpdate(update) && inspectUpdate(document, update) === 'fit'
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
      const { changes, ticket } = this.#admit(document, name, {
        ...edit,
        authority: 'server',
        creates: !this.#territories.has(name),
      })
      await new Promise<void>((resolve) => this.#options.commit.whenDurable(ticket, resolve))
      return changes
    })
  }

  /** Keeps a document loaded while `use` runs. */
  async withDocument<T>(name: DocumentName, use: (document: Document) => T | Promise<T>): Promise<T> {
    const hocuspocus = this.#hocuspocus
    if (hocuspocus === undefined) throw new Error('the host is not bound')
    this.pin(name)
    try {
      await this.departure(name)
      const configuration = { readOnly: false, isAuthenticated: true }
      const document = await hocuspocus.createDocument(
        name,
        new Request('http://server.invalid'),
        'server',
        configuration,
        {},
      )
      return await use(document)
    } finally {
      this.unpin(name)
    }
  }

  // Loading and unloading, called by Hocuspocus's hooks --------------------------------------------------------------

  /** A pinned document is about to be used: it is not unloaded under whoever is opening it. */
  pin(name: DocumentName): void {
    this.#pins.set(name, (this.#pins.get(name) ?? 0) + 1)
  }

  unpin(name: DocumentName): void {
    const left = (this.#pins.get(name) ?? 0) - 1
    if (left > 0) this.#pins.set(name, left)
    else this.#pins.delete(name)
    if (left <= 0) this.#unloadWhenIdle(name)
  }

  /** Resolves when an unloading that has begun is over; the pinned document is then there to stay, or gone for good. */
  async departure(name: DocumentName): Promise<void> {
    await this.#hocuspocus?.unloadingDocuments.get(name)
  }

  /** Fills a document that Hocuspocus has just made. Rejects when the log cannot be read. */
  async load(name: DocumentName, document: Y.Doc): Promise<void> {
    const kind = kindOf(name)
    defineRoots(document, kind)
    const stored = await this.#options.store.load(name)
    const snapshotBytes = stored?.snapshot?.data.byteLength ?? 0
    const bytes = stored?.tail.reduce((sum, update) => sum + update.byteLength, 0) ?? 0
    this.#tails.set(name, {
      head: stored?.head ?? 0,
      updates: stored?.tail.length ?? 0,
      bytes,
      snapshotBytes,
    })
    const clientIds = new ClientIds(stored?.snapshot?.writers)
    this.#clientIds.set(name, clientIds)
    if (stored === undefined) return
    for (const [index, update] of stored.tail.entries()) {
      const sender = stored.tailSenders[index]
      if (sender !== undefined && !this.#isRelayTime(sender.at))
        clientIds.claim(sender.id, clientIdsOf(update))
    }
    const parts = [...(stored.snapshot === undefined ? [] : [stored.snapshot.data]), ...stored.tail]
    Y.applyUpdate(
      document,
      parts.length === 1 && parts[0] !== undefined ? parts[0] : Y.mergeUpdates(parts),
      admissionOrigin,
    )
    this.#migrate(name, document)
  }

  /** Brings a document of an older version to the current layout; an edit of the system like any other. */
  #migrate(name: DocumentName, document: Y.Doc): void {
    if (!this.#territories.has(name)) return
    this.#admit(document, name, {
      author: { id: 'system', name: 'FulQrun', role: 'admin' },
      authority: 'server',
      origin: 'system',
      creates: false,
      change: migrate,
    })
  }

  /** Whether a document may leave memory: nobody is opening it and all of it is on disk (DOC-1). */
  mayUnload(name: DocumentName): boolean {
    return !this.#pins.has(name) && !this.#options.commit.isDirty(name)
  }

  beforeUnload(name: DocumentName, document: Y.Doc): void {
    const tail = this.#tails.get(name)
    if (tail !== undefined && tail.updates > tailWorthASnapshot) this.#takeSnapshot(name, document, tail)
  }

  unloaded(name: DocumentName): void {
    this.#tails.delete(name)
    this.#clientIds.delete(name)
  }

  /** A batch is on disk: documents that waited for it may go, and long tails get a snapshot. */
  committed(heads: ReadonlyMap<DocumentName, number>): void {
    for (const [name, head] of heads) {
      const tail = this.#tails.get(name)
      if (tail !== undefined) tail.head = head
      const document = this.#hocuspocus?.documents.get(name)
      if (document === undefined) continue
      if (document.getConnectionsCount() === 0) this.#unloadWhenIdle(name)
      else if (tail !== undefined && isSnapshotDue(tail)) this.#takeSnapshot(name, document, tail)
    }
  }

  /** The catalogue's row of a document, from what it holds now; undefined while it is not loaded or not created. */
  describe(name: DocumentName): Description | undefined {
    const document = this.#hocuspocus?.documents.get(name)
    const parts = parseDocumentName(name)
    const territoryId = this.#territories.get(name)
    if (document === undefined || parts === undefined || territoryId === undefined) return undefined
    const { title, summary } = this.#summaryOf(name, document, parts.kind)
    return {
      document: name,
      organizationId: parts.organizationId,
      kind: parts.kind,
      territoryId,
      title,
      summary: { ...summary },
    }
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

  #admit(
    document: Y.Doc,
    name: DocumentName,
    edit: ServerEdit & {
      readonly authority: 'client' | 'server'
      readonly creates: boolean
      readonly update?: Uint8Array | undefined
    },
  ): Verdict & { readonly changes: readonly ChangeRecord[] } {
    const { author, authority, origin, creates } = edit
    const receivedAt = this.#options.now()
    const { changes, putBack, update, failure, faults } = admit({
      document,
      kind: kindOf(name),
      author,
      authority,
      receivedAt,
      change: edit.change,
      update: edit.update,
      origin: admissionOrigin,
      creates,
      reason: edit.reason,
      action: edit.action,
    })
    for (const fault of faults) {
      this.#options.logger.error({ err: fault, document: name }, 'a part of a change could not be judged')
    }
    let ticket = this.#options.commit.last
    if (update !== undefined) {
      if (creates) this.#settleTerritory(name, document)
      const by = { id: author.id, name: author.name }
      const entry = { document: name, update, author: by, origin, receivedAt, changes }
      ticket = this.#options.commit.append(entry, {
        describe: changes.some((change) => change.action !== 'text'),
      })
      this.#grow(name, update)
    }
    if (failure === undefined) return { ticket, putBack, changes }
    if (authority === 'server') throw failure
    // Yjs could not integrate all of it. What it did integrate has been judged and logged like any other change.
    this.#options.logger.error({ err: failure, document: name }, 'an update failed half-way')
    return { ticket, putBack, changes, code: 'update/malformed' }
  }

  #settleTerritory(name: DocumentName, document: Y.Doc): void {
    const { territoryId } = readMeta(document)
    if (territoryId === undefined) return
    this.#territories.set(name, territoryId)
    this.#options.onPlaced?.(name)
  }

  #grow(name: DocumentName, update: Uint8Array): void {
    const tail = this.#tails.get(name)
    if (tail === undefined) return
    tail.updates++
    tail.bytes += update.byteLength
  }

  #takeSnapshot(name: DocumentName, document: Y.Doc, tail: Tail): void {
    const data = Y.encodeStateAsUpdate(document)
    const writers = this.#clientIds.get(name)?.toJSON()
    const snapshot: Snapshot = { document: name, seq: tail.head, data, writers }
    Object.assign(tail, { updates: 0, bytes: 0, snapshotBytes: data.byteLength })
    this.#options.commit.snapshot(name, () => snapshot)
  }

  #unloadWhenIdle(name: DocumentName): void {
    const document = this.#hocuspocus?.documents.get(name)
    if (document === undefined || document.getConnectionsCount() > 0) return
    this.#hocuspocus?.unloadDocument(document).catch((error: unknown) => {
      this.#options.logger.error({ err: error, document: name }, 'a document could not be unloaded')
    })
  }
}

/**
 * Applies an update or throws. What Yjs cannot integrate it keeps beside the document, to apply it during somebody
 * else's update, in their name: that is taken out again (ADM-13).
 */
function applyWhole(document: Y.Doc, update: Uint8Array): void {
  Y.applyUpdate(document, update, admissionOrigin)
  const { store } = document
  if (store.pendingStructs === null && store.pendingDs === null) return
  store.pendingStructs = null
  store.pendingDs = null
  throw new Error('a part of the update builds on nothing')
}

function kindOf(name: DocumentName): DocumentKind {
  const parts = parseDocumentName(name)
  if (parts === undefined) throw new RangeError('not a document name')
  return parts.kind
}

/** KPI sets are made for a territory by its management; opportunities and contacts by whoever works there. */
function mayCreate(principal: Principal, kind: DocumentKind, scope: DocumentScope): boolean {
  if (kind === 'kpi' && principal.role !== 'manager' && principal.role !== 'admin') return false
  return canWrite(principal, scope)
}

function isSnapshotDue(tail: Tail): boolean {
  return tail.updates > maxTailUpdates || tail.bytes > Math.max(minTailBytes, tail.snapshotBytes)
}

/** An update without structs and deletions: what a device answers when it has nothing that the server lacks. */
function isEmptyUpdate(update: Uint8Array): boolean {
  return update.byteLength === 2 && update[0] === 0 && update[1] === 0
}
