/**
 * One document on this device: its Yjs document, its database, its channel, and what of it is unsent or was refused.
 *
 * Life of a local edit: the Yjs transaction ends, the update goes to the outbox and to y-indexeddb; when the outbox
 * has it on disk, it goes out in a frame; when the server answers that it is durable, it leaves the outbox.
 */
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import {
  type DocumentKind,
  type DocumentName,
  type ErrorCode,
  parseDocumentName,
  type PutBackPath,
} from '@fulqrun/protocol'
import { defineRoots, stampTextEdits, summarize } from '@fulqrun/schema'
import { countChanges, touchedPaths } from './changes.ts'
import { unlistWhatIsGone } from './catalogue.ts'
import { type Access, Channel, type ChannelClient } from './channel.ts'
import type { DeviceStore, OutboxEntry, RefusedEdit } from './device-store.ts'
import { partsOf } from './frame-parts.ts'
import { GuardedPersistence } from './guarded-persistence.ts'
import { forgetCopies } from './holdings.ts'
import { isForeign } from './lineage.ts'
import type { Extra, Outbox } from './outbox.ts'
import type { Ports } from './ports.ts'
import { diffCopies, diffDraft, pickDraft } from './refused-edit.ts'
import type { SnapshotContent } from './replica-types.ts'
import type { Session } from './session.ts'
import { createStore, setIfChanged, type Store } from './store.ts'

export interface DocumentState {
  /** What the device holds has been read. */
  readonly loaded: boolean
  /** The document is not empty: this device has had it, or it was created here. */
  readonly hasContent: boolean
  /** False: nothing of it is here, and whether there is anything only the server can say. */
  readonly onDevice: boolean
  /** `memory`: the latest edits would be gone with this page, because the disk does not take them. */
  readonly local: 'saved' | 'saving' | 'memory'
  /** Changes that the server has not acknowledged, counted in fields. */
  readonly pending: number
  readonly remote: 'never' | 'behind' | 'synced'
  readonly access: Access
  /** Why there is no access, when there is none. */
  readonly accessCode?: ErrorCode | undefined
  readonly refused: readonly RefusedEdit[]
  /** What rules put back after this device's last edit that they touched. */
  readonly putBack?: PutBackNotice | undefined
  /** Device time. */
  readonly lastSyncedAt?: number | undefined
  /** Grows when `OpenDocument.doc` and `.awareness` were replaced by others, after a refused edit: bind again. */
  readonly generation: number
  /** Records of the local copy that could not be read and were set aside. */
  readonly damaged: number
}

export interface PutBackNotice {
  readonly at: number
  readonly paths: readonly PutBackPath[]
}

export interface Presence {
  readonly id: string
  readonly name: string
  readonly color: string
}

/** What takes the place of a copy whose edits were refused, or which is of another lineage. */
interface Replacement {
  readonly code: ErrorCode
  readonly doc: Y.Doc
  readonly isFromSnapshot?: boolean
  /** Entries of which another tab keeps what is to be kept. */
  readonly keptIds?: ReadonlySet<string>
}

/** What documents share; the workspace provides it. */
export interface DocumentHost {
  readonly ports: Ports
  readonly session: Session
  readonly outbox: Outbox
  readonly store: DeviceStore
  readonly user: Presence
  /** Device time corrected by the measured skew. */
  now(): number
  databaseName(name: DocumentName): string
  /** False when the device's own database did not open: then no document's is worth waiting for. */
  isDiskUsable(): boolean
  /** Title in the catalogue, if it lists the document. */
  titleOf(name: DocumentName): string | undefined
  /** True when a refused edit was being replaced as the device stopped: the database must not be read. */
  mustReset(name: DocumentName): boolean
  resetDone(name: DocumentName): void
  lastSyncedAt(name: DocumentName): number | undefined
  /** Waits until the database may be used; the result lets go of it. Never rejects. */
  hold(name: DocumentName): Promise<() => void>
  /** Never rejects. */
  readSnapshot(name: DocumentName): Promise<SnapshotContent | undefined>
  synced(document: LocalDocument): void
  contentChanged(document: LocalDocument): void
  stateChanged(document: LocalDocument): void
}

