import type { DocumentName, Territory } from '@fulqrun/protocol'
import { useState } from 'react'
import { useMe } from '../../data/workspace.tsx'
import { Select } from '../../ui/Select.tsx'
import { say } from '../../ui/Toaster.tsx'
import { moveRecord } from './record-api.ts'
import { RecordDialog } from './RecordDialog.tsx'

export interface MoveRecordDialogProps {
  readonly name: DocumentName
  readonly title: string
  /** Where it is. */
  readonly from: string
  readonly targets: readonly Territory[]
  readonly onClose: () => void
}

/** Gives a record to the people of another territory. */
export function MoveRecordDialog({ name, title, from, targets, onClose }: MoveRecordDialogProps) {
  const { user } = useMe()
  const [territoryId, setTerritoryId] = useState(targets[0]?.id ?? '')
  const to = targets.find(({ id }) => id === territoryId)?.name ?? ''
  return (
    <RecordDialog
      title={`Move ${title}`}
      action={`Move to ${to}`}
      send={(reason) => moveRecord(fetch, name, { territoryId, reason, userId: user.id })}
      onDone={() => {
        say(`${title} is in ${to} now.`)
        onClose()
      }}
      onClose={onClose}
    >
      <Select
        label="Territory"
        choices={targets.map((target) => ({ id: target.id, label: target.name }))}
        value={territoryId}
        onChange={setTerritoryId}
      />
      <p className="text-base text-ink-2">
        People of {to} have it in a moment. Those who only work in {from} lose it: open screens of it close,
        and it goes from their devices at the next contact. What one of them has not sent by then is not
        taken; it stays with them as a draft that they can save.
      </p>
    </RecordDialog>
  )
}
