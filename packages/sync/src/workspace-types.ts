/** What the web app works with; `workspace.ts` makes one. */
import type { DocumentKind, DocumentName, Me, Person } from '@fulqrun/protocol'
import type { PolicyTable } from '@fulqrun/rules'
import type { Attachments, UploadStatus } from './attachments/types.ts'
import type { ListedEntry } from './catalogue.ts'
import type { RefusedEdit } from './device-store.ts'
import type { Diagnostics } from './diagnostics.ts'
import type { OpenDocument } from './document-registry.ts'
import type { EventStream } from './event-stream.ts'
import type { SyncMeasures } from './measures.ts'
import type { Ports } from './ports.ts'
import type {
  CatchUpProgress,
  CatchUpSettings,
  DeviceEvent,
  ReplicaState,
  SnapshotContent,
  WaitingItem,
} from './replica-types.ts'
import type { SaverChoice, SaverMode } from './saver.ts'
import type { SessionState } from './session-state.ts'
import type { Store } from './store.ts'
import type { SyncSummary } from './summary.ts'
import type { TabsState } from './tabs.ts'
import type { UnsentExport } from './unsent-export.ts'

export interface WorkspaceOptions {
  readonly me: Me
  /** Origin of the server, without a slash at the end; '' for the page's own. */
  readonly baseUrl: string
  readonly ports?: Ports | undefined
  /** Intervals, batch sizes and limits of catching up; what is left out is the default. */
  readonly settings?: Partial<CatchUpSettings> | undefined
  /** Of the build, a higher number is newer: tabs that run an older one are told. 0 when it is not known. */
  readonly appVersion?: number | undefined
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
  /** Documents whose content is on this device: they open without a network. Others are only listed. */
  readonly onDevice: Store<ReadonlySet<DocumentName>>
  /** The exchange with the server that fills the replica. */
  readonly catchUp: Store<CatchUpProgress>
  readonly replica: Store<ReplicaState>
  /** Documents that are kept here whatever the budget says. */
  readonly pinned: Store<ReadonlySet<DocumentName>>
  /** What the server has not acknowledged, by document, oldest first. */
  readonly waiting: Store<readonly WaitingItem[]>
  /** Photos and documents that the server has not got, oldest first. */
  readonly files: Store<readonly UploadStatus[]>
  /** Which of this person's tabs exchanges with the server for all, how many others there are. */
  readonly tabs: Store<TabsState>
  /** What the connection was like, minute by minute, for the last hour. */
  readonly measures: Store<SyncMeasures>
  /** `saver`: bytes are dear, by the browser's word or the person's choice. */
  readonly saver: Store<SaverMode>
  /** What the person chose; see {@link setSaver}. */
  readonly saverChoice: Store<SaverChoice>
  /** Id of this device for this person, the same after a restart. */
  readonly deviceId: string
  /** What happens to records, to the exchange and to the session, as it happens. */
  readonly events: EventStream<DeviceEvent>
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
  /** Looks for what other tabs or the service worker have left or sent meanwhile. Never rejects. */
  refreshOutbox(): Promise<void>
  open(name: DocumentName): OpenDocument
  /** Creates a record, without a network too. Throws the schema's error for values that it does not allow. */
  create(kind: DocumentKind, record: CreateRecord): DocumentName
  dismissRefused(name: DocumentName, id: string): Promise<void>
  exportUnsent(): Promise<UnsentExport>
  /** Photos and documents of activities. Rejects when their code cannot be loaded, which is not in the first load. */
  attachments(): Promise<Attachments>
  /** The copy that catching up brought, checked; undefined when there is none. For reading in bulk, as search does. */
  readSnapshot(name: DocumentName): Promise<SnapshotContent | undefined>
  /** Keeps a document on this device, or lets the budget decide again. Never rejects. */
  pin(name: DocumentName, isPinned: boolean): Promise<void>
  /** Room for copies of records on this device, in bytes; undefined for a share of what the browser gives. */
  setBudget(bytes: number | undefined): Promise<void>
  /** Sends what waits now: of one document, or all of it. */
  retry(name?: DocumentName): void
  /**
   * Gives up what is unsent of a document, and returns it, readable and restorable. The document becomes what the
   * server has, or goes if the server has never had it. `save` gets all of it before anything is given up, and once
   * more when more has been typed meanwhile.
   */
  discard(name: DocumentName, save?: (unsent: UnsentExport) => void): Promise<UnsentExport>
  /** Exchanges everything with the server now; resolves when it is done or has failed, see {@link catchUp}. */
  catchUpNow(): Promise<void>
  /** Reconnects now instead of at the next attempt. */
  syncNow(): void
  /** Holds in all tabs and after a restart. Rejects when its code cannot be loaded, which is not in the first load. */
  setSaver(choice: SaverChoice): Promise<void>
  /** For whoever helps: plain JSON without content of records or names of people. Rejects as {@link setSaver}. */
  diagnostics(): Promise<Diagnostics>
  /** Somebody signed in again after the session had ended. */
  signedInAgain(): void
  /** Ends the session and erases everything this person has on this device; resolves when it is really gone. */
  signedOut(): Promise<EraseReport>
  /** Lets go of everything; what is unsent stays on the device. May be called more than once. */
  close(): Promise<void>
}
