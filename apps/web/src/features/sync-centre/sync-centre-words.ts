import type { DocumentKind, ErrorCode } from '@fulqrun/protocol'
import { fieldSpec, kindSpec, parsePath } from '@fulqrun/schema'
import type { SyncErrorCode, UploadStatus, WaitingItem } from '@fulqrun/sync'
import { changes } from '../../frame/sync-words.ts'
import type { Tone } from '../../ui/Badge.tsx'
import {
  countWords,
  problemWords as attachmentProblem,
  sizeWords as fileSize,
} from '../attachments/attachment-words.ts'

/** What the sync centre says, in the words of UX.md 4.2: device, waiting, sent, up to date. */

export const areaLabels: Readonly<Record<DocumentKind, string>> = {
  opportunity: 'Opportunities',
  contact: 'Contacts',
  kpi: 'KPIs',
}

export const waitingStates: Readonly<
  Record<WaitingItem['state'], { readonly text: string; readonly tone: Tone }>
> = {
  waiting: { text: 'Waiting', tone: 'attention' },
  sending: { text: 'Sending', tone: 'accent' },
  failed: { text: 'Will be tried again', tone: 'attention' },
  refused: { text: 'Not accepted', tone: 'conflict' },
}

export const fileStates: Readonly<Record<UploadStatus['state'], (typeof waitingStates)['waiting']>> = {
  waiting: waitingStates.waiting,
  sending: waitingStates.sending,
  failed: { text: 'Not sent', tone: 'conflict' },
}

/** `1.4 MB`; `320 KB of 1.4 MB sent` once the server has some of it. */
export function fileSizeWords({ sent, size }: Pick<UploadStatus, 'sent' | 'size'>): string {
  return sent === 0 ? fileSize(size) : `${fileSize(sent)} of ${fileSize(size)} sent`
}

/** What is in the way of a file, as a sentence; undefined while it only waits for its turn or the network. */
export function fileProblemWords({
  state,
  problem,
}: Pick<UploadStatus, 'state' | 'problem'>): string | undefined {
  return state === 'failed' ? `Not sent: ${attachmentProblem(problem)}.` : undefined
}

/** `2 changes`, `1 file`, `2 changes, 1 file`; undefined when nothing waits. */
export function waitingWords(items: readonly WaitingItem[], files: readonly unknown[]): string | undefined {
  const edits = items.reduce((sum, item) => sum + item.changes, 0)
  const parts = [
    ...(edits === 0 ? [] : [changes(edits)]),
    ...(files.length === 0 ? [] : [countWords(files.length)]),
  ]
  return parts.length === 0 ? undefined : parts.join(', ')
}

/** `Next step`, `Activities`, `Notes`: what a path is called on the screens. */
export function pathLabel(kind: DocumentKind, path: string): string {
  const spec = fieldSpec(kind, path)
  const known = parsePath(path)
  const collection = kindSpec(kind).collections.find(({ root }) => root === known?.root)
  if (collection !== undefined) return collection.label
  if (spec !== undefined) return spec.label
  if (path.startsWith('notes')) return 'Notes'
  return 'Other'
}

const shown = 3

/** What was changed, at most three names and how many more. */
export function changedWords({ kind, paths }: Pick<WaitingItem, 'kind' | 'paths'>): string {
  const labels = [...new Set(paths.map((path) => pathLabel(kind, path)))]
  const more = labels.length - shown
  return [...labels.slice(0, shown), ...(more > 0 ? [`${more} more`] : [])].join(', ')
}

const problems: Partial<Record<ErrorCode | SyncErrorCode, string>> = {
  'api/unreachable': 'The server could not be reached.',
  'api/signed-out': 'Sign in again to send it.',
  'auth/required': 'Sign in again to send it.',
  'auth/revoked': 'Sign in again to send it.',
  'auth/other-person': 'Somebody else is signed in on this device. Sign in as yourself to send it.',
  'access/denied': 'You no longer have access to this record.',
  'access/read-only': 'Your role reads this record and does not change it.',
  'document/not-found': 'The record is gone.',
  'document/not-created': 'The record could not be created in this territory.',
  'update/too-large': 'That was too much at once.',
  'storage/quota': 'This device has no room left.',
}

/** Why something did not work, as a sentence; undefined when there is nothing to say. */
export function problemWords(problem: ErrorCode | SyncErrorCode | undefined): string | undefined {
  if (problem === undefined) return undefined
  return problems[problem] ?? 'The server did not take it.'
}
