export {
  AttachmentFailure,
  type AttachmentProblem,
  type Attachments,
  type FileReference,
  type NewAttachment,
  type UnsentFile,
  type UploadStatus,
} from './attachments/types.ts'
export { createBrowserPorts } from './browser-ports.ts'
export type { Access } from './channel.ts'
export type { ListedEntry } from './catalogue.ts'
export type { RefusedEdit, RefusedValue } from './device-store.ts'
export type { OpenDocument } from './document-registry.ts'
export type { DocumentState, PutBackNotice } from './local-document.ts'
export type { FetchAnswer, FetchInit, Ports, Signal, SocketPort } from './ports.ts'
export { colorOf, presencePalette } from './presence-color.ts'
export { isConnected, type SessionPhase, type SessionState } from './session-state.ts'
export { createStore, type Store, type WritableStore } from './store.ts'
export type { SyncState, SyncSummary } from './summary.ts'
export { SyncError, type SyncErrorCode } from './sync-error.ts'
export type { UnsentDocument, UnsentExport } from './unsent-export.ts'
export type { EventStream } from './event-stream.ts'
export type {
  CatchUpProgress,
  CatchUpSettings,
  DeviceEvent,
  ReplicaArea,
  ReplicaState,
  SnapshotContent,
  WaitingItem,
} from './replica-types.ts'
export { openWorkspace } from './workspace.ts'
export type { CreateRecord, EraseReport, Workspace, WorkspaceOptions } from './workspace-types.ts'
export type { Diagnostics } from './diagnostics.ts'
export type { MinuteMeasures, SyncMeasures } from './measures.ts'
export type { SaverChoice, SaverMode } from './saver.ts'
export type { TabsState } from './tabs.ts'
