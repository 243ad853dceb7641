import { useMemo } from 'react'
import { useStore } from '../../data/store.ts'
import { useMe, useWorkspace } from '../../data/workspace.tsx'
import { decidedLog } from '../conflicts/decided-log.ts'
import { type InboxItem, inboxItems } from './inbox-items.ts'
import type { InboxTab } from './inbox-tabs.ts'

/** Everything in this person's inbox, by tab, live from this device. */
export function useInbox(): Readonly<Record<InboxTab, readonly InboxItem[]>> {
  const me = useMe()
  const workspace = useWorkspace()
  const entries = useStore(workspace.catalogue)
  const refused = useStore(workspace.refused)
  const decided = useStore(decidedLog(workspace))
  const { role, user } = me
  return useMemo(
    () => inboxItems({ entries, refused, decided, userId: user.id, role }),
    [entries, refused, decided, user.id, role],
  )
}
