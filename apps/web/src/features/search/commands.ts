import type { Me } from '@fulqrun/protocol'
import { fold, queryWords } from './fold.ts'

/** What the palette can do, besides finding. */

export type CommandId =
  | 'new-opportunity'
  | 'new-contact'
  | 'sync-now'
  | 'pipeline'
  | 'contacts'
  | 'kpis'
  | 'inbox'
  | 'sync'
  | 'offline'
  | 'settings'
  | 'devices'
  | 'rules'
  | 'keys'

export interface Command {
  readonly id: CommandId
  readonly label: string
  /** Other words that people look for it by. */
  readonly also?: string | undefined
  /** Keys that do the same, one after the other. */
  readonly keys?: readonly [string, string] | readonly [string] | undefined
}

const always: readonly Command[] = [
  { id: 'sync-now', label: 'Sync now', also: 'send exchange update refresh', keys: ['g', 'n'] },
  { id: 'pipeline', label: 'Go to Pipeline', also: 'opportunities deals', keys: ['g', 'p'] },
  { id: 'contacts', label: 'Go to Contacts', also: 'doctors hcp people', keys: ['g', 'c'] },
  { id: 'kpis', label: 'Go to KPIs', also: 'dashboard numbers', keys: ['g', 'd'] },
  { id: 'inbox', label: 'Go to Inbox', also: 'conflicts decisions approvals', keys: ['g', 'i'] },
  { id: 'sync', label: 'Go to Sync centre', also: 'waiting storage connection', keys: ['g', 's'] },
  { id: 'offline', label: 'What works offline', also: 'help network', keys: ['g', 'o'] },
  { id: 'settings', label: 'Settings', also: 'notifications quiet hours theme dark' },
  { id: 'devices', label: 'Devices', also: 'wipe sign out phone' },
  { id: 'keys', label: 'Keyboard shortcuts', also: 'help keys', keys: ['?'] },
]

const writing: readonly Command[] = [
  { id: 'new-opportunity', label: 'New opportunity', also: 'create add deal', keys: ['c'] },
  { id: 'new-contact', label: 'New contact', also: 'create add doctor' },
]

const admin: Command = {
  id: 'rules',
  label: 'Rules of the organization',
  also: 'policy admin',
  keys: ['g', 'r'],
}

/** What this person may do. */
export function commandsFor({ canWrite, role }: Pick<Me, 'canWrite' | 'role'>): readonly Command[] {
  return [...(canWrite ? writing : []), ...always, ...(role === 'admin' ? [admin] : [])]
}

/** Those that begin, word by word, with what is typed. */
export function matchingCommands(commands: readonly Command[], query: string): readonly Command[] {
  const typed = queryWords(query)
  return commands.filter(({ label, also }) => {
    const known = queryWords(`${fold(label)} ${also ?? ''}`)
    return typed.every((part) => known.some((word) => word.startsWith(part)))
  })
}
