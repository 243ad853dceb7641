import { checkValue, type FieldSpec, propose } from '@fulqrun/schema'
import { type FormEvent, useId, useState } from 'react'
import { useMe, useWorkspace } from '../../data/workspace.tsx'
import { draftOf, isNumeric, parseDraft } from '../../fields/draft.ts'
import { formatValue } from '../../fields/format.ts'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { TextArea, TextField } from '../../ui/TextField.tsx'
import { say } from '../../ui/Toaster.tsx'

export interface ProposeDialogProps {
  readonly spec: FieldSpec
  /** The official value of now. */
  readonly official: unknown
  readonly currency: string
  readonly onClose: () => void
}

/** Asks for another value and why. Works offline: the proposal waits on the device like every other change. */
export function ProposeDialog({ spec, official, currency, onClose }: ProposeDialogProps) {
  const me = useMe()
  const { open } = useRecordScope()
  const workspace = useWorkspace()
  const [draft, setDraft] = useState(() => draftOf(official))
  const [reason, setReason] = useState('')
  const [problem, setProblem] = useState<string>()
  const formId = useId()
  const label = spec.label.toLowerCase()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const value = parseDraft(spec, draft)
    const issue =
      value === undefined
        ? 'Enter the value that you propose.'
        : checkValue(open.kind, spec.path, value)?.message
    if (issue !== undefined) {
      setProblem(issue)
      return
    }
    if (value === official) {
      setProblem('This is the official value already.')
      return
    }
    propose(open.doc, {
      path: spec.path,
      value,
      reason: reason.trim(),
      author: me.user.id,
      now: workspace.now(),
    })
    onClose()
    say(`Proposed ${label} ${formatValue(spec, value, { currency })}. Finance or a manager decides.`)
  }
  return (
    <Dialog
      isOpen
      size="sm"
      onOpenChange={onClose}
      title={`Propose another ${label}`}
      lead={`Official now: ${formatValue(spec, official, { currency }) || 'not set yet'}. It stays until somebody in finance or your manager approves.`}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={formId}>
            Propose
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="flex flex-col gap-3">
        <TextField
          label={spec.unit === undefined ? spec.label : `${spec.label} (${spec.unit})`}
          value={draft}
          onChange={(value) => {
            setDraft(value)
            setProblem(undefined)
          }}
          error={problem}
          {...(isNumeric(spec) ? { inputMode: 'decimal' as const } : {})}
        />
        <TextArea
          label="Reason"
          help="Shown to who decides, and kept in the history."
          maxLength={2000}
          value={reason}
          onChange={setReason}
        />
      </form>
    </Dialog>
  )
}
