import { lazy, Suspense } from 'react'
import { useStore } from '../data/store.ts'
import { useWorkspace } from '../data/workspace.tsx'
import { SyncChip } from '../ui/SyncChip.tsx'
import { chipWords } from './sync-words.ts'

const SyncPanel = lazy(async () => ({ default: (await import('./SyncPanel.tsx')).SyncPanel }))

/** The chip that is always at the same place; it says what it says before the panel behind it is loaded. */
export function SyncStatus() {
  const { sync } = useWorkspace()
  const words = chipWords(useStore(sync))
  return (
    <Suspense fallback={<SyncChip words={words} />}>
      <SyncPanel words={words} />
    </Suspense>
  )
}
