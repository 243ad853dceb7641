import { type DocumentName, formatDocumentName, isDocumentName } from '@fulqrun/protocol'
import type { Workspace } from '@fulqrun/sync'

/** Records that this person looked at last, newest first; kept on this device only. */

const key = 'recent-records'
const kept = 8

export function recentRecords(workspace: Pick<Workspace, 'recall'>): readonly DocumentName[] {
  const stored = workspace.recall(key)
  if (!Array.isArray(stored)) return []
  return stored.filter((name): name is DocumentName => typeof name === 'string' && isDocumentName(name))
}

export function rememberRecord(workspace: Pick<Workspace, 'recall' | 'remember'>, name: DocumentName): void {
  const before = recentRecords(workspace)
  if (before[0] === name) return
  workspace.remember(key, [name, ...before.filter((other) => other !== name)].slice(0, kept))
}

const recordPath = /^\/(opportunities|contacts)\/([0-9a-f-]{36})$/

/** The record that an address of the app shows; undefined for other screens. */
export function recordAt(pathname: string, organizationId: string): DocumentName | undefined {
  const [, part, id] = recordPath.exec(pathname) ?? []
  if (id === undefined) return undefined
  return formatDocumentName({ organizationId, kind: part === 'contacts' ? 'contact' : 'opportunity', id })
}
