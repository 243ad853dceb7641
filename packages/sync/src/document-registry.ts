/** The documents that are open on this device, by screens or only until their unsent work is sent. */
import type { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import { type DocumentKind, type DocumentName, isDocumentName, type PutBackPath } from '@fulqrun/protocol'
import { lineStores } from './catalogue.ts'
import { countChanges } from './changes.ts'
import type { DeviceStore, OutboxEntry, RefusedEdit } from './device-store.ts'
import {
  type DocumentHost,
  type DocumentState,
  LocalDocument,
  type Presence,
  type PutBackNotice,
  resetKey,
} from './local-document.ts'
import type { Extra, Outbox } from './outbox.ts'
import type { Ports } from './ports.ts'
import type { SnapshotContent } from './replica-types.ts'
import type { Session } from './session.ts'
import type { Store } from './store.ts'

/** A document that a screen holds open. */
export interface OpenDocument {
  readonly name: DocumentName
  readonly kind: DocumentKind
  /** Replaced by another when `state.generation` grows: read it anew and bind editors again. */
  readonly doc: Y.Doc
  /** Belongs to `doc` and is replaced with it. */
  readonly awareness: Awareness
  /** The device's copy has been read; resolves also when there is none or the disk fails. */
  readonly ready: Promise<void>
  readonly state: Store<DocumentState>
  /** Shows this person in the document, for example `{ location: { section: 'notes' } }`. */
  setPresence(fields: Readonly<Record<string, unknown>>): void
  /** Call once, when the screen goes. The document stays until everything is sent. */
  release(): void
}

export interface RegistryOptions {
  readonly ports: Ports
  readonly session: Session
  readonly outbox: Outbox
  readonly store: DeviceStore
  readonly userId: string
  readonly user: Presence
  now(): number
  titleOf(name: DocumentName): string | undefined
  isDiskUsable(): boolean
  /** The copy that catching up brought; undefined when there is none. Never rejects. */
  readSnapshot(name: DocumentName): Promise<SnapshotContent | undefined>
  /** State of a document, or the set of documents, changed. */
  onChange(): void
  onContent(document: LocalDocument): void
  /** The document is about to go. */
  onClosed(document: LocalDocument): void
  /** The document is gone from memory, and what it held is stored. */
  onGone(name: DocumentName): void
}

/** A document that no screen shows is kept a little: people go back and forth. */
const lingerMs = 10_000

const documentKeyPrefix = 'document:'
const syncedKeyPrefix = 'synced:'
const resetKeyPrefix = 'reset:'
const putBackKeyPrefix = 'put-back:'

/** A tab that was frozen while it held a document's database for itself must not keep others from opening it. */
const holdMs = 1_000

export class DocumentRegistry implements DocumentHost {
  readonly ports: Ports
  readonly session: Session
  readonly outbox: Outbox
  readonly store: DeviceStore
  readonly user: Presence
  readonly #options: RegistryOptions
  readonly #documents = new Map<DocumentName, LocalDocument>()
  readonly #refused = new Map<DocumentName, readonly RefusedEdit[]>()
  readonly #syncedAt = new Map<DocumentName, number>()
  readonly #resets = new Set<DocumentName>()
  readonly #onDevice = new Set<DocumentName>()
  readonly #putBacks = new Map<DocumentName, PutBackNotice>()
  /** Databases that are being folded into snapshots: their documents open after that. */
  readonly #folding = new Map<DocumentName, Promise<void>>()
  readonly #lingering = new Map<DocumentName, () => void>()
  readonly #unfinished = new Set<Promise<void>>()
  #isClosed = false

  constructor(options: RegistryOptions) {
    this.ports = options.ports
    this.session = options.session
    this.outbox = options.outbox
    this.store = options.store
    this.user = options.user
    this.#options = options
  }

  /** Takes in what the database remembers. */
  load(metadata: ReadonlyMap<string, unknown>, refused: readonly RefusedEdit[]): void {
    for (const [key, value] of metadata) {
      const name = nameIn(key)
      if (name === undefined) continue
      if (key.startsWith(documentKeyPrefix)) this.#onDevice.add(name)
      if (key.startsWith(syncedKeyPrefix) && typeof value === 'number') this.#syncedAt.set(name, value)
      if (key.startsWith(resetKeyPrefix) && value === true) this.#resets.add(name)
      if (key.startsWith(putBackKeyPrefix)) this.#putBacks.set(name, value as PutBackNotice)
    }
    for (const edit of refused) {
      const known = this.#refused.get(edit.document) ?? []
      if (!known.some(({ id }) => id === edit.id)) this.#refused.set(edit.document, [...known, edit])
    }
  }

  /** The device's database holds nothing any more: what it is to know of documents is noted again. */
  cleared(): void {
    for (const name of this.#documents.keys()) this.remember(`${documentKeyPrefix}${name}`, true)
    for (const [name, at] of this.#syncedAt)
      if (this.#documents.has(name)) this.remember(`${syncedKeyPrefix}${name}`, at)
    for (const name of this.#resets) this.remember(resetKey(name), true)
    for (const [name, notice] of this.#putBacks) this.remember(`${putBackKeyPrefix}${name}`, notice)
    const drafts = this.refused()
    if (drafts.length === 0) return
    this.#await(
      this.#write(() =>
        this.store.write(['refused'], async (transaction) => {
          for (const draft of drafts) await transaction.objectStore('refused').put(draft)
        }),
      ),
    )
  }

  /**
   * Takes in which documents other tabs have opened here, or put away, since the notes were last read. `databases`: those
   * of this origin; a tab that died may have left one without a note.
   */
  follow(notes: ReadonlyMap<string, unknown>, databases: readonly string[] = []): void {
    const prefix = this.databaseName('')
    const left = databases.flatMap((each) => (each.startsWith(prefix) ? [each.slice(prefix.length)] : []))
    const noted = [...notes.keys()].flatMap((key) =>
      key.startsWith(documentKeyPrefix) ? [key.slice(documentKeyPrefix.length)] : [],
    )
    const names = new Set([...noted, ...left].filter(isDocumentName))
    for (const name of this.#onDevice)
      if (!names.has(name) && !this.#documents.has(name)) this.#onDevice.delete(name)
    for (const name of names) {
      this.#onDevice.add(name)
      const syncedAt = notes.get(`${syncedKeyPrefix}${name}`)
      if (typeof syncedAt === 'number' && !this.#syncedAt.has(name)) this.#syncedAt.set(name, syncedAt)
    }
  }

  all(): readonly LocalDocument[] {
    return [...this.#documents.values()]
  }

  get(name: DocumentName): LocalDocument | undefined {
    return this.#documents.get(name)
  }

  /** Names of documents that have a database here. */
  onDevice(): readonly DocumentName[] {
    return [...this.#onDevice]
  }

  /** A copy of its own is here, whatever catching up brings: it was opened and came, or was created here. */
  hasOwn(name: DocumentName): boolean {
    if (!this.#onDevice.has(name)) return false
    const document = this.#documents.get(name)
    return document?.state.get().hasContent === true || this.#syncedAt.has(name) || this.changesOf(name) > 0
  }

  /** Of all documents, newest first. */
  refused(): readonly RefusedEdit[] {
    return [...this.#refused.values()].flat().toSorted((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1))
  }

  open(name: DocumentName): OpenDocument {
    const document = this.ensure(name)
    document.users += 1
    this.#lingering.get(name)?.()
    this.#lingering.delete(name)
    document.showPresence()
    const putBack = this.#takePutBack(name)
    if (putBack !== undefined) document.putBack(putBack.paths)
    let isReleased = false
    return {
      name,
      kind: document.kind,
      get doc() {
        return document.current
      },
      get awareness() {
        return document.awareness()
      },
      ready: document.ready,
      state: document.state,
      setPresence: (fields) => document.setPresence(fields),
      release: () => {
        if (isReleased) return
        isReleased = true
        document.users -= 1
        if (document.users === 0) document.hidePresence()
        this.#closeWhenIdle(document)
      },
    }
  }

  /** The document, loaded and attached; it goes by itself once no screen shows it and everything is sent. */
  ensure(name: DocumentName): LocalDocument {
    const known = this.#documents.get(name)
    if (known !== undefined) return known
    const document = new LocalDocument(name, this, this.#refused.get(name) ?? [])
    this.#documents.set(name, document)
    if (!this.#onDevice.has(name)) {
      this.#onDevice.add(name)
      this.remember(`${documentKeyPrefix}${name}`, true)
    }
    return document
  }

  /** Brings what other tabs or an earlier start left unsent into open documents; the rest is sent by catching up. */
  adopt(entries: readonly OutboxEntry[], options?: { readonly isSent: boolean }): void {
    if (this.#isClosed) return
    for (const document of this.all()) {
      document.adopt(
        entries.filter((entry) => entry.document === document.name),
        options,
      )
      document.refresh()
    }
    this.#options.onChange()
  }

  /** Another tab set these edits aside. */
  setAsideElsewhere(ids: readonly string[]): void {
    if (this.#isClosed) return
    const all = new Set(ids)
    for (const document of this.all()) document.setAsideElsewhere(all)
  }

  /** The refused edits as they are on the disk, after another tab kept or dismissed some. */
  reloadRefused(refused: readonly RefusedEdit[]): void {
    if (this.#isClosed) return
    const byName = new Map<DocumentName, RefusedEdit[]>()
    for (const edit of refused) byName.set(edit.document, [...(byName.get(edit.document) ?? []), edit])
    for (const name of new Set([...this.#refused.keys(), ...byName.keys()])) {
      const edits = byName.get(name) ?? []
      const document = this.#documents.get(name)
      // Those of a document without access are not on the disk: its edits still are in the outbox.
      const denied = (this.#refused.get(name) ?? []).filter(({ id }) => id.startsWith('denied:'))
      this.#setRefused(name, [...edits, ...denied])
      document?.setRefused([...edits, ...denied])
    }
    this.#options.onChange()
  }

  /** How many changes of a document wait, open or not. */
  changesOf(name: DocumentName): number {
    const entries = this.outbox.entriesOf(name)
    return (
      this.#documents.get(name)?.state.get().pending ?? (entries.length === 0 ? 0 : countChanges(entries))
    )
  }

  /** See `LocalDocument.discard`. */
  async discard(name: DocumentName, ids: ReadonlySet<string>): Promise<boolean> {
    const document = this.ensure(name)
    await document.ready
    return await document.discard(ids)
  }

  /** Rules put something back in a document that nobody looks at: told when it is opened, after a restart, too. */
  keepPutBack(name: DocumentName, paths: readonly PutBackPath[]): void {
    const document = this.#documents.get(name)
    if (document !== undefined && document.users > 0) {
      document.putBack(paths)
      return
    }
    const earlier = this.#putBacks.get(name)?.paths ?? []
    const notice = { at: this.ports.now(), paths: [...earlier, ...paths] }
    this.#putBacks.set(name, notice)
    this.remember(`${putBackKeyPrefix}${name}`, notice)
  }

  /** What rules put back while nobody looked; the document tells it from now on. */
  #takePutBack(name: DocumentName): PutBackNotice | undefined {
    const notice = this.#putBacks.get(name)
    if (notice === undefined) return undefined
    this.#putBacks.delete(name)
    this.#forget(`${putBackKeyPrefix}${name}`)
    return notice
  }

  readSnapshot(name: DocumentName): Promise<SnapshotContent | undefined> {
    return this.#options.readSnapshot(name)
  }

  /**
   * Waits until the document's database may be used, and keeps it from being folded; the result lets go. Never rejects.
   * A tab that is frozen in the middle of folding is not waited for; but the place in line is kept, so that no other
   * tab folds what is open here.
   */
  async hold(name: DocumentName): Promise<() => void> {
    await this.#folding.get(name)
    const { lock } = this.ports
    if (lock === undefined) return () => undefined
    const abort = new AbortController()
    let release = (): void => abort.abort()
    await new Promise<void>((resolve) => {
      const cancel = this.ports.startTimer(holdMs, resolve)
      const held = (): Promise<void> => {
        cancel()
        resolve()
        return new Promise((done) => {
          release = done
        })
      }
      lock(this.databaseName(name), { mode: 'shared', signal: abort.signal }, held).catch(() => resolve())
    })
    return () => release()
  }

  /**
   * Runs `fold` while no tab has the document open, or not at all; a document that is opened meanwhile waits for it.
   * `fold` tells whether the document's database is gone. Never rejects.
   */
  async fold(name: DocumentName, fold: () => Promise<boolean>): Promise<void> {
    const { lock } = this.ports
    // Without locks nobody can tell whether another tab has it open.
    if (lock === undefined || this.#isClosed || this.#documents.has(name) || this.#folding.has(name)) return
    const work = lock(this.databaseName(name), { mode: 'exclusive', ifAvailable: true }, async () => {
      if (await fold()) this.#forgetDatabase(name)
    }).then(
      () => undefined,
      () => undefined,
    )
    this.#folding.set(name, work)
    await work
    this.#folding.delete(name)
  }

  /** `extra` is written together with it. */
  async dismissRefused(name: DocumentName, id: string, extra?: Extra): Promise<void> {
    const kept = (this.#refused.get(name) ?? []).filter((edit) => edit.id !== id)
    this.#setRefused(name, kept)
    this.#documents.get(name)?.setRefused(kept)
    this.#options.onChange()
    await this.#write(async () => {
      await this.store.write(['refused', 'outbox', ...lineStores], async (transaction) => {
        await transaction.objectStore('refused').delete(id)
        await extra?.(transaction)
      })
    })
  }

  databaseName(name: DocumentName | ''): string {
    return `fulqrun-${this.#options.userId}/${name}`
  }

  now(): number {
    return this.#options.now()
  }

  isDiskUsable(): boolean {
    return this.#options.isDiskUsable()
  }

  titleOf(name: DocumentName): string | undefined {
    return this.#options.titleOf(name)
  }

  mustReset(name: DocumentName): boolean {
    return this.#resets.has(name)
  }

  resetDone(name: DocumentName): void {
    this.#resets.delete(name)
    this.#forget(resetKey(name))
  }

  lastSyncedAt(name: DocumentName): number | undefined {
    return this.#syncedAt.get(name)
  }

  synced(document: LocalDocument): void {
    const at = this.ports.now()
    const before = this.#syncedAt.get(document.name)
    this.#syncedAt.set(document.name, at)
    // A minute's precision is enough after a restart, and spares the disk a write per edit.
    if (before === undefined || at - before > 60_000) this.remember(`${syncedKeyPrefix}${document.name}`, at)
    this.#closeWhenIdle(document)
  }

  contentChanged(document: LocalDocument): void {
    this.#options.onContent(document)
  }

  stateChanged(document: LocalDocument): void {
    this.#setRefused(document.name, document.state.get().refused)
    if (document.isIdle) this.#closeWhenIdle(document)
    this.#options.onChange()
  }

  /** Writes a note of little worth: losing it costs a detail after the next start. */
  remember(key: string, value: unknown): void {
    this.#await(this.#write(() => this.store.writeMetadata(key, value)))
  }

  #forget(key: string): void {
    this.#await(
      this.#write(() =>
        this.store.write(['metadata'], (transaction) => transaction.objectStore('metadata').delete(key)),
      ),
    )
  }

  #forgetDatabase(name: DocumentName): void {
    if (this.#documents.has(name)) return
    this.#onDevice.delete(name)
    this.#forget(`${documentKeyPrefix}${name}`)
  }

  /** Closes all documents and waits until what they hold is stored. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const cancel of this.#lingering.values()) cancel()
    this.#lingering.clear()
    for (const document of this.all()) this.#close(document)
    while (this.#unfinished.size > 0) await Promise.all(this.#unfinished)
  }

  async #write(task: () => Promise<unknown>): Promise<void> {
    try {
      await task()
    } catch {
      // The disk's state is shown through the outbox and the documents; this note is not worth a second voice.
    }
  }

  #setRefused(name: DocumentName, edits: readonly RefusedEdit[]): void {
    if (edits.length === 0) this.#refused.delete(name)
    else this.#refused.set(name, edits)
  }

  #closeWhenIdle(document: LocalDocument): void {
    if (!document.isIdle || this.#isClosed || this.#lingering.has(document.name)) return
    const cancel = this.ports.startTimer(lingerMs, () => {
      this.#lingering.delete(document.name)
      if (document.isIdle && this.#documents.get(document.name) === document) this.#close(document)
    })
    this.#lingering.set(document.name, cancel)
  }

  #close(document: LocalDocument): void {
    this.#options.onClosed(document)
    this.#documents.delete(document.name)
    this.#await(document.close().then(() => this.#options.onGone(document.name)))
  }

  /** Closing waits for these. They never reject. */
  #await(task: Promise<void>): void {
    this.#unfinished.add(task)
    void task.finally(() => this.#unfinished.delete(task))
  }
}

function nameIn(key: string): DocumentName | undefined {
  const name = key.slice(key.indexOf(':') + 1)
  return isDocumentName(name) ? name : undefined
}