/** Origin of what is put back from the outbox into a document whose database has lost it. */
const replayOrigin: { readonly name: 'replay' } = { name: 'replay' }
/** Origin of the copy that catching up brought. */
const snapshotOrigin: { readonly name: 'snapshot' } = { name: 'snapshot' }

/** Origin of the first content of a record that is made here. */
class Creation {
  readonly extra: Extra

  constructor(extra: Extra) {
    this.extra = extra
  }
}

export class LocalDocument implements ChannelClient {
  readonly name: DocumentName
  readonly kind: DocumentKind
  readonly state: Store<DocumentState>
  readonly ready: Promise<void>
  /** How many screens show it; with none it goes once everything is sent. */
  users = 0
  readonly #host: DocumentHost
  readonly #store
  readonly #channel: Channel
  readonly #persistence: GuardedPersistence
  /** Entries that the current document holds: what a frame of it can cover. */
  readonly #held = new Set<string>()
  #doc: Y.Doc
  #awareness: Awareness | undefined
  #presence: Readonly<Record<string, unknown>> = {}
  #stopStamps: () => void = () => undefined
  #outgoing: OutboxEntry[] = []
  #replacement: Replacement | undefined
  /** What the outbox last said of it. */
  #saved: DocumentState['local'] = 'saved'
  #isClosed = false
  #letGo: () => void = () => undefined

