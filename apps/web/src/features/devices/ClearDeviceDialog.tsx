import type { DeviceEntry } from '@fulqrun/protocol'
import { type FormEvent, useId, useState } from 'react'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Select } from '../../ui/Select.tsx'
import { TextArea } from '../../ui/TextField.tsx'
import { say } from '../../ui/Toaster.tsx'
import { postWipe } from './devices-api.ts'

interface ClearDeviceDialogProps {
  readonly device: DeviceEntry
  readonly isMine: boolean
  readonly onClose: () => void
  readonly onDone: () => void
}

const choices = [
  {
    id: 'offer',
    label: 'Offer it as a file first',
    detail: 'Whoever uses the device can save what was not sent. For a device that is still in good hands.',
  },
  {
    id: 'drop',
    label: 'Remove it too',
    detail: 'Nothing stays, and what was not sent is lost. For a device that was lost or stolen.',
  },
] as const

/** Removes a person's records from a device that is somewhere else. */
export function ClearDeviceDialog({ device, isMine, onClose, onDone }: ClearDeviceDialogProps) {
  const [reason, setReason] = useState('')
  const [unsent, setUnsent] = useState<string>('offer')
  const [problem, setProblem] = useState<string>()
  const [isSending, setSending] = useState(false)
  const formId = useId()
  const send = async () => {
    setSending(true)
    const answer = await postWipe(fetch, device.id, {
      reason: reason.trim(),
      keepsUnsent: unsent === 'offer',
    })
    setSending(false)
    if (answer.kind === 'ok') {
      say(`${device.label} is signed out, and clears itself when it is next in contact.`)
      onDone()
      return
    }
    setProblem(
      answer.kind === 'unreachable'
        ? 'The server cannot be reached. Try again when you are connected.'
        : 'The server did not accept this. Load the list again; the device may be gone.',
    )
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (reason.trim() === '') setProblem('Say why, for the record.')
    else void send() // Never rejects.
  }
  return (
    <Dialog
      isOpen
      onOpenChange={onClose}
      title={`Clear ${device.label}`}
      lead={
        isMine
          ? 'You are signed out there at once. Your records are removed when the device is next in contact.'
          : `${device.person.name} is signed out there at once. The records are removed when the device is next in contact.`
      }
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="danger" type="submit" form={formId} isDisabled={isSending}>
            Clear this device
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} noValidate className="flex flex-col gap-3">
        <Select label="Work that was not sent" choices={choices} value={unsent} onChange={setUnsent} />
        <TextArea
          label="Reason"
          value={reason}
          onChange={(value) => {
            setReason(value)
            setProblem(undefined)
          }}
          error={problem}
        />
      </form>
    </Dialog>
  )
}
