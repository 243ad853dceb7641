import { useStore } from '../data/store.ts'
import { useWorkspace } from '../data/workspace.tsx'
import type { SyncChipWords } from '../ui/SyncChip.tsx'
import { gettingWords } from './replica-words.ts'
import { chipWords, stateSentence } from './sync-words.ts'

export interface SyncWords {
  readonly chip: SyncChipWords
  readonly sentence: string
}

/** How things stand, in the same words wherever it is said: the chip, the panel behind it, the sync centre. */
export function useSyncWords(): SyncWords {
  const { sync, replica, catchUp } = useWorkspace()
  const summary = useStore(sync)
  const getting = gettingWords(useStore(replica), useStore(catchUp))
  // All is sent, but who leaves now would leave without a part of the territory.
  return summary.state === 'up-to-date' && getting !== undefined
    ? {
        chip: getting,
        sentence: 'Everything you entered has been sent. Records are on their way to this device.',
      }
    : { chip: chipWords(summary), sentence: stateSentence(summary) }
}
