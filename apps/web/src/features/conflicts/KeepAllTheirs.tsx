import type { Conflict } from '@fulqrun/schema'
import type { OpenDocument } from '@fulqrun/sync'
import { Button } from '../../ui/Button.tsx'
import { othersColumn } from './card.ts'
import { useCanWrite } from './use-can-write.ts'
import { useCardContext } from './use-card-context.ts'
import { useDeciding } from './use-deciding.ts'

/** For who trusts the colleague: all fields of the record at once, each with its own way back. */
export function KeepAllTheirs({
  open,
  conflicts,
  onDecided,
}: {
  readonly open: OpenDocument
  readonly conflicts: readonly Conflict[]
  readonly onDecided?: (() => void) | undefined
}) {
  const canWrite = useCanWrite(open)
  const context = useCardContext()
  const deciding = useDeciding(open.name)
  const theirs = conflicts.flatMap((conflict) => {
    const column = othersColumn(conflict, context)
    return column === undefined ? [] : [{ conflict, column }]
  })
  if (!canWrite || theirs.length < 2) return null
  return (
    <Button
      className="me-auto"
      onPress={() => {
        deciding.chooseAll(
          theirs.map(({ conflict, column }) => ({ conflict, candidateId: column.id })),
          `Kept all ${theirs.length} of theirs`,
        )
        onDecided?.()
      }}
    >
      Keep all theirs
    </Button>
  )
}
