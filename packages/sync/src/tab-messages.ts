/** What tabs tell each other about their work. Another version of the app may say more, or say it in another way. */
import { type DocumentName, isDocumentName } from '@fulqrun/protocol'
import type { ListedEntry } from './catalogue.ts'
import type { OutboxEntry } from './device-store.ts'
import type { CatchUpProgress } from './replica-types.ts'
import { isSaverChoice, type SaverChoice } from './saver.ts'

export type TabNews =
  /** On the disk; the tab that says so sends them. */
  | { readonly type: 'edited'; readonly entries: readonly OutboxEntry[] }
  /** Durable at the server. */
  | { readonly type: 'acknowledged'; readonly ids: readonly string[] }
  /** Refused or given up; their drafts are on the disk. */
  | { readonly type: 'set-aside'; readonly ids: readonly string[] }
  /** A draft was dismissed. */
  | { readonly type: 'dismissed' }
  /** How a document that is edited or was created is listed. */
  | { readonly type: 'listed'; readonly entry: ListedEntry }
  /** Nothing is left of a record that was created here. */
  | { readonly type: 'unlisted'; readonly name: DocumentName }
  | { readonly type: 'saver'; readonly choice: SaverChoice }
  /** How far the tab that leads is with its exchange for all. */
  | { readonly type: 'progress'; readonly progress: CatchUpProgress }
  /** What was measured is in the database. */
  | { readonly type: 'measured' }
  /** The service worker has sent what waited: read anew what does. */
  | { readonly type: 'outbox' }

/** Undefined for what this version does not know. */
export function readTabNews(message: unknown): TabNews | undefined {
  if (typeof message !== 'object' || message === null) return undefined
  const { type, entries, ids, entry, name, choice, progress } = message as Record<string, unknown>
  switch (type) {
    case 'edited':
      return Array.isArray(entries) ? { type, entries: entries.filter(isOutboxEntry) } : undefined
    case 'acknowledged':
    case 'set-aside':
      return Array.isArray(ids) ? { type, ids: ids.filter((id) => typeof id === 'string') } : undefined
    case 'listed':
      return isListed(entry) ? { type, entry } : undefined
    case 'unlisted':
      return typeof name === 'string' && isDocumentName(name) ? { type, name } : undefined
    case 'saver':
      return isSaverChoice(choice) ? { type, choice } : undefined
    case 'progress':
      return isProgress(progress) ? { type, progress } : undefined
    case 'dismissed':
    case 'measured':
    case 'outbox':
      return { type }
    default:
      return undefined
  }
}

function isOutboxEntry(value: unknown): value is OutboxEntry {
  if (typeof value !== 'object' || value === null) return false
  const { id, document, update, at, paths } = value as Partial<Record<keyof OutboxEntry, unknown>>
  return (
    typeof id === 'string' &&
    typeof document === 'string' &&
    update instanceof Uint8Array &&
    typeof at === 'number' &&
    Array.isArray(paths)
  )
}

const phases: readonly unknown[] = [
  'idle',
  'listing',
  'sending',
  'fetching',
  'done',
  'failed',
] satisfies CatchUpProgress['phase'][]

function isProgress(value: unknown): value is CatchUpProgress {
  if (typeof value !== 'object' || value === null) return false
  const { phase, done, total, bytes } = value as Partial<Record<keyof CatchUpProgress, unknown>>
  return (
    phases.includes(phase) &&
    typeof done === 'number' &&
    typeof total === 'number' &&
    typeof bytes === 'number'
  )
}

function isListed(value: unknown): value is ListedEntry {
  if (typeof value !== 'object' || value === null) return false
  const { name, kind, title, head, summary } = value as Partial<Record<keyof ListedEntry, unknown>>
  return (
    typeof name === 'string' &&
    typeof kind === 'string' &&
    typeof title === 'string' &&
    typeof head === 'number' &&
    typeof summary === 'object' &&
    summary !== null
  )
}
