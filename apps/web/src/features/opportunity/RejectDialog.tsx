import { type FormEvent, useId, useState } from 'react'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { TextArea } from '../../ui/TextField.tsx'

/** Asks why, because a no without a reason comes back as the same proposal. */
export function RejectDialog({
  onReject,
  onClose,
}: {
  readonly onReject: (comment: string) => void
  readonly onClose: () => void
}) {
  const [comment, setComment] = useState('')
  const formId = useId()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onClose()
    onReject(comment.trim())
  }
  return (
    <Dialog
      isOpen
      size="sm"
      onOpenChange={onClose}
      title="Reject this proposal"
      lead="The official value stays as it is."
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="danger" type="submit" form={formId}>
            Reject
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit}>
        <TextArea
          label="Why"
          help="Shown to who proposed it, and kept in the history."
          maxLength={2000}
          value={comment}
          onChange={setComment}
        />
      </form>
    </Dialog>
  )
}
