/** One person's workspace on this device: what the web app works with. See README.md. */
import * as Y from 'yjs'
import {
  type DocumentKind,
  type DocumentName,
  endpoints,
  formatDocumentName,
  type Me,
  type Person,
} from '@fulqrun/protocol'
import { defaultPolicyTable, type PolicyTable } from '@fulqrun/rules'
import { createDocument, localOrigin, newDocumentId, summarize } from '@fulqrun/schema'
import { type ApiClient, createApiClient } from './api-client.ts'
import { createBrowserPorts } from './browser-ports.ts'
import { Catalogue, type ListedEntry } from './catalogue.ts'
import { deviceDatabaseName, DeviceStore, type RefusedEdit } from './device-store.ts'
import { DocumentRegistry, type OpenDocument } from './document-registry.ts'
import type { LocalDocument } from './local-document.ts'
import { eraseDatabase } from './open-database.ts'
import { Outbox } from './outbox.ts'
import { policyAnswerOf, readPolicyAnswer } from './policy-answer.ts'
import type { Ports } from './ports.ts'
import { colorOf } from './presence-color.ts'
import { Session } from './session.ts'
import { isConnected, type SessionState } from './session-state.ts'
import { createStore, setIfChanged, type Store } from './store.ts'
import { computeSummary, offlineAfterMs, type SyncSummary } from './summary.ts'
import { collectUnsent, type UnsentExport } from './unsent-export.ts'

export interface WorkspaceOptions {
  readonly me: Me
  /** Origin of the server, without a slash at the end; '' for the page's own. */
  readonly baseUrl: string
  readonly ports?: Ports | undefined
}

export interface CreateRecord {
  readonly territoryId: string
  readonly fields?: Readonly<Record<string, unknown>> | undefined
}

/** What could not be erased at sign-out because another tab holds it open. Empty: everything is gone. */
export interface EraseReport {
  readonly blocked: readonly string[]
}

export interface Workspace {
  readonly session: Store<SessionState>
  readonly sync: Store<SyncSummary>
  /** Newest first; records created here have `isLocal`. */
  readonly catalogue: Store<readonly ListedEntry[]>
  readonly people: Store<readonly Person[]>
  /** The rules in force in the organization, as this device last heard; those of the product until then. */
  readonly policy: Store<PolicyTable>
  /** Edits that the server did not take and that nobody has dismissed, newest first, of all documents. */
  readonly refused: Store<readonly RefusedEdit[]>
  /** What a screen kept on this device for this person with {@link remember}; plain JSON. */
  recall(key: string): unknown
  /** Keeps a note of little worth; it goes with everything else when the person signs out. */
  remember(key: string, value: unknown): void
  /** Device time corrected by the skew that was measured; give it to commands as `now`. */
  now(): number
  /** Never rejects; without a network the list stays as it is. */
  refreshCatalogue(): Promise<void>
  /** Never rejects; without a network the rules stay those that are known. */
  refreshPolicy(): Promise<void>
  open(name: DocumentName): OpenDocument
  /** Creates a record, without a network too. Throws the schema's error for values that it does not allow. */
  create(kind: DocumentKind, record: CreateRecord): DocumentName
  dismissRefused(name: DocumentName, id: string): Promise<void>
  exportUnsent(): Promise<UnsentExport>
  /** Reconnects now instead of at the next attempt. */
  syncNow(): void
  /** Somebody signed in again after the session had ended. */
  signedInAgain(): void
  /** Ends the session and erases everything this person has on this device; resolves when it is really gone. */
  signedOut(): Promise<EraseReport>
  /** Lets go of everything; what is unsent stays on the device. May be called more than once. */
  close(): Promise<void>
}

/** Lists are asked for this often while somebody looks at them. */
const catalogueIntervalMs = 15_000
/** After an acknowledgement, the server has had time to write its catalogue. */
const settleMs = 1_500
/** Typing changes a document many times a second; its line in a list need not. */
const summaryMs = 150

