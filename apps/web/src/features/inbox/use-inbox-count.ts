import { useMemo } from 'react'
import { useStore } from '../../data/store.ts'
import { useMe, useWorkspace } from '../../data/workspace.tsx'
import { inboxCount } from './inbox-count.ts'

/** How much of the inbox is this person's to do or to read. */
export function useInboxCount(): number {
  const { role, user } = useMe()
  const { catalogue, sync } = useWorkspace()
  const entries = useStore(catalogue)
  const { refused } = useStore(sync)
  return useMemo(
    () => inboxCount({ entries, refused, userId: user.id, role }),
    [entries, refused, user.id, role],
  )
}
