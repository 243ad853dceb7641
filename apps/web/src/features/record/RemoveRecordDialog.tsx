import type { DocumentName } from '@fulqrun/protocol'
import { useNavigate } from '@tanstack/react-router'
import { useMe } from '../../data/workspace.tsx'
import { say } from '../../ui/Toaster.tsx'
import { removeRecord } from './record-api.ts'
import { RecordDialog } from './RecordDialog.tsx'

export interface RemoveRecordDialogProps {
  readonly name: DocumentName
  readonly title: string
  /** The list that it leaves. */
  readonly list: '/pipeline' | '/contacts'
  readonly onClose: () => void
}

/** Takes a record away from everybody. */
export function RemoveRecordDialog({ name, title, list, onClose }: RemoveRecordDialogProps) {
  const { user } = useMe()
  const navigate = useNavigate()
  return (
    <RecordDialog
      isDanger
      title={`Remove ${title}?`}
      action="Remove for everybody"
      send={(reason) => removeRecord(fetch, name, { reason, userId: user.id })}
      onDone={() => {
        say(`${title} was removed.`)
        onClose()
        // A navigation that another one overtakes is not a failure.
        void navigate({ to: list })
      }}
      onClose={onClose}
    >
      <ul className="flex list-disc flex-col gap-1 ps-5 text-base text-ink-2">
        <li>It goes from all lists at once, and from every device at its next contact.</li>
        <li>
          What a colleague has not sent by then is not taken. It stays on their device as a draft that they
          can save, and at the server.
        </li>
        <li>Its history stays for those who audit it. The record itself does not come back.</li>
      </ul>
    </RecordDialog>
  )
}
