/**
 * A bundle for whoever helps: how this device is connected, what waits and what was stored, as plain JSON. It holds no
 * content of records, no titles, no names of people and no tokens; documents are counted by kind.
 */
import { parseDocumentName, protocolVersion } from '@fulqrun/protocol'
import { deviceDatabaseVersion } from './device-store.ts'
import type { SyncMeasures } from './measures.ts'
import type { Ports } from './ports.ts'
import type { CatchUpProgress, ReplicaState } from './replica-types.ts'
import type { SaverChoice, SaverMode } from './saver.ts'
import type { SessionState } from './session-state.ts'
import type { Store } from './store.ts'
import type { SyncSummary } from './summary.ts'
import type { TabLifeHost } from './tab-life-shell.ts'
import type { TabsState } from './tabs.ts'

export interface Diagnostics {
  /** Format of this bundle. */
  readonly format: 1
  /** Device time, ms. */
  readonly at: number
  /** Server time minus device time, ms. */
  readonly skewMs: number
  readonly versions: { readonly protocol: number; readonly database: number; readonly app: number }
  readonly session: SessionState
  /** The last changes of phase, oldest first. */
  readonly history: readonly SessionHistoryEntry[]
  readonly sync: SyncSummary
  readonly tabs: TabsState
  readonly saver: { readonly choice: SaverChoice; readonly mode: SaverMode }
  readonly outbox: OutboxDiagnostics
  readonly documentsOpen: number
  readonly catchUp: CatchUpProgress
  readonly replica: ReplicaState
  /** Room that the browser gives, in bytes. */
  readonly quota?: number | undefined
  /** Rows per store; absent where the database cannot be read. */
  readonly stores?: Readonly<Record<string, number>> | undefined
  readonly measures: SyncMeasures
}

export interface OutboxDiagnostics {
  readonly entries: number
  readonly bytes: number
  readonly memoryOnly: number
  /** Device time of the oldest. */
  readonly oldestAt?: number | undefined
  readonly documentsByKind: Readonly<Record<string, number>>
}

export type SessionHistoryEntry = Pick<SessionState, 'phase' | 'attempt' | 'code' | 'trouble'> & {
  readonly at: number
}

const keptEntries = 50

/** Remembers the last changes of the session's phase. */
export class SessionHistory {
  readonly #entries: SessionHistoryEntry[] = []
  readonly #stop: () => void

  constructor(ports: Pick<Ports, 'now'>, session: Store<SessionState>) {
    const note = (): void => {
      const { phase, attempt, code, trouble } = session.get()
      const last = this.#entries.at(-1)
      if (last?.phase === phase && last.attempt === attempt && last.code === code) return
      this.#entries.push({ at: ports.now(), phase, attempt, code, trouble })
      if (this.#entries.length > keptEntries) this.#entries.shift()
    }
    note()
    this.#stop = session.subscribe(note)
  }

  entries(): readonly SessionHistoryEntry[] {
    return [...this.#entries]
  }

  close(): void {
    this.#stop()
  }
}

/** Never rejects: what cannot be read is left out. */
export async function collectDiagnostics(
  host: TabLifeHost,
  parts: Pick<Diagnostics, 'tabs' | 'measures' | 'saver' | 'history'>,
): Promise<Diagnostics> {
  const { ports } = host
  return {
    format: 1,
    at: ports.now(),
    skewMs: host.skew(),
    versions: { protocol: protocolVersion, database: deviceDatabaseVersion, app: host.appVersion },
    session: host.session.state.get(),
    sync: host.sync.get(),
    outbox: describeOutbox(host),
    documentsOpen: host.registry.all().length,
    catchUp: host.catchUp.get(),
    replica: host.replica.get(),
    quota: await ports.estimateQuota?.(),
    stores: await countRows(host),
    ...parts,
  }
}

function describeOutbox({ outbox }: TabLifeHost): OutboxDiagnostics {
  const documents = outbox.documents()
  const entries = documents.flatMap((name) => outbox.entriesOf(name))
  const documentsByKind: Record<string, number> = {}
  for (const name of documents) {
    const kind = parseDocumentName(name)?.kind ?? 'unknown'
    documentsByKind[kind] = (documentsByKind[kind] ?? 0) + 1
  }
  return {
    entries: entries.length,
    bytes: entries.reduce((sum, { update }) => sum + update.byteLength, 0),
    memoryOnly: outbox.memoryOnly,
    ...(entries.length === 0 ? {} : { oldestAt: Math.min(...entries.map(({ at }) => at)) }),
    documentsByKind,
  }
}

const countedStores = [
  'outbox',
  'catalogue',
  'lists',
  'refused',
  'setAside',
  'metadata',
  'snapshots',
  'packs',
  'blobs',
  'uploads',
  'traffic',
] as const

async function countRows({ store }: TabLifeHost): Promise<Readonly<Record<string, number>> | undefined> {
  try {
    return await store.read([...countedStores], async (transaction) => {
      const counts = await Promise.all(countedStores.map((name) => transaction.objectStore(name).count()))
      return Object.fromEntries(countedStores.map((name, index) => [name, counts[index] ?? 0]))
    })
  } catch {
    return undefined
  }
}
