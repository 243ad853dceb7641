/** One person's workspace on this device: what the web app works with. See README.md. */
import {
  type DocumentKind,
  type DocumentName,
  endpoints,
  type FeedMessage,
  formatDocumentName,
  type Me,
} from '@fulqrun/protocol'
import { newDocumentId, summarize } from '@fulqrun/schema'
import { AttachmentShell } from './attachments/attachment-shell.ts'
import type { Attachments } from './attachments/types.ts'
import { type ApiClient, createApiClient } from './api-client.ts'
import { createBrowserPorts } from './browser-ports.ts'
import { CachedAnswers } from './cached-answers.ts'
import { Catalogue, unlistWhatIsGone } from './catalogue.ts'
import { countFetches } from './counted-fetch.ts'
import { makeRecord } from './create-record.ts'
import { type DeviceIds, ensureIds } from './device-id.ts'
import {
  deviceDatabaseName,
  DeviceStore,
  type DeviceTransaction,
  type OutboxEntry,
  type RefusedEdit,
} from './device-store.ts'
import type { Diagnostics } from './diagnostics.ts'
import { DocumentRegistry, type OpenDocument } from './document-registry.ts'
import { eraseDevice } from './erase-device.ts'
import type { LocalDocument } from './local-document.ts'
import { Outbox } from './outbox.ts'
import type { Ports } from './ports.ts'
import { colorOf } from './presence-color.ts'
import { ReplicaShell, type ReplicaStores } from './replica-shell.ts'
import { type CatchUpSettings, defaultCatchUpSettings, type SnapshotContent } from './replica-types.ts'
import type { SaverChoice } from './saver.ts'
import { Session } from './session.ts'
import { isConnected } from './session-state.ts'
import { createStore } from './store.ts'
import { TabLifeShell } from './tab-life-shell.ts'
import { Timers } from './timers.ts'
import { collectUnsent, type UnsentExport } from './unsent-export.ts'
import { SummaryKeeper } from './workspace-summary.ts'
import type { CreateRecord, EraseReport, Workspace, WorkspaceOptions } from './workspace-types.ts'

/** What other tabs left is looked for this often. */
const adoptIntervalMs = 15_000
/** After an acknowledgement, the server has had time to write its catalogue. */
const settleMs = 1_500
/** Typing changes a document many times a second; its line in a list need not. */
const summaryMs = 150

