import { useStore } from '../../data/store.ts'
import { useWorkspace } from '../../data/workspace.tsx'
import { catchUpWords } from '../../frame/replica-words.ts'
import { Button } from '../../ui/Button.tsx'
import { RefreshCwIcon } from '../../ui/icons.ts'
import { problemWords } from './sync-centre-words.ts'

/** Exchanges everything now, and counts along. */
export function SyncNow() {
  const workspace = useWorkspace()
  const progress = useStore(workspace.catchUp)
  const { phase, done, total, problem } = progress
  const isUnderWay = phase === 'listing' || phase === 'sending' || phase === 'fetching'
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <Button
        variant="primary"
        isDisabled={isUnderWay}
        icon={<RefreshCwIcon aria-hidden className="size-4" />}
        onPress={() => {
          workspace.syncNow()
          workspace.retry()
          void workspace.catchUpNow() // Never rejects; what became of it is shown beside.
        }}
      >
        Sync now
      </Button>
      {isUnderWay && total > 0 && (
        <progress
          aria-label={catchUpWords(progress)}
          max={total}
          value={done}
          className="h-1.5 w-40 accent-accent"
        />
      )}
      {phase !== 'idle' && (
        <output className="num text-sm text-ink-2">
          {catchUpWords(progress)}
          {phase === 'failed' && problem !== undefined && `. ${problemWords(problem) ?? ''}`}
        </output>
      )}
    </div>
  )
}