const keys = {
  people: 'people',
  policy: 'policy',
  skew: 'skew',
  schemaVersion: 'schema-version',
  lastSyncedAt: 'last-synced-at',
} as const
/** Notes of screens, beside what the workspace itself remembers. */
const notePrefix = 'note:'
/** How often the time of the last confirmation is written while everything is sent. */
const rememberSyncedMs = 2_000
const deviceSchemaVersion = 1

/**
 * Opens this person's workspace. Resolves as soon as the device's own data is read, with or without a network and
 * even when the disk fails, within a few seconds at worst (SYNC 19).
 */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const device = new DeviceWorkspace(options)
  await device.start()
  return device
}

class DeviceWorkspace implements Workspace {
  readonly session: Store<SessionState>
  readonly sync: Store<SyncSummary>
  readonly people: Store<readonly Person[]>
  readonly policy: Store<PolicyTable>
  readonly catalogue: Store<readonly ListedEntry[]>
  readonly refused: Store<readonly RefusedEdit[]>
  readonly #me: Me
  readonly #ports: Ports
  readonly #api: ApiClient
  readonly #store: DeviceStore
  readonly #outbox: Outbox
  readonly #session: Session
  readonly #registry: DocumentRegistry
  readonly #catalogue: Catalogue
  readonly #people = createStore<readonly Person[]>([])
  readonly #refused = createStore<readonly RefusedEdit[]>([])
  readonly #notes = new Map<string, unknown>()
  readonly #policy = createStore<PolicyTable>(defaultPolicyTable)
  readonly #summary = createStore<SyncSummary>({
    state: 'connecting',
    pending: 0,
    documents: 0,
    refused: 0,
    storage: 'persistent',
  })
  /** Timers by what they are for. */
  readonly #timers = new Map<string, () => void>()
  readonly #stops: (() => void)[] = []
  #skew = 0
  #isStoreBroken = false
  #isOffline = false
  #wasLive = false
  #isRefreshing: Promise<void> | undefined
  #lastSyncedAt: number | undefined
  #closed: Promise<void> | undefined

  constructor({ me, baseUrl, ports = createBrowserPorts() }: WorkspaceOptions) {
    this.#me = me
    this.#ports = ports
    this.#api = createApiClient(ports, { baseUrl, userId: me.user.id })
    this.#store = new DeviceStore({ ports, userId: me.user.id, onErased: () => this.#erasedElsewhere() })
    this.#catalogue = new Catalogue(this.#store)
    this.#session = new Session({
      ports,
      url: socketUrl(baseUrl),
      signInName: formatDocumentName({ organizationId: me.organization.id, kind: 'kpi', id: nilId }),
      fetchToken: () => this.#api.fetchToken(),
    })
    this.#outbox = new Outbox({
      store: this.#store,
      ports,
      tabId: ports.newId(),
      onChange: () => this.#outboxChanged(),
    })
    this.#registry = new DocumentRegistry({
      ports,
      session: this.#session,
      outbox: this.#outbox,
      store: this.#store,
      userId: me.user.id,
      user: { id: me.user.id, name: me.user.name, color: colorOf(me.user.id) },
      now: () => this.now(),
      titleOf: (name) => this.#catalogue.get(name)?.title,
      isDiskUsable: () => !this.#isStoreBroken,
      onChange: () => this.#summarize(),
      onContent: (document) => this.#contentChanged(document),
      onClosed: (document) => this.#documentClosed(document),
    })
    this.session = this.#session.state
    this.sync = this.#summary
    this.people = this.#people
    this.refused = this.#refused
    this.policy = this.#policy
    this.catalogue = this.#catalogue.entries
  }

  async start(): Promise<void> {
    try {
      await this.#readDevice()
    } catch {
      // No database to be had: everything works in memory from here, and the summary says so.
      this.#isStoreBroken = true
    }
    this.#stops.push(
      this.#session.state.subscribe(() => this.#sessionChanged()),
      this.#ports.watchSignals((signal) => {
        if (signal === 'visible') this.#lookedAt()
      }),
    )
    this.#session.dispatch({ type: 'started' })
    this.#sessionChanged()
    this.#poll()
  }

  now(): number {
    return this.#ports.now() + this.#skew
  }

  recall(key: string): unknown {
    return this.#notes.get(key)
  }

  remember(key: string, value: unknown): void {
    this.#notes.set(key, value)
    this.#registry.remember(`${notePrefix}${key}`, value)
  }

  refreshCatalogue(): Promise<void> {
    this.#isRefreshing ??= this.#refresh().finally(() => {
      this.#isRefreshing = undefined
    })
    return this.#isRefreshing
  }

  async refreshPolicy(): Promise<void> {
    try {
      const policy = await this.#api.fetchPolicy()
      if (this.#closed !== undefined || isSamePolicy(policy, this.#policy.get())) return
      this.#policy.set(policy)
      this.#registry.remember(keys.policy, policyAnswerOf(policy))
    } catch {
      // The rules of last time will do for a preview: the server decides by its own.
    }
  }

  open(name: DocumentName): OpenDocument {
    return this.#registry.open(name)
  }

  create(kind: DocumentKind, record: CreateRecord): DocumentName {
    const name = formatDocumentName({
      organizationId: this.#me.organization.id,
      kind,
      id: newDocumentId(),
    })
    const draft = new Y.Doc()
    createDocument(draft, {
      kind,
      territoryId: record.territoryId,
      createdBy: this.#me.user.id,
      createdAt: this.now(),
      ...(record.fields === undefined ? {} : { fields: record.fields }),
    })
    const { title, summary } = summarize(draft, kind)
    const document = this.#registry.ensure(name)
    Y.applyUpdate(document.current, Y.encodeStateAsUpdate(draft), localOrigin)
    draft.destroy()
    const entry = {
      name,
      kind,
      territoryId: record.territoryId,
      title,
      head: 0,
      updatedAt: this.now(),
      summary: { ...summary },
    }
    // Without a disk the record is listed from memory; its content is in the outbox either way.
    void this.#catalogue.addLocal(entry).catch(() => undefined)
    return name
  }

  async dismissRefused(name: DocumentName, id: string): Promise<void> {
    await this.#registry.dismissRefused(name, id)
    if (this.#catalogue.get(name)?.isLocal !== true) return
    const document = this.#registry.ensure(name)
    await document.ready
    // A record created here that the server refused: with its draft dismissed, nothing of it is left.
    if (!document.state.get().hasContent) await this.#catalogue.removeLocal(name).catch(() => undefined)
  }

  exportUnsent(): Promise<UnsentExport> {
    return collectUnsent({
      user: { id: this.#me.user.id, name: this.#me.user.name },
      now: this.#ports.now(),
      outbox: this.#outbox,
      registry: this.#registry,
      titleOf: (name) => this.#catalogue.get(name)?.title,
    })
  }

  syncNow(): void {
    this.#session.dispatch({ type: 'online' })
    void this.refreshCatalogue()
  }

  signedInAgain(): void {
    this.#session.dispatch({ type: 'signedInAgain' })
  }

  async signedOut(): Promise<EraseReport> {
    this.#session.dispatch({ type: 'signedOut' })
    const names = this.#registry.onDevice().map((name) => this.#registry.databaseName(name))
    await this.close()
    const device = deviceDatabaseName(this.#me.user.id)
    const databases = new Set([...names, ...(await listDatabases(this.#ports, `${device}/`)), device])
    const results = await Promise.all(
      [...databases].map(async (name) => ({ name, ...(await eraseDatabase(this.#ports, name)) })),
    )
    return { blocked: results.flatMap(({ name, erased }) => (erased ? [] : [name])) }
  }

  close(): Promise<void> {
    this.#closed ??= this.#closeOnce()
    return this.#closed
  }

  async #closeOnce(): Promise<void> {
    for (const stop of this.#stops) stop()
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
    await this.#registry.close()
    this.#session.close()
    await this.#outbox.close()
    await this.#isRefreshing
    await this.#store.close()
  }

  async #readDevice(): Promise<void> {
    await this.#store.open()
    const metadata = await this.#store.readMetadata()
    this.#registry.load(metadata, await this.#store.readAll('refused'))
    await this.#catalogue.load(metadata)
    for (const [key, value] of metadata) {
      const note = key.startsWith(notePrefix) ? key.slice(notePrefix.length) : undefined
      if (note !== undefined && !this.#notes.has(note)) this.#notes.set(note, value)
    }
    const people = metadata.get(keys.people)
    if (Array.isArray(people) && this.#people.get().length === 0)
      this.#people.set(people as readonly Person[])
    const policy = readPolicyAnswer(metadata.get(keys.policy))
    if (policy !== undefined && this.#policy.get() === defaultPolicyTable) this.#policy.set(policy)
    const skew = metadata.get(keys.skew)
    if (typeof skew === 'number' && this.#skew === 0) this.#skew = skew
    const lastSyncedAt = metadata.get(keys.lastSyncedAt)
    if (typeof lastSyncedAt === 'number') this.#lastSyncedAt ??= lastSyncedAt
    const entries = await this.#outbox.refresh()
    this.#registry.drain(entries)
    if (metadata.get(keys.schemaVersion) !== deviceSchemaVersion) {
      this.#registry.remember(keys.schemaVersion, deviceSchemaVersion)
    }
  }

  /** Another tab signed out: nothing may be written any more, and nobody is signed in here. */
  #erasedElsewhere(): void {
    this.#session.dispatch({ type: 'signedOut' })
  }

  #sessionChanged(): void {
    const state = this.#session.state.get()
    if (isConnected(state)) {
      this.#cancel('offline')
      this.#isOffline = false
    } else if (!this.#isOffline) {
      this.#startOnce('offline', offlineAfterMs, () => {
        this.#isOffline = true
        this.#summarize()
      })
    }
    const isLive = state.phase === 'live'
    if (isLive && !this.#wasLive) this.#wentLive()
    this.#wasLive = isLive
    this.#summarize()
  }

  /** What is asked for by HTTP never rejects; failures leave what is there. */
  #wentLive(): void {
    void this.refreshCatalogue()
    void this.#refreshPeople()
    void this.refreshPolicy()
    void this.#adoptFromOtherTabs()
  }

  #lookedAt(): void {
    void this.refreshCatalogue()
    void this.refreshPolicy()
    void this.#adoptFromOtherTabs()
  }

  /** While somebody looks, lists are refreshed although no event says so. */
  #poll(): void {
    this.#startOnce('poll', catalogueIntervalMs, () => {
      if (this.#ports.isVisible() && isConnected(this.#session.state.get())) void this.refreshCatalogue()
      void this.#adoptFromOtherTabs()
      this.#poll()
    })
  }

  /** Never rejects. Unsent work that another tab left, or that it has sent meanwhile. */
  async #adoptFromOtherTabs(): Promise<void> {
    try {
      if (this.#isStoreBroken) await this.#readDevice()
      this.#isStoreBroken = false
      const entries = await this.#outbox.refresh()
      if (this.#closed === undefined) this.#registry.drain(entries)
    } catch {
      // No database: then there is nothing that tabs could share.
    }
  }

  /** Never rejects. */
  async #refresh(): Promise<void> {
    try {
      const page = await this.#api.fetchCatalogue(this.#catalogue.cursor)
      if (this.#closed !== undefined) return
      const keep = new Set([...this.#outbox.documents(), ...this.#registry.all().map(({ name }) => name)])
      await this.#catalogue.apply(page, { keep })
    } catch {
      // Not reachable, or the disk is full: the list on the screen stays as it is and the next round tries again.
    }
  }

  /** Never rejects. */
  async #refreshPeople(): Promise<void> {
    try {
      const [people, skew] = await Promise.all([this.#api.fetchPeople(), this.#api.measureSkew()])
      if (this.#closed !== undefined) return
      this.#people.set(people)
      this.#skew = skew
      this.#registry.remember(keys.people, people)
      this.#registry.remember(keys.skew, skew)
    } catch {
      // Names and the clock's skew of last time will do.
    }
  }

  #outboxChanged(): void {
    for (const document of this.#registry.all()) document.refresh()
    this.#summarize()
    if (this.#outbox.documents().length === 0) {
      // Everything has arrived: the server's catalogue is about to know.
      this.#startOnce('settle', settleMs, () => {
        if (isConnected(this.#session.state.get())) void this.refreshCatalogue()
      })
    }
  }

  #contentChanged(document: LocalDocument): void {
    this.#startOnce(`summary:${document.name}`, summaryMs, () => this.#overlay(document))
  }

  #overlay(document: LocalDocument): void {
    if (!document.state.get().hasContent) return
    const { title, summary } = summarize(document.current, document.kind)
    this.#catalogue.setOverlay(document.name, { title, summary: { ...summary } })
  }

  #documentClosed(document: LocalDocument): void {
    this.#cancel(`summary:${document.name}`)
    this.#overlay(document)
    // Without a disk the next start shows what the server lists.
    void this.#catalogue.settleOverlay(document.name).catch(() => undefined)
  }

  #summarize(): void {
    const open = this.#registry.all()
    const states = open.map((document) => document.state.get())
    const waiting = states.filter(({ pending, access }) => pending > 0 && access !== 'none')
    const session = this.#session.state.get()
    const refused = this.#registry.refused()
    if (!isSameList(refused, this.#refused.get())) this.#refused.set(refused)
    const pending = waiting.reduce((sum, state) => sum + state.pending, 0)
    if (session.phase === 'live' && pending === 0) this.#confirmed(this.#ports.now())
    const isMemoryOnly = this.#outbox.memoryOnly > 0
    setIfChanged(
      this.#summary,
      computeSummary({
        session,
        isOffline: this.#isOffline,
        needsUpdate: states.some(({ accessCode }) => accessCode === 'document/too-new'),
        pending,
        documents: waiting.length,
        refused: refused.length,
        isSaving: states.some(({ local }) => local === 'saving'),
        isMemoryOnly,
        storage:
          this.#isStoreBroken || isMemoryOnly || open.some((document) => document.isMemoryOnly)
            ? 'memory'
            : 'persistent',
        lastSyncedAt: this.#lastSyncedAt,
      }),
    )
  }

  /** Everything that was typed here is at the server; said after a restart, too. */
  #confirmed(at: number): void {
    this.#lastSyncedAt = at
    this.#startOnce('remember-synced', rememberSyncedMs, () => {
      this.#registry.remember(keys.lastSyncedAt, this.#lastSyncedAt)
    })
  }

  /** Starts a timer unless one for the same purpose runs. */
  #startOnce(purpose: string, ms: number, fire: () => void): void {
    if (this.#timers.has(purpose) || this.#closed !== undefined) return
    const cancel = this.#ports.startTimer(ms, () => {
      this.#timers.delete(purpose)
      fire()
    })
    this.#timers.set(purpose, cancel)
  }

  #cancel(purpose: string): void {
    this.#timers.get(purpose)?.()
    this.#timers.delete(purpose)
  }
}

function isSamePolicy(one: PolicyTable, other: PolicyTable): boolean {
  return one.version === other.version && JSON.stringify(one.settings) === JSON.stringify(other.settings)
}

function isSameList<T>(one: readonly T[], other: readonly T[]): boolean {
  return one.length === other.length && one.every((entry, index) => entry === other[index])
}

/** Databases that nobody remembers, for example because the device's own was lost. */
async function listDatabases(ports: Ports, prefix: string): Promise<readonly string[]> {
  try {
    const databases = (await ports.indexedDB?.databases()) ?? []
    return databases.flatMap(({ name }) => (name?.startsWith(prefix) === true ? [name] : []))
  } catch {
    // Old browsers have no list; those we remember are erased either way.
    return []
  }
}

/** No record has this id. */
const nilId = '00000000-0000-0000-0000-000000000000'

/** `ws:` or `wss:` address of the sync endpoint, for a page or a server origin. */
function socketUrl(baseUrl: string): string {
  const origin = baseUrl === '' ? globalThis.location.origin : baseUrl
  return `${origin.replace(/^http/, 'ws')}${endpoints.sync}`
}