const schemaVersionKey = 'schema-version'
/** It was cleared under an open tab; the next start says so once more. */
const clearedKey = 'was-cleared'
/** Whose data this is and where it goes, for the service worker. */
const personKey = 'person'
/** Of what metadata holds; the database has its own version. */
const deviceSchemaVersion = 2
/** Notes of screens, beside what the workspace itself remembers. */
const notePrefix = 'note:'

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
  readonly session: Workspace['session']
  readonly sync: Workspace['sync']
  readonly people: Workspace['people']
  readonly policy: Workspace['policy']
  readonly catalogue: Workspace['catalogue']
  readonly refused: Workspace['refused']
  readonly onDevice: Workspace['onDevice']
  readonly catchUp: Workspace['catchUp']
  readonly replica: Workspace['replica']
  readonly pinned: Workspace['pinned']
  readonly waiting: Workspace['waiting']
  readonly events: Workspace['events']
  readonly tabs: Workspace['tabs']
  readonly measures: Workspace['measures']
  readonly saver: Workspace['saver']
  readonly saverChoice: Workspace['saverChoice']
  readonly files: Workspace['files']
  readonly #me: Me
  readonly #baseUrl: string
  readonly #ports: Ports
  readonly #settings: CatchUpSettings
  readonly #api: ApiClient
  readonly #answers: CachedAnswers
  readonly #store: DeviceStore
  readonly #outbox: Outbox
  readonly #session: Session
  readonly #registry: DocumentRegistry
  readonly #catalogue: Catalogue
  readonly #replica: ReplicaShell
  readonly #keeper: SummaryKeeper
  readonly #life: TabLifeShell
  readonly #attachments: AttachmentShell
  readonly #timers: Timers
  readonly #refused = createStore<readonly RefusedEdit[]>([])
  readonly #notes = new Map<string, unknown>()
  readonly #stops: (() => void)[] = []
  #deviceId: string
  #isStoreBroken = false
  /** A newer version of the app owns the database now. */
  #isOutdated = false
  #wasCleared = false
  #databaseId: string | undefined
  #wasLive = false
  #isRefreshing: Promise<boolean> | undefined
  #listStored: Promise<void> | undefined
  #closed: Promise<void> | undefined

  constructor({ me, baseUrl, ports = createBrowserPorts(), settings, appVersion = 0 }: WorkspaceOptions) {
    const userId = me.user.id
    const counted = countFetches(ports, (sent, received) => this.#life.transferred(sent, received))
    this.#me = me
    this.#baseUrl = baseUrl
    this.#ports = ports
    this.#settings = { ...defaultCatchUpSettings, ...settings }
    this.#timers = new Timers(ports)
    this.#deviceId = ports.newId()
    this.#api = createApiClient(counted, { baseUrl, userId, deviceId: () => this.#deviceId })
    this.#answers = new CachedAnswers({
      api: this.#api,
      deviceNow: () => ports.now(),
      remember: (key, value) => this.#registry.remember(key, value),
      isClosed: () => this.#closed !== undefined,
    })
    this.#store = new DeviceStore({
      ports,
      userId,
      onErased: () => this.#erasedElsewhere(),
      onLost: () => {
        void this.#databaseLost().catch(() => undefined) // Without a disk, everything is in memory.
      },
      onReturned: () => void this.refreshOutbox(),
      onNewer: () => this.#outdated(),
    })
    this.#catalogue = new Catalogue(this.#store)
    this.#session = new Session({
      ports,
      url: socketUrl(baseUrl),
      signInName: formatDocumentName({ organizationId: me.organization.id, kind: 'kpi', id: nilId }),
      fetchToken: () => this.#api.fetchToken(),
      onFeed: (message) => this.#fed(message),
      onPong: () => this.#heard(),
    })
    const tabId = ports.newId()
    this.#outbox = new Outbox({
      store: this.#store,
      ports,
      tabId,
      onChange: () => this.#outboxChanged(),
      news: {
        saved: (entries) => this.#saved(entries),
        acknowledged: (ids) => this.#life.acknowledged(ids),
        setAside: (ids) => this.#life.setAside(ids),
      },
    })
    this.#registry = new DocumentRegistry({
      ports,
      session: this.#session,
      outbox: this.#outbox,
      store: this.#store,
      userId,
      user: { id: userId, name: me.user.name, color: colorOf(userId) },
      now: () => this.now(),
      titleOf: (name) => this.#catalogue.get(name)?.title,
      isDiskUsable: () => !this.#isStoreBroken,
      readSnapshot: (name) => this.readSnapshot(name),
      onChange: () => this.#summarize(),
      onContent: (document) => this.#contentChanged(document),
      onClosed: (document) => this.#documentClosed(document),
      onGone: (name) => this.#replica.tell((replica) => replica.closed(name)),
    })
    this.#attachments = new AttachmentShell(
      {
        ports: counted,
        store: this.#store,
        baseUrl,
        userId,
        now: () => this.now(),
        open: (name) => this.open(name),
        budgetBytes: () => this.replica.get().budgetBytes * fileBudgetShare,
      },
      () => this.#summarize(),
    )
    this.#keeper = new SummaryKeeper({
      ports,
      timers: this.#timers,
      session: this.#session.state,
      outbox: this.#outbox,
      registry: this.#registry,
      isStoreBroken: () => this.#isStoreBroken,
      isOutdated: () => this.#isOutdated,
      files: this.#attachments.files,
      remember: (key, value) => this.#registry.remember(key, value),
    })
    this.#replica = new ReplicaShell({
      ports: counted,
      api: this.#api,
      baseUrl,
      userId,
      store: this.#store,
      outbox: this.#outbox,
      registry: this.#registry,
      catalogue: this.#catalogue,
      session: this.#session.state,
      settings: this.#settings,
      now: () => this.now(),
      isDiskUsable: () => !this.#isStoreBroken,
      wasCleared: () => this.#wasCleared,
      isLeader: () => this.#life.isLeader(),
      isSaving: () => this.saver.get() === 'saver',
      refreshCatalogue: (isAnew) => (isAnew ? this.#refreshAnew() : this.#refreshOnce()),
    })
    const stores: ReplicaStores = this.#replica.stores
    this.#life = new TabLifeShell({
      ports,
      name: deviceDatabaseName(userId),
      tabId,
      appVersion,
      store: this.#store,
      outbox: this.#outbox,
      registry: this.#registry,
      catalogue: this.#catalogue,
      session: this.#session,
      sync: this.#keeper.summary,
      catchUp: stores.catchUp,
      replica: stores.replica,
      isDiskUsable: () => !this.#isStoreBroken,
      skew: () => this.now() - ports.now(),
      refreshOutbox: () => this.refreshOutbox(),
      followProgress: (progress) => this.#replica.tell((replica) => replica.follow(progress)),
    })
    this.session = this.#session.state
    this.sync = this.#keeper.summary
    this.people = this.#answers.people
    this.policy = this.#answers.policy
    this.refused = this.#refused
    this.catalogue = this.#catalogue.entries
    this.onDevice = stores.onDevice
    this.catchUp = stores.catchUp
    this.replica = stores.replica
    this.pinned = stores.pinned
    this.waiting = stores.waiting
    this.events = stores.events
    this.tabs = this.#life.stores.tabs
    this.measures = this.#life.stores.measures
    this.saver = this.#life.stores.saver
    this.saverChoice = this.#life.stores.saverChoice
    this.files = this.#attachments.files
  }

  async start(): Promise<void> {
    try {
      await this.#readDevice()
    } catch {
      // No database to be had: everything works in memory from here, and the summary says so.
      this.#isStoreBroken = true
    }
    const { events, catchUp } = this.#replica.stores
    this.#stops.push(
      this.#session.state.subscribe(() => this.#sessionChanged()),
      this.sync.subscribe(() => events.emit({ type: 'sync', summary: this.sync.get() })),
      catchUp.subscribe(() => events.emit({ type: 'catch-up', progress: catchUp.get() })),
      this.#ports.watchSignals((signal) => {
        if (signal === 'visible') this.#lookedAt()
      }),
    )
    this.#stops.push(
      this.tabs.subscribe(() => {
        if (this.tabs.get().isLeader) this.#replica.tell((replica) => replica.wake())
      }),
      // What was left where it was while bytes were dear.
      this.saver.subscribe(() => this.#replica.tell((replica) => replica.wake())),
    )
    // An empty device has nothing to show until it is there: the cookie is enough to ask, the socket is not waited for.
    if (!this.#catalogue.isKnown && this.#ports.isVisible()) void this.#refreshOnce()
    this.#session.dispatch({ type: 'started' })
    this.#life.start()
    this.#sessionChanged()
    this.#replica.start()
    void this.#attachments.resume()
    this.#adoptAgain()
    this.#refreshAgain()
  }

  get deviceId(): string {
    return this.#deviceId
  }

  now(): number {
    return this.#answers.now()
  }

  recall(key: string): unknown {
    return this.#notes.get(key)
  }

  remember(key: string, value: unknown): void {
    this.#notes.set(key, value)
    this.#registry.remember(`${notePrefix}${key}`, value)
  }

  async refreshCatalogue(): Promise<void> {
    await this.#refreshOnce()
    this.#replica.tell((replica) => replica.wake())
  }

  refreshPolicy(): Promise<void> {
    return this.#answers.refreshPolicy()
  }

  /** Unsent work that another tab left, or that it or the service worker has sent meanwhile. Never rejects. */
  async refreshOutbox(): Promise<void> {
    try {
      if (this.#isStoreBroken) {
        await this.#readDevice()
        this.#isStoreBroken = false
        for (const document of this.#registry.all()) void document.diskReturned()
        this.#replica.tell((replica) => void replica.returned())
        void this.#attachments.resume()
      }
      const entries = await this.#outbox.refresh()
      if (this.#closed !== undefined) return
      this.#registry.adopt(entries)
      await this.#catalogue.followOthers(this.#unsettled())
      if (entries.length > 0) this.#replica.tell((replica) => replica.wake())
    } catch {
      // No database: then there is nothing that tabs could share.
    }
  }

  open(name: DocumentName): OpenDocument {
    this.#replica.tell((replica) => replica.used(name))
    return this.#registry.open(name)
  }

  create(kind: DocumentKind, record: CreateRecord): DocumentName {
    const organizationId = this.#me.organization.id
    const name = formatDocumentName({ organizationId, kind, id: newDocumentId() })
    const author = { createdBy: this.#me.user.id, now: this.now() }
    const { update, entry } = makeRecord(name, kind, { ...record, ...author })
    this.#catalogue.addLocal(entry)
    const document = this.#registry.ensure(name)
    document.create(update, (transaction) => this.#catalogue.writeLocal(name, transaction))
    return name
  }

  async dismissRefused(name: DocumentName, id: string): Promise<void> {
    // A record created here that the server refused: with its draft dismissed, nothing of it is left.
    const isOnlyDraft = this.#catalogue.get(name)?.isLocal === true && !(await this.#hasContent(name))
    const unlist = (transaction: DeviceTransaction): Promise<void> => unlistWhatIsGone(transaction, name)
    await this.#registry.dismissRefused(name, id, isOnlyDraft ? unlist : undefined)
    this.#life.dismissed()
    if (isOnlyDraft) this.#unlist(name)
  }

  attachments(): Promise<Attachments> {
    return this.#attachments.get()
  }

  exportUnsent(): Promise<UnsentExport> {
    return collectUnsent({
      user: { id: this.#me.user.id, name: this.#me.user.name },
      now: this.#ports.now(),
      outbox: this.#outbox,
      registry: this.#registry,
      titleOf: (name) => this.#catalogue.get(name)?.title,
      files: async () =>
        this.files.get().length === 0 ? [] : await (await this.attachments()).collectUnsent(),
    })
  }

  readSnapshot(name: DocumentName): Promise<SnapshotContent | undefined> {
    return this.#replica.read(name)
  }

  async pin(name: DocumentName, isPinned: boolean): Promise<void> {
    await (await this.#replica.replica()).pin(name, isPinned)
  }

  async setBudget(bytes: number | undefined): Promise<void> {
    await (await this.#replica.replica()).setBudget(bytes)
  }

  retry(name?: DocumentName): void {
    this.syncNow()
    this.#replica.tell((replica) => replica.retry(name))
  }

  async discard(name: DocumentName, save?: (unsent: UnsentExport) => void): Promise<UnsentExport> {
    // Loaded before anything is given up: without it what waits of files could not go.
    const hasFiles = this.files.get().some(({ document }) => document === name)
    const attachments = hasFiles ? await this.attachments() : undefined
    let own: UnsentExport
    let entries: readonly OutboxEntry[]
    do {
      entries = this.#outbox.entriesOf(name)
      const exported = await this.exportUnsent()
      own = {
        ...exported,
        documents: exported.documents.filter((each) => each.name === name),
        files: exported.files.filter(({ document }) => document === name),
        refused: exported.refused.filter(({ document }) => document === name),
      }
      save?.(own)
      // What came meanwhile, from another tab say, is in no file yet.
    } while (!(await this.#registry.discard(name, new Set(entries.map(({ id }) => id)))))
    await attachments?.discard(name, new Set(entries.flatMap(({ paths }) => paths)))
    if (!(await this.#hasContent(name))) this.#unlist(name)
    return own
  }

  async catchUpNow(): Promise<void> {
    await (await this.#replica.replica()).catchUpNow()
  }

  syncNow(): void {
    this.#session.dispatch({ type: 'syncRequested' })
    void this.refreshCatalogue()
  }

  setSaver(choice: SaverChoice): Promise<void> {
    return this.#life.setSaver(choice)
  }

  diagnostics(): Promise<Diagnostics> {
    return this.#life.diagnostics()
  }

  signedInAgain(): void {
    this.#session.dispatch({ type: 'signedInAgain' })
  }

  async signedOut(): Promise<EraseReport> {
    this.#session.dispatch({ type: 'signedOut' })
    const names = this.#registry.onDevice().map((name) => this.#registry.databaseName(name))
    await this.close()
    this.#ports.marks?.clear(deviceDatabaseName(this.#me.user.id))
    return await eraseDevice(this.#ports, deviceDatabaseName(this.#me.user.id), names)
  }

  close(): Promise<void> {
    this.#closed ??= this.#closeOnce()
    return this.#closed
  }

  async #closeOnce(): Promise<void> {
    for (const stop of this.#stops) stop()
    this.#timers.close()
    await this.#life.close()
    await this.#attachments.close()
    await this.#replica.close()
    await this.#registry.close()
    this.#session.close()
    await this.#outbox.close()
    await this.#isRefreshing
    await this.#listStored
    await this.#store.close()
  }

  async #readDevice(): Promise<void> {
    await this.#store.open()
    const ids = await this.#ensureIds()
    this.#deviceId = ids.device
    this.#databaseId = ids.database
    const metadata = await this.#store.readMetadata()
    this.#registry.load(metadata, await this.#store.readAll('refused'))
    await this.#catalogue.load(metadata)
    for (const [key, value] of metadata) {
      const note = key.startsWith(notePrefix) ? key.slice(notePrefix.length) : undefined
      if (note !== undefined && !this.#notes.has(note)) this.#notes.set(note, value)
    }
    this.#answers.load(metadata)
    this.#keeper.load(metadata)
    this.#registry.adopt(await this.#outbox.refresh())
    const isNew = metadata.get(schemaVersionKey) === undefined
    if (isNew && this.#ports.marks?.has(deviceDatabaseName(this.#me.user.id)) === true)
      this.#wasCleared = true
    if (metadata.get(clearedKey) === true) {
      this.#wasCleared = true
      this.#registry.remember(clearedKey, false)
    }
    this.#sign(metadata)
  }

  #ensureIds(): Promise<DeviceIds> {
    return ensureIds(this.#store, { device: this.#deviceId, database: this.#ports.newId() })
  }

  /** Notes whose database this is, where `metadata` does not say it yet. */
  #sign(metadata: ReadonlyMap<string, unknown>): void {
    this.#ports.marks?.set(deviceDatabaseName(this.#me.user.id))
    if (metadata.get(schemaVersionKey) !== deviceSchemaVersion) {
      this.#registry.remember(schemaVersionKey, deviceSchemaVersion)
    }
    const { user, organization } = this.#me
    const person = { userId: user.id, organizationId: organization.id, baseUrl: this.#baseUrl }
    if (JSON.stringify(metadata.get(personKey)) !== JSON.stringify(person))
      this.#registry.remember(personKey, person)
  }

  /**
   * The browser took the database away. If it also cleared it, what memory has is written again, and what it has not is
   * asked for again. Rejects when there is no disk any more.
   */
  async #databaseLost(): Promise<void> {
    const ids = this.#ensureIds()
    const known = this.#databaseId
    await this.#outbox.lost(ids.then(({ database }) => database !== known))
    this.#databaseId = (await ids).database
    if (this.#closed !== undefined || this.#databaseId === known) return
    this.#wasCleared = true
    this.#sign(new Map())
    this.#registry.remember(clearedKey, true)
    for (const [key, value] of this.#notes) this.#registry.remember(`${notePrefix}${key}`, value)
    this.#registry.cleared()
    // What was asked for before would be taken for all that is new.
    await this.#isRefreshing
    await this.#catalogue.cleared()
    this.#replica.tell((replica) => {
      void replica.cleared().catch(() => undefined)
    })
    void this.refreshCatalogue()
  }

  /** Another tab signed out: nothing may be written any more, and nobody is signed in here. */
  #erasedElsewhere(): void {
    this.#session.dispatch({ type: 'signedOut' })
  }

  /** What is unsent on the disk is the newer version's to send; what is typed here from now on goes out from memory. */
  #outdated(): void {
    this.#isOutdated = true
    this.#summarize()
  }

  #sessionChanged(): void {
    const isLive = this.#session.state.get().phase === 'live'
    if (isLive && !this.#wasLive) this.#wentLive()
    this.#wasLive = isLive
    this.#keeper.sessionChanged()
  }

  /** What is asked for by HTTP never rejects; failures leave what is there. */
  #wentLive(): void {
    void this.refreshCatalogue()
    void this.#answers.refreshPeople()
    void this.refreshPolicy()
    void this.refreshOutbox()
    this.#attachments.retry()
  }

  #lookedAt(): void {
    void this.refreshCatalogue()
    void this.refreshPolicy()
    void this.refreshOutbox()
  }

  #adoptAgain(): void {
    this.#timers.startOnce('adopt', adoptIntervalMs, () => {
      void this.refreshOutbox()
      this.#adoptAgain()
    })
  }

  /** The feed brings what is new; this is for when it fails without a word. */
  #refreshAgain(): void {
    this.#timers.startOnce('refresh', this.#settings.safetyIntervalMs, () => {
      if (this.#ports.isVisible() && isConnected(this.#session.state.get())) void this.refreshCatalogue()
      this.#refreshAgain()
    })
  }

  /** The line holds and brought no news: everything is as it was last heard. */
  #heard(): void {
    this.#keeper.heard()
    this.#replica.tell((replica) => replica.heard())
  }

  #fed(message: FeedMessage): void {
    this.#replica.told(message)
    if (this.#catalogue.follow(message, this.#kept())) this.#replica.tell((replica) => replica.wake())
    else void this.#refreshAnew().then(() => this.#replica.tell((replica) => replica.wake()))
  }

  /** Stays listed although the server removed it: unsent work, and what is on a screen. */
  #kept(): ReadonlySet<DocumentName> {
    return new Set([...this.#outbox.documents(), ...this.#registry.all().map(({ name }) => name)])
  }

  /** Asks for what is new from now on: the answer to a question that is under way may be older. */
  async #refreshAnew(): Promise<boolean> {
    await this.#isRefreshing
    return await this.#refreshOnce()
  }

  #refreshOnce(): Promise<boolean> {
    this.#isRefreshing ??= this.#refresh().finally(() => {
      this.#isRefreshing = undefined
    })
    return this.#isRefreshing
  }

  /** Never rejects. False when the server did not answer: the list on the screen stays as it is. */
  async #refresh(): Promise<boolean> {
    try {
      let isMore = true
      while (isMore && this.#closed === undefined) {
        const page = await this.#api.fetchCatalogue(this.#catalogue.cursor, this.#settings.catalogueRows)
        if (this.#closed !== undefined) return false
        // Access is another one: so may be the people there are.
        if (page.first && this.#catalogue.cursor !== undefined) this.#answers.invalidate()
        isMore = page.more
        const stored = this.#catalogue.apply(page, { keep: this.#kept() })
        // What belongs to the rows of the last page is fetched while they are written. A row that the disk does not take
        // comes again with the cursor of before.
        if (isMore) await stored
        else this.#listStored = stored.catch(() => undefined)
      }
      return true
    } catch {
      return false
    }
  }

  #outboxChanged(): void {
    for (const document of this.#registry.all()) document.refresh()
    this.#summarize()
    this.#replica.tell((replica) => replica.outboxChanged())
    if (this.#outbox.documents().length === 0) {
      // Everything has arrived: the server's catalogue is about to know.
      this.#timers.startOnce('settle', settleMs, () => {
        if (isConnected(this.#session.state.get())) void this.refreshCatalogue()
      })
    }
  }

  async #hasContent(name: DocumentName): Promise<boolean> {
    const document = this.#registry.ensure(name)
    await document.ready
    return document.state.get().hasContent
  }

  /** Takes a record that was created here off the lists, unless something of it is left. */
  #unlist(name: DocumentName): void {
    if (this.#catalogue.get(name)?.isLocal !== true || this.#unsettled().has(name)) return
    this.#catalogue.removeLocal(name)
    this.#life.unlisted(name)
  }

  /** Documents with unsent work, or with a draft that nobody has dismissed. */
  #unsettled(): ReadonlySet<DocumentName> {
    return new Set([...this.#outbox.documents(), ...this.#registry.refused().map(({ document }) => document)])
  }

  #saved(entries: readonly OutboxEntry[]): void {
    this.#life.saved(entries)
    for (const name of new Set(entries.map((entry) => entry.document)))
      if (this.#catalogue.get(name)?.isLocal === true) this.#announce(name)
  }

  /** Tells other tabs how a document is listed. One that was created here not before it is on the disk, as it may never be. */
  #announce(name: DocumentName): void {
    const entry = this.#catalogue.get(name)
    if (entry?.isLocal !== true || this.#outbox.localState(name) === 'saved') this.#life.listed(entry)
  }

  #contentChanged(document: LocalDocument): void {
    this.#timers.startOnce(`summary:${document.name}`, summaryMs, () => this.#overlay(document))
  }

  #overlay(document: LocalDocument): void {
    if (!document.state.get().hasContent) return
    const { title, summary } = summarize(document.current, document.kind)
    this.#catalogue.setOverlay(document.name, { title, summary: { ...summary } })
    // The server's list will know of it; until then this is all that a start without a network has.
    if (document.state.get().pending > 0)
      void this.#catalogue.keepOverlay(document.name).catch(() => undefined)
    this.#announce(document.name)
  }

  #documentClosed(document: LocalDocument): void {
    this.#timers.cancel(`summary:${document.name}`)
    this.#overlay(document)
    // Without a disk the next start shows what the server lists.
    void this.#catalogue.settleOverlay(document.name).catch(() => undefined)
  }

  #summarize(): void {
    const refused = this.#registry.refused()
    if (!isSameList(refused, this.#refused.get())) this.#refused.set(refused)
    this.#keeper.refresh()
  }
}

function isSameList<T>(one: readonly T[], other: readonly T[]): boolean {
  return one.length === other.length && one.every((entry, index) => entry === other[index])
}

/** Of the room for copies of records; photos that were looked at once must not take their place. */
const fileBudgetShare = 0.25

/** No record has this id. */
const nilId = '00000000-0000-0000-0000-000000000000'

/** `ws:` or `wss:` address of the sync endpoint, for a page or a server origin. */
function socketUrl(baseUrl: string): string {
  const origin = baseUrl === '' ? globalThis.location.origin : baseUrl
  return `${origin.replace(/^http/, 'ws')}${endpoints.sync}`
}
