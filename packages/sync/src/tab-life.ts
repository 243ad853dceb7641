/**
 * The life of a tab beside its documents: who leads, what tabs tell each other, what the connection was like, and how
 * much of it may be used. `tab-life-shell.ts` loads it.
 */
import { type DocumentName, protocolVersion } from '@fulqrun/protocol'
import type { ListedEntry } from './catalogue.ts'
import { deviceDatabaseVersion, type OutboxEntry } from './device-store.ts'
import { collectDiagnostics, type Diagnostics, SessionHistory } from './diagnostics.ts'
import { createLease } from './lease.ts'
import { Measures } from './measures.ts'
import { isSaverChoice, Saver, type SaverChoice } from './saver.ts'
import { isConnected } from './session-state.ts'
import type { WritableStore } from './store.ts'
import type { TabLifeHost, TabLifeStores } from './tab-life-shell.ts'
import { readTabNews, type TabNews } from './tab-messages.ts'
import { Tabs } from './tabs.ts'

/** Measures are written this often, and when the page is left. */
export const saveMeasuresMs = 60_000
/** What an exchange took is written soon: a page that is loaded anew has no time for it any more. */
const saveTrafficMs = 3_000
/** What another tab was to send and what is still there after this, is sent from here. */
export const sendForOthersMs = 10_000

const saverKey = 'saver'

export class TabLife {
  readonly tabs: Tabs
  readonly measures: Measures
  readonly #host: TabLifeHost
  readonly #saver: Saver
  readonly #history: SessionHistory
  readonly #stops: (() => void)[] = []
  #cancelSave: (() => void) | undefined
  #cancelTraffic: (() => void) | undefined
  #cancelSend: (() => void) | undefined
  #wasConnected = false
  #isClosed = false

