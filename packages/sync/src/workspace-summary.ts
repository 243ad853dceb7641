/** Follows everything that the sync chip speaks of. */
import type { UploadStatus } from './attachments/types.ts'
import type { DocumentRegistry } from './document-registry.ts'
import type { LocalDocument } from './local-document.ts'
import type { Outbox } from './outbox.ts'
import type { Ports } from './ports.ts'
import { isConnected, type SessionState } from './session-state.ts'
import { createStore, setIfChanged, type Store } from './store.ts'
import { computeSummary, offlineAfterMs, type SyncSummary } from './summary.ts'
import type { Timers } from './timers.ts'

export interface SummaryKeeperOptions {
  readonly ports: Pick<Ports, 'now'>
  readonly timers: Timers
  readonly session: Store<SessionState>
  readonly outbox: Outbox
  readonly registry: DocumentRegistry
  /** Photos and documents that the server has not got: each counts as one change. */
  readonly files: Store<readonly UploadStatus[]>
  /** The device's own database could not be had. */
  isStoreBroken(): boolean
  /** A newer version of the app has upgraded the device's database. */
  isOutdated(): boolean
  remember(key: string, value: unknown): void
}

/** The time of the last confirmation is written this long after something was confirmed. */
const rememberSyncedMs = 2_000
/** And this often while a quiet line holds. */
const rememberHeardMs = 60_000
const lastSyncedKey = 'last-synced-at'

export class SummaryKeeper {
  readonly summary: Store<SyncSummary>
  readonly #options: SummaryKeeperOptions
  readonly #summary = createStore<SyncSummary>({
    state: 'connecting',
    pending: 0,
    documents: 0,
    refused: 0,
    storage: 'persistent',
  })
  #isOffline = false
  #lastSyncedAt: number | undefined

  constructor(options: SummaryKeeperOptions) {
    this.#options = options
    this.summary = this.#summary
  }

  load(metadata: ReadonlyMap<string, unknown>): void {
    const lastSyncedAt = metadata.get(lastSyncedKey)
    if (typeof lastSyncedAt === 'number') this.#lastSyncedAt ??= lastSyncedAt
  }

  /** A short interruption is not worth a word. */
  sessionChanged(): void {
    const { session, timers } = this.#options
    if (isConnected(session.get())) {
      timers.cancel('offline')
      this.#isOffline = false
    } else if (!this.#isOffline) {
      timers.startOnce('offline', offlineAfterMs, () => {
        this.#isOffline = true
        this.refresh()
      })
    }
    this.refresh()
  }

  /** The server answered, and so has everything that it had before. */
  heard(): void {
    this.#options.timers.startOnce('remember-heard', rememberHeardMs, () => this.#remember())
    this.#look(() => undefined)
  }

  refresh(): void {
    this.#look(() => {
      this.#options.timers.startOnce('remember-synced', rememberSyncedMs, () => this.#remember())
    })
  }

  #look(confirmed: () => void): void {
    const { registry, outbox } = this.#options
    const open = registry.all()
    const states = open.map((document) => document.state.get())
    const session = this.#options.session.get()
    // Documents that nobody has open are sent by catching up: what waits is counted over all.
    const waiting = outbox.documents().flatMap((name) => {
      const state = registry.get(name)?.state.get()
      return state?.access === 'none' ? [] : [registry.changesOf(name)]
    })
    const files = this.#options.files.get()
    const pending = waiting.reduce((sum, changes) => sum + changes, files.length)
    const withFiles = new Set(files.map(({ document }) => document))
    for (const name of outbox.documents()) withFiles.delete(name)
    // Everything that was typed here is at the server; said after a restart, too.
    if (session.phase === 'live' && pending === 0) {
      this.#lastSyncedAt = this.#options.ports.now()
      confirmed()
    }
    const isMemoryOnly = outbox.memoryOnly > 0 || states.some(({ local }) => local === 'memory')
    const isStoreBroken = this.#options.isStoreBroken()
    setIfChanged(
      this.#summary,
      computeSummary({
        session,
        isOffline: this.#isOffline,
        isFetching: open.some(isAwaited),
        needsUpdate:
          this.#options.isOutdated() || states.some(({ accessCode }) => accessCode === 'document/too-new'),
        pending,
        documents: waiting.length + withFiles.size,
        refused: registry.refused().length,
        isSaving: states.some(({ local }) => local === 'saving'),
        isMemoryOnly,
        storage:
          isStoreBroken || isMemoryOnly || open.some((document) => document.isMemoryOnly)
            ? 'memory'
            : 'persistent',
        lastSyncedAt: this.#lastSyncedAt,
      }),
    )
  }

  #remember(): void {
    this.#options.remember(lastSyncedKey, this.#lastSyncedAt)
  }
}

/** A screen shows it, nothing of it is here, and nothing says that it will not come. */
function isAwaited({ users, state }: LocalDocument): boolean {
  const { hasContent, remote, access } = state.get()
  return users > 0 && !hasContent && remote !== 'synced' && access !== 'none'
}
