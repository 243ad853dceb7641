import type { DocumentName, NotificationKind } from '@fulqrun/protocol'

/** What happened, seen by the one person who is to hear of it. */
export type NoticeReason = 'conflict' | 'proposal' | 'approved' | 'rejected' | 'replaced' | 'kpi'

/** One thing that one person is told. */
export interface Notice {
  readonly kind: NotificationKind
  readonly reason: NoticeReason
  readonly document: DocumentName
  /** Of the conflict or proposal; absent for a KPI. */
  readonly id?: string | undefined
  readonly path: string
  /** Who did it. */
  readonly authorName: string
}
