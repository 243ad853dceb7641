import { type FormEvent, type ReactNode, useId, useState } from 'react'
import type { Answer } from '../../session/api.ts'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { TextArea } from '../../ui/TextField.tsx'
import { refusalWords } from './record-words.ts'

export interface RecordDialogProps {
  readonly title: string
  readonly action: string
  readonly isDanger?: boolean | undefined
  /** Asks the server; never rejects. */
  readonly send: (reason: string) => Promise<Answer<unknown>>
  readonly onDone: () => void
  readonly onClose: () => void
  readonly children: ReactNode
}

/** Asks why before something is done with a whole record, and says what came of it. */
export function RecordDialog({
  title,
  action,
  isDanger = false,
  send,
  onDone,
  onClose,
  children,
}: RecordDialogProps) {
  const [reason, setReason] = useState('')
  const [problem, setProblem] = useState<string>()
  const [isSending, setSending] = useState(false)
  const formId = useId()
  const submit = async () => {
    setSending(true)
    const refusal = refusalWords(await send(reason.trim()))
    setSending(false)
    if (refusal === undefined) onDone()
    else setProblem(refusal)
  }
  return (
    <Dialog
      isOpen
      role={isDanger ? 'alertdialog' : 'dialog'}
      onOpenChange={onClose}
      title={title}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant={isDanger ? 'danger' : 'primary'}
            type="submit"
            form={formId}
            isDisabled={isSending}
          >
            {action}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        noValidate
        className="flex flex-col gap-3"
        onSubmit={(event: FormEvent) => {
          event.preventDefault()
          if (reason.trim() === '') setProblem('Say why, for the history.')
          else void submit() // Never rejects.
        }}
      >
        {children}
        <TextArea
          label="Reason"
          isRequired
          maxLength={500}
          help="Stays in the history of the record."
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
