import type { Workspace } from '@fulqrun/sync'
import { readStanding, subscribe } from './push-device.ts'

/** Key of the note that this person has switched notices on here. */
const wantedKey = 'notices'

export function rememberNotices(workspace: Workspace, isWanted: boolean): void {
  workspace.remember(wantedKey, isWanted)
}

/**
 * Subscribes again at the start: a subscription ends with the session that made it, and browsers end some on their own.
 * Only where this person switched notices on, and without ever asking for permission. Never rejects.
 */
export async function keepNotices(workspace: Workspace): Promise<void> {
  if (workspace.recall(wantedKey) !== true) return
  try {
    if ((await readStanding()) === 'denied' || Notification.permission !== 'granted') return
    await subscribe()
  } catch {
    // No network, or the server is busy: the next start does it.
  }
}