  constructor(host: TabLifeHost, stores: TabLifeStores) {
    const { ports, name, tabId, store } = host
    this.#host = host
    this.#saver = new Saver(ports.connection)
    this.measures = new Measures(ports)
    this.#history = new SessionHistory(ports, host.session.state)
    this.tabs = new Tabs({
      ports,
      name,
      tabId,
      version: [protocolVersion, deviceDatabaseVersion, host.appVersion],
      lease: createLease({ ports, store, tabId }),
      isShared: () => host.isDiskUsable(),
      onMessage: (message) => this.#heard(message),
      onGone: () => this.#sendForOthers(),
    })
    this.#stops.push(
      follow(this.tabs.state, stores.tabs),
      follow(this.measures.state, stores.measures),
      follow(this.#saver.mode, stores.saver),
      follow(this.#saver.choice, stores.saverChoice),
      this.#saver.mode.subscribe(() => this.#saverChanged()),
      host.catchUp.subscribe(() => this.#tellProgress()),
      // For the tab that came, or for all when this one leads from now on.
      this.tabs.state.subscribe(() => this.#tellProgress()),
      host.session.state.subscribe(() => this.#sessionChanged()),
      ports.watchSignals((signal) => {
        if (signal === 'hidden' || signal === 'pagehide') void this.measures.save(store)
      }),
    )
  }

  /** Reads what it needs from the device. Never rejects. */
  async start(): Promise<void> {
    const { session, store } = this.#host
    session.observe(this.measures)
    this.#sessionChanged()
    const choice = await store.readMetadata().then(
      (metadata) => metadata.get(saverKey),
      () => undefined,
    )
    if (this.#isClosed) return
    if (isSaverChoice(choice)) this.#saver.choose(choice)
    this.#saverChanged()
    // Now that it is known what may be spent: the tab that leads begins to fetch.
    this.tabs.start()
    await this.measures.load(store)
    if (this.#isClosed) return
    this.#saveAgain()
  }

  /** The choice holds in all tabs, and after a restart. Never rejects. */
  async setSaver(choice: SaverChoice): Promise<void> {
    this.#saver.choose(choice)
    this.#post({ type: 'saver', choice })
    // Without a disk it holds until the page is closed.
    await this.#host.store.writeMetadata(saverKey, choice).catch(() => undefined)
  }

  diagnostics(): Promise<Diagnostics> {
    return collectDiagnostics(this.#host, {
      tabs: this.tabs.state.get(),
      measures: this.measures.state.get(),
      saver: { choice: this.#saver.choice.get(), mode: this.#saver.mode.get() },
      history: this.#history.entries(),
    })
  }

  /** Bytes that did not go over the socket. */
  transferred(sentBytes: number, receivedBytes: number): void {
    this.measures.transferred(sentBytes, receivedBytes)
    this.#cancelTraffic ??= this.#host.ports.startTimer(saveTrafficMs, () => {
      this.#cancelTraffic = undefined
      void this.#saveMeasures()
    })
  }

  saved(entries: readonly OutboxEntry[]): void {
    this.#post({ type: 'edited', entries })
  }

  acknowledged(ids: readonly string[]): void {
    this.measures.acknowledged(ids.length)
    this.#post({ type: 'acknowledged', ids })
  }

  setAside(ids: readonly string[]): void {
    this.#post({ type: 'set-aside', ids })
  }

  dismissed(): void {
    this.#post({ type: 'dismissed' })
  }

  listed(entry: ListedEntry): void {
    this.#post({ type: 'listed', entry })
  }

  unlisted(name: DocumentName): void {
    this.#post({ type: 'unlisted', name })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const stop of this.#stops) stop()
    this.#cancelSave?.()
    this.#cancelTraffic?.()
    this.#cancelSend?.()
    this.#history.close()
    this.#saver.close()
    this.measures.close()
    await this.measures.save(this.#host.store)
    await this.tabs.close()
  }

  #post(news: TabNews): void {
    this.tabs.post(news)
  }

  #heard(message: unknown): void {
    const news = readTabNews(message)
    const { outbox, registry, catalogue } = this.#host
    if (news === undefined || this.#isClosed) return
    switch (news.type) {
      case 'edited': {
        const fresh = outbox.learn(news.entries)
        registry.adopt(fresh, { isSent: true })
        if (fresh.length > 0) this.#sendForOthersLater()
        return undefined
      }
      case 'acknowledged':
        outbox.settledElsewhere(news.ids)
        return registry.adopt([])
      case 'set-aside':
        registry.setAsideElsewhere(news.ids)
        outbox.settledElsewhere(news.ids)
        return this.#reloadRefused()
      case 'dismissed':
        return this.#reloadRefused()
      case 'listed':
        return catalogue.learn(news.entry)
      case 'unlisted':
        // What was typed here meanwhile is still to be sent.
        return outbox.entriesOf(news.name).length > 0 ? undefined : catalogue.removeLocal(news.name)
      case 'saver':
        return this.#saver.choose(news.choice)
      case 'progress':
        return this.tabs.isLeading() ? undefined : this.#host.followProgress(news.progress)
      case 'measured':
        void this.measures.load(this.#host.store)
        return undefined
      case 'outbox':
        void this.#host.refreshOutbox()
    }
  }

  #reloadRefused(): void {
    const { store, registry } = this.#host
    // Without a disk no tab has anything that another could read.
    store.readAll('refused').then(
      (refused) => (this.#isClosed ? undefined : registry.reloadRefused(refused)),
      () => undefined,
    )
  }

  /** The tab that wanted to send them may have been closed, frozen or cut off. */
  #sendForOthersLater(): void {
    this.#cancelSend ??= this.#host.ports.startTimer(sendForOthersMs, () => this.#sendForOthers())
  }

  #sendForOthers(): void {
    this.#cancelSend?.()
    this.#cancelSend = undefined
    if (this.#isClosed) return
    for (const document of this.#host.registry.all()) document.sendWaiting()
    // Documents that are not open are the leader's to send; it looks when the outbox is read.
    void this.#host.refreshOutbox()
  }

  #saverChanged(): void {
    this.#host.session.dispatch({ type: 'saverChanged', on: this.#saver.mode.get() === 'saver' })
  }

  #sessionChanged(): void {
    const connected = isConnected(this.#host.session.state.get())
    if (this.#wasConnected && !connected) this.measures.disconnected()
    this.#wasConnected = connected
  }

  #saveAgain(): void {
    this.#cancelSave = this.#host.ports.startTimer(saveMeasuresMs, () => {
      void this.#saveMeasures()
      this.#saveAgain()
    })
  }

  /** Never rejects. */
  async #saveMeasures(): Promise<void> {
    await this.measures.save(this.#host.store)
    if (!this.#isClosed) this.#post({ type: 'measured' })
  }

  /** Nobody else knows: the others exchange nothing themselves. */
  #tellProgress(): void {
    const { isLeader, others } = this.tabs.state.get()
    if (isLeader && others > 0) this.#post({ type: 'progress', progress: this.#host.catchUp.get() })
  }
}

/** Keeps `to` equal to `from`; the result stops it. */
function follow<T>(
  from: { get(): T; subscribe(listener: () => void): () => void },
  to: WritableStore<T>,
): () => void {
  const copy = (): void => to.set(from.get())
  copy()
  return from.subscribe(copy)
}
