import type { Conflict } from '@fulqrun/schema'
import type { OpenDocument } from '@fulqrun/sync'
import { useState } from 'react'
import { useMe } from '../../data/workspace.tsx'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { isUnread, stateOf } from './card-state.ts'
import { DecisionCard } from './DecisionCard.tsx'
import { KeepAllTheirs } from './KeepAllTheirs.tsx'
import type { RecordFacts } from './marks.ts'
import { useDocumentView } from './use-document-view.ts'

export interface ReviewDialogProps {
  readonly open: OpenDocument
  readonly facts: RecordFacts
  /** Ids of the conflicts to go through, in this order. */
  readonly conflictIds: readonly string[]
  readonly onClose: () => void
}

/** The cards of a record, one after the other; a decision leads to the next one that waits, the last one closes it. */
export function ReviewDialog({ open, facts, conflictIds, onClose }: ReviewDialogProps) {
  const me = useMe()
  const view = useDocumentView(open)
  const [position, setPosition] = useState(0)
  const conflicts = conflictIds.flatMap((id) => facts.conflicts.find((conflict) => conflict.id === id) ?? [])
  const index = Math.max(0, Math.min(position, conflicts.length - 1))
  const current = conflicts[index]
  const isOpen = (conflict: Conflict) => stateOf(conflict, facts.decisions).type === 'open'
  const isWaiting = (conflict: Conflict) =>
    isOpen(conflict) || isUnread(conflict, me.user.id, facts.decisions)
  const goOn = () => {
    const next = conflicts.findIndex((conflict) => conflict !== current && isWaiting(conflict))
    if (next < 0) onClose()
    else setPosition(next)
  }
  return (
    <Dialog
      isOpen
      size="lg"
      onOpenChange={onClose}
      title={current === undefined ? 'Nothing to decide' : 'Changed apart from each other'}
      lead={conflicts.length > 1 ? `${index + 1} of ${conflicts.length}` : undefined}
      footer={
        <>
          <KeepAllTheirs open={open} conflicts={conflicts.filter(isOpen)} onDecided={onClose} />
          {conflicts.length > 1 && (
            <Button
              onPress={() => {
                setPosition((index + 1) % conflicts.length)
              }}
            >
              Next
            </Button>
          )}
          <Button onPress={onClose}>{conflicts.some(isWaiting) ? 'Later' : 'Done'}</Button>
        </>
      }
    >
      {current !== undefined && (
        <DecisionCard
          key={current.id}
          open={open}
          view={view}
          conflict={current}
          decisions={facts.decisions}
          onDecided={goOn}
        />
      )}
    </Dialog>
  )
}
