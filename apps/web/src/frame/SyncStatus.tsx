import { lazy, Suspense } from 'react'
import { useStore } from '../data/store.ts'
import { useWorkspace } from '../data/workspace.tsx'
import { SyncChip } from '../ui/SyncChip.tsx'
import { gettingWords } from './replica-words.ts'
import { chipWords } from './sync-words.ts'

const SyncPanel = lazy(async () => ({ default: (await import('./SyncPanel.tsx')).SyncPanel }))

/** The chip that is always at the same place; it says what it says before the panel behind it is loaded. */
export function SyncStatus() {
  const { sync, replica, catchUp } = useWorkspace()
  const summary = useStore(sync)
  const getting = gettingWords(useStore(replica), useStore(catchUp))
  // All is sent, but who leaves now would leave without a part of the territory.
  const words = summary.state === 'up-to-date' && getting !== undefined ? getting : chipWords(summary)
  return (
    <Suspense fallback={<SyncChip words={words} />}>
      <SyncPanel words={words} />
    </Suspense>
  )
}