  constructor(name: DocumentName, host: DocumentHost, refused: readonly RefusedEdit[]) {
    const parts = parseDocumentName(name)
    if (parts === undefined) throw new RangeError(`not a document name: ${name}`)
    this.name = name
    this.kind = parts.kind
    this.#host = host
    this.#doc = this.#createDoc()
    this.#persistence = new GuardedPersistence({
      ports: {
        startTimer: (...args) => host.ports.startTimer(...args),
        get indexedDB() {
          return host.isDiskUsable() ? host.ports.indexedDB : undefined
        },
      },
      name: host.databaseName(name),
      doc: this.#doc,
      setAside: (bytes, reason) => this.#setAside(bytes, reason),
      onChange: () => this.refresh(),
      onReplaced: () => host.resetDone(name),
    })
    this.#store = createStore<DocumentState>(this.#initialState(refused))
    this.state = this.#store
    this.#channel = new Channel(this, host.session.host)
    this.#follow(this.#doc)
    this.ready = this.#load()
  }

  /** What screens show and edit. */
  get current(): Y.Doc {
    return this.#doc
  }

  /** What frames are about: the server's fresh document while a refused edit is being replaced. */
  doc(): Y.Doc {
    return this.#replacement?.doc ?? this.#doc
  }

  /** Presence on this document; made when first asked for, because documents synced in the background have none. */
  awareness(): Awareness {
    if (this.#awareness === undefined) {
      const awareness = new Awareness(this.#doc)
      awareness.setLocalState(null)
      this.#awareness = awareness
      this.#channel.setAwareness(awareness)
    }
    return this.#awareness
  }

  /** Shows this person in the document, with `fields` beside who they are. */
  setPresence(fields: Readonly<Record<string, unknown>>): void {
    this.#presence = { ...this.#presence, ...fields }
    if (this.users > 0) this.#showPresence()
  }

  showPresence(): void {
    this.#showPresence()
  }

  hidePresence(): void {
    this.#presence = {}
    this.#awareness?.setLocalState(null)
  }

  unsent(): readonly string[] {
    // While a refused edit is being replaced, the document on the channel is the server's own.
    if (this.#replacement !== undefined) return []
    return this.#host.outbox.entriesOf(this.name).flatMap(({ id }) => (this.#held.has(id) ? [id] : []))
  }

  unsentUpdate(entryId: string): Uint8Array | undefined {
    return this.#host.outbox.entriesOf(this.name).find(({ id }) => id === entryId)?.update
  }

  acknowledged(entryIds: readonly string[]): void {
    for (const id of entryIds) this.#held.delete(id)
    // The outbox answers from memory at once; its write behind never rejects without `extra`.
    void this.#host.outbox.remove(entryIds)
    this.refresh()
  }

  refused(code: ErrorCode): void {
    if (this.#replacement !== undefined || this.#isClosed) return
    const doc = new Y.Doc()
    defineRoots(doc, this.kind)
    this.#replacement = { code, doc }
    this.#channel.restart()
  }

  /**
   * Whether the server's state may be merged into this copy. A copy of another lineage is kept as a draft and replaced,
   * before both can be seen (SYNC 15).
   */
  takes(update: Uint8Array): boolean {
    if (this.#replacement !== undefined || !isForeign(this.#doc, update)) return true
    this.refused('document/outdated')
    return false
  }

  /**
   * Gives up what is unsent; the document becomes what the server has. `known`: ids of the entries that are safe
   * elsewhere. False, with nothing given up, when there is more than those by now.
   */
  async discard(known: ReadonlySet<string>): Promise<boolean> {
    const snapshot = await this.#host.readSnapshot(this.name)
    // Looked at and given up in one go: what is typed later belongs to the document that comes.
    const ids = this.#host.outbox.entriesOf(this.name).map(({ id }) => id)
    if (ids.some((id) => !known.has(id))) return false
    const before = this.#doc
    const doc = this.#createDoc()
    if (snapshot !== undefined) Y.applyUpdate(doc, snapshot.update, snapshotOrigin)
    this.#replacement = undefined
    this.#held.clear()
    this.#outgoing = []
    this.#swap(doc)
    this.#host.session.host.startTimer(0, () => before.destroy())
    this.#patch({ generation: this.state.get().generation + 1 })
    this.#dropDraft()
    const isEmpty = doc.store.clients.size === 0
    await this.#host.outbox
      .remove(ids, async (transaction) => {
        await transaction.objectStore('metadata').put(true, resetKey(this.name))
        if (isEmpty) await unlistWhatIsGone(transaction, this.name)
      })
      .catch(() => undefined)
    await this.#persistence.replace(doc)
    this.#channel.restart()
    this.refresh()
    this.#host.contentChanged(this)
    return true
  }

  /** The first content of a record that is made here; `extra` is on the disk with it, or not at all. */
  create(update: Uint8Array, extra: Extra): void {
    Y.applyUpdate(this.#doc, update, new Creation(extra))
  }

  putBack(paths: readonly PutBackPath[]): void {
    if (paths.length > 0) this.#patch({ putBack: { at: this.#host.ports.now(), paths } })
  }

  accessChanged(access: Access, code?: ErrorCode): void {
    this.#patch({ access, accessCode: code })
    if (access === 'none') this.#keepDraft(code ?? 'access/denied')
    else this.#dropDraft()
  }

  caughtUp(): void {
    const replacement = this.#replacement
    // Errors of the disk are kept inside; what remains is a bug, and must be heard as an unhandled rejection.
    if (replacement !== undefined) void this.#replaceBy(replacement)
    this.refresh()
  }

  changed(): void {
    this.refresh()
  }

  /** Entries that another tab left or that a restart found. `isSent`: a tab that is alive sends them. */
  adopt(entries: readonly OutboxEntry[], { isSent } = { isSent: false }): void {
    const fresh = entries.filter(({ id }) => !this.#held.has(id))
    for (const entry of fresh) this.#apply(entry)
    if (this.state.get().loaded && !isSent) this.#send(fresh)
  }

  /** Sends what waits and is in no frame that is on its way: the tab that wanted to send it may be gone. */
  sendWaiting(): void {
    if (!this.state.get().loaded) return
    this.#send(this.#host.outbox.entriesOf(this.name).filter(({ id }) => this.#held.has(id)))
  }

  /**
   * Another tab set these edits aside, and keeps what is to be kept of them: the copy here holds them, too, and becomes
   * the server's. What this tab has beyond them goes with them, into a draft of its own.
   */
  setAsideElsewhere(ids: ReadonlySet<string>): void {
    const holdsSome = [...this.#held].some((id) => ids.has(id))
    if (!holdsSome || this.#replacement !== undefined || this.#isClosed) return
    const replacement: Replacement = { code: 'update/not-applied', doc: this.#createDoc(), keptIds: ids }
    this.#replacement = replacement
    this.#channel.restart()
    // Errors of the disk are kept inside, as in `caughtUp`.
    void this.#replaceByCopy(replacement)
  }

  /** Recomputes the state from its parts. */
  refresh(): void {
    if (this.#isClosed) return
    const entries = this.#host.outbox.entriesOf(this.name)
    const saved = this.#host.outbox.localState(this.name)
    if (saved === 'saved' && this.#saved !== 'saved') this.#persistence.retryNow()
    this.#saved = saved
    const before = this.state.get().remote
    const remote = this.#remoteState(entries)
    const isNews = remote === 'synced' && before !== 'synced'
    this.#patch({
      hasContent: this.#doc.store.clients.size > 0,
      onDevice: this.#doc.store.clients.size > 0 || this.#channel.phase === 'open',
      // What has left the outbox is at the server, whatever became of the copy here. But what is in it builds on that
      // copy: without a network, a start can show it only on top of what it builds on.
      local:
        saved === 'saved' && entries.length > 0 && (this.isMemoryOnly || this.#lacksBase(entries))
          ? 'memory'
          : saved,
      pending: countChanges(entries),
      remote,
      ...(isNews ? { lastSyncedAt: this.#host.ports.now() } : {}),
      damaged: this.#persistence.damaged,
    })
    if (isNews) this.#host.synced(this)
  }

  setRefused(refused: readonly RefusedEdit[]): void {
    this.#patch({ refused })
  }

  /** True when nobody would miss it: no screen, nothing unsent, nothing under way. */
  get isIdle(): boolean {
    return (
      this.users === 0 &&
      this.#replacement === undefined &&
      this.state.get().loaded &&
      (this.#host.outbox.entriesOf(this.name).length === 0 || this.state.get().access === 'none')
    )
  }

  get isMemoryOnly(): boolean {
    return this.#persistence.mode === 'memory'
  }

  get isInFlight(): boolean {
    return this.#channel.inFlight > 0
  }

  /** There is a disk again, and on it perhaps more than was known when there was none. */
  async diskReturned(): Promise<void> {
    await this.ready
    if (this.#isClosed) return
    if (this.#host.mustReset(this.name)) await this.#persistence.replace(this.#doc)
    this.#persistence.retryNow()
    await this.#persistence.settled()
    const snapshot = await this.#host.readSnapshot(this.name)
    if (this.#isClosed || this.#replacement !== undefined || snapshot === undefined) return
    await this.#takeSnapshot(snapshot)
    this.refresh()
    this.#host.contentChanged(this)
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#host.session.detach(this.#channel)
    this.#isClosed = true
    this.#stopStamps()
    this.#doc.off('update', this.#onUpdate)
    await this.#persistence.close()
    this.#letGo()
    this.#awareness?.destroy()
    this.#doc.destroy()
  }

  #initialState(refused: readonly RefusedEdit[]): DocumentState {
    return {
      loaded: false,
      hasContent: false,
      onDevice: false,
      local: 'saved',
      pending: countChanges(this.#host.outbox.entriesOf(this.name)),
      remote: this.#host.lastSyncedAt(this.name) === undefined ? 'never' : 'behind',
      access: 'write',
      refused,
      lastSyncedAt: this.#host.lastSyncedAt(this.name),
      generation: 0,
      damaged: 0,
    }
  }

  #createDoc(): Y.Doc {
    const doc = new Y.Doc()
    defineRoots(doc, this.kind)
    return doc
  }

  #follow(doc: Y.Doc): void {
    doc.on('update', this.#onUpdate)
    this.#stopStamps = stampTextEdits(doc, () => this.#host.now())
  }

  async #load(): Promise<void> {
    this.#letGo = await this.#host.hold(this.name)
    if (this.#isClosed) return this.#letGo()
    if (this.#host.mustReset(this.name)) await this.#persistence.replace(this.#doc)
    await this.#persistence.load()
    const snapshot = await this.#host.readSnapshot(this.name)
    if (this.#isClosed) return this.#letGo()
    // Nothing typed is lost when the database missed what the outbox has.
    for (const entry of this.#host.outbox.entriesOf(this.name)) this.#apply(entry)
    if (snapshot !== undefined) await this.#takeSnapshot(snapshot)
    if (this.#isClosed) return
    this.#patch({ loaded: true })
    this.refresh()
    this.#host.contentChanged(this)
    this.#host.session.attach(this.#channel)
  }

  /** The copy of the last catch-up: it may know more than the document's own database, or be all there is. */
  async #takeSnapshot({ update }: SnapshotContent): Promise<void> {
    if (!isForeign(this.#doc, update)) {
      Y.applyUpdate(this.#doc, update, snapshotOrigin)
      return
    }
    const doc = this.#createDoc()
    Y.applyUpdate(doc, update, snapshotOrigin)
    this.#replacement = { code: 'document/outdated', doc, isFromSnapshot: true }
    await this.#replaceBy(this.#replacement)
  }

  #apply(entry: OutboxEntry): void {
    if (this.#held.has(entry.id)) return
    try {
      Y.applyUpdate(this.#doc, entry.update, replayOrigin)
      this.#held.add(entry.id)
    } catch {
      // Damaged on the disk: kept for rescue, so that it does not stand in the way of everything else.
      void this.#setAside(entry.update, 'damaged outbox entry').then(
        () => this.#host.outbox.remove([entry.id]),
        () => undefined,
      )
    }
  }

  readonly #onUpdate = (
    update: Uint8Array,
    origin: unknown,
    _doc: Y.Doc,
    transaction: Y.Transaction,
  ): void => {
    const isRemote = origin === this.#channel
    const isOwn = origin !== replayOrigin && origin !== snapshotOrigin && !this.#persistence.isOrigin(origin)
    if (!isRemote && isOwn) {
      this.#append(update, touchedPaths(this.#doc, transaction), origin)
    }
    this.refresh()
    this.#host.contentChanged(this)
  }

  #append(update: Uint8Array, paths: readonly string[], origin: unknown): void {
    const extra = origin instanceof Creation ? origin.extra : undefined
    const { entry, saved } = this.#host.outbox.append(this.name, update, paths, extra)
    this.#held.add(entry.id)
    // `saved` never rejects. Memory will have to do when the disk is full: the server is the safer place then.
    void saved.then(() => this.#send([entry]))
  }

  /** Entries that were saved together travel together. */
  #send(entries: readonly OutboxEntry[]): void {
    if (entries.length === 0) return
    this.#outgoing.push(...entries)
    if (this.#outgoing.length > entries.length) return
    queueMicrotask(() => {
      const outgoing = this.#outgoing.filter(({ id }) => this.#held.has(id) && !this.#channel.covers(id))
      this.#outgoing = []
      if (outgoing.length === 0 || this.#replacement !== undefined) return
      for (const { update, ids } of partsOf(outgoing)) this.#channel.sendUpdate(update, ids)
    })
  }

  /** Something was typed on top of what another tab has set aside, and the draft of it is yet to be written. */
  #lacksBase(entries: readonly OutboxEntry[]): boolean {
    const keptIds = this.#replacement?.keptIds
    return keptIds !== undefined && entries.some(({ id }) => this.#held.has(id) && !keptIds.has(id))
  }

  #remoteState(entries: readonly OutboxEntry[]): DocumentState['remote'] {
    const isSynced = this.#channel.phase === 'open' && entries.length === 0 && this.#channel.inFlight === 0
    if (isSynced) return 'synced'
    return this.state.get().lastSyncedAt === undefined && this.#channel.phase !== 'open' ? 'never' : 'behind'
  }

  /**
   * Without a network the server's state does not come: what is typed on top of what was set aside would stand in the
   * outbox without what it builds on, and be of no use after a crash. The copy of the last catch-up is here at once.
   */
  async #replaceByCopy(replacement: Replacement): Promise<void> {
    const snapshot = await this.#host.readSnapshot(this.name)
    if (snapshot === undefined || this.#replacement !== replacement || this.#isClosed) return
    if (isForeign(replacement.doc, snapshot.update)) return
    Y.applyUpdate(replacement.doc, snapshot.update, snapshotOrigin)
    await this.#replaceBy(replacement)
  }

  /**
   * The server's state has arrived: what the draft held beyond it is kept readable, and the server's document takes
   * its place, here and on the disk (DESIGN 6.2). The edit and all that came after it go together, because Yjs
   * cannot apply an author's later edits without the earlier ones.
   */
  async #replaceBy(replacement: Replacement): Promise<void> {
    const draft = this.#doc
    const entryIds = [...this.#held]
    const unsent = this.#host.outbox.entriesOf(this.name).filter(({ id }) => this.#held.has(id))
    // Two lineages cannot be merged, not even to compare them.
    const diff = replacement.code === 'document/outdated' ? diffCopies : diffDraft
    const values = diff(replacement.doc, { doc: draft, unsent }, this.kind)
    // Asked only now: while the server's state was to come, more may have been typed on top of what another tab keeps.
    const { keptIds } = replacement
    const isKept = keptIds !== undefined && unsent.every(({ id }) => keptIds.has(id))
    const edit = this.#describe(replacement.code, isKept ? [] : values)
    this.#replacement = undefined
    this.#held.clear()
    this.#outgoing = []
    this.#swap(replacement.doc)
    this.#host.session.host.startTimer(0, () => draft.destroy())
    const refused = edit.values.length === 0 ? this.state.get().refused : [...this.state.get().refused, edit]
    this.#patch({ refused, generation: this.state.get().generation + 1 })
    try {
      // One transaction: the draft is readable, its entries are gone, and a restart will not read the old database.
      await this.#host.outbox.remove(entryIds, async (transaction) => {
        if (edit.values.length > 0) await transaction.objectStore('refused').put(edit)
        await transaction.objectStore('metadata').put(true, resetKey(this.name))
        // It may be of the lineage that was left; catching up brings another.
        if (replacement.code === 'document/outdated' && replacement.isFromSnapshot !== true)
          await forgetCopies(transaction, [this.name])
      })
    } catch {
      // No disk: the refused edit is in memory, and after a restart the server refuses the same edit again.
    }
    await this.#persistence.replace(this.#doc)
    this.refresh()
    this.#host.contentChanged(this)
  }

  #swap(doc: Y.Doc): void {
    const presence = this.#awareness?.getLocalState() ?? null
    this.#doc.off('update', this.#onUpdate)
    this.#stopStamps()
    this.#doc = doc
    this.#follow(doc)
    if (this.#awareness === undefined) return
    this.#awareness.setLocalState(null)
    this.#awareness = undefined
    if (presence !== null) this.awareness().setLocalState(presence)
  }

  #describe(code: ErrorCode, values: RefusedEdit['values']): RefusedEdit {
    return {
      id: this.#host.ports.newId(),
      document: this.name,
      title: this.#host.titleOf(this.name) ?? summarize(this.#doc, this.kind).title,
      code,
      at: this.#host.ports.now(),
      values,
    }
  }

  /** Access ended with something unsent: it stays in the outbox, in case access returns, and is shown as refused. */
  #keepDraft(code: ErrorCode): void {
    const unsent = this.#host.outbox.entriesOf(this.name)
    if (unsent.length === 0) return
    const values = pickDraft({ doc: this.#doc, unsent }, this.kind)
    const edit = { ...this.#describe(code, values), id: deniedId(this.name) }
    this.#patch({ refused: [...this.state.get().refused.filter(({ id }) => id !== edit.id), edit] })
  }

  #dropDraft(): void {
    const { refused } = this.state.get()
    const kept = refused.filter(({ id }) => id !== deniedId(this.name))
    if (kept.length !== refused.length) this.#patch({ refused: kept })
  }

  #setAside(bytes: unknown, reason: string): Promise<void> {
    const record = { document: this.name, bytes, reason, at: this.#host.ports.now() }
    return this.#host.store.write(['setAside'], async (transaction) => {
      await transaction.objectStore('setAside').add(record)
    })
  }

  #showPresence(): void {
    this.awareness().setLocalState({
      ...this.#awareness?.getLocalState(),
      ...this.#presence,
      user: this.#host.user,
    })
  }

  #patch(patch: Partial<DocumentState>): void {
    const before = this.#store.get()
    setIfChanged(this.#store, { ...before, ...patch })
    if (this.#store.get() !== before) this.#host.stateChanged(this)
  }
}

/** Metadata key: the database of this document holds a refused edit and must be replaced before it is read. */
export function resetKey(name: DocumentName): string {
  return `reset:${name}`
}

function deniedId(name: DocumentName): string {
  return `denied:${name}`
}
