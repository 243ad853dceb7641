import { useStore } from '../data/store.ts'
import { useWorkspace } from '../data/workspace.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { CloudOffIcon } from '../ui/icons.ts'
import { Skeleton } from '../ui/Page.tsx'

/**
 * Whether the list of records has ever been on this device. Until then an empty list means "not here yet", which is
 * something else than "none" (UX.md 4.10).
 */
export function useIsFirstSync(): boolean {
  const { sync, catalogue } = useWorkspace()
  const { lastSyncedAt } = useStore(sync)
  const entries = useStore(catalogue)
  return lastSyncedAt === undefined && entries.length === 0
}

/** Shown in place of a list that has never been on this device. */
export function NotHereYet({ what }: { readonly what: string }) {
  const { session } = useWorkspace()
  const { phase } = useStore(session)
  const isComing =
    phase !== 'offline' && phase !== 'signed-out' && phase !== 'blocked' && phase !== 'update-needed'
  if (isComing) return <Skeleton rows={8} label={`Getting ${what}`} />
  return (
    <EmptyState icon={<CloudOffIcon aria-hidden />} title={`No ${what} on this device yet`}>
      They come with the first connection and stay here from then on. What you create now is kept and sent
      later.
    </EmptyState>
  )
}
