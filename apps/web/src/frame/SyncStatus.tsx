import { lazy, Suspense } from 'react'
import { SyncChip } from '../ui/SyncChip.tsx'
import { useSyncWords } from './use-sync-words.ts'

const SyncPanel = lazy(async () => ({ default: (await import('./SyncPanel.tsx')).SyncPanel }))

/** The chip that is always at the same place; it says what it says before the panel behind it is loaded. */
export function SyncStatus() {
  const { chip } = useSyncWords()
  return (
    <Suspense fallback={<SyncChip words={chip} />}>
      <SyncPanel words={chip} />
    </Suspense>
  )
}
