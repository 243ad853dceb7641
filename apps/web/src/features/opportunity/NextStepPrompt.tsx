import { type Activity, setField } from '@fulqrun/schema'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useWorkspace } from '../../data/workspace.tsx'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Button, IconButton } from '../../ui/Button.tsx'
import { CheckIcon, XIcon } from '../../ui/icons.ts'
import { DateField, TextField } from '../../ui/TextField.tsx'

/**
 * After something is done: what comes next? Asked in place and can be ignored. It holds the focus that the box had, which
 * moved away with its line; the page does not scroll.
 */
export function NextStepPrompt({
  activity,
  onClose,
}: {
  readonly activity: Activity
  readonly onClose: () => void
}) {
  const { open } = useRecordScope()
  const workspace = useWorkspace()
  const [step, setStep] = useState('')
  const [date, setDate] = useState('')
  const form = useRef<HTMLFormElement>(null)
  const asked = useRef<string>(undefined)
  useEffect(() => {
    if (asked.current === activity.id) return
    asked.current = activity.id
    form.current?.focus({ preventScroll: true })
  }, [activity.id])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const trimmed = step.trim()
    if (trimmed === '') return
    const now = workspace.now()
    setField(open.doc, 'fields.nextStep', trimmed, { now })
    if (date !== '') setField(open.doc, 'fields.nextStepDate', date, { now })
    onClose()
  }
  return (
    <form
      ref={form}
      tabIndex={-1}
      onSubmit={submit}
      aria-label="Next step"
      className="rounded-lg outline-none border border-line bg-accent-soft p-3 animate-fade"
    >
      <div aria-live="polite" className="mb-2 flex items-center gap-2 text-sm text-ink">
        <CheckIcon aria-hidden className="size-4 text-good" />
        <span className="min-w-0 flex-1">
          Done: <span className="font-medium">{activity.subject}</span>. What is the next step?
        </span>
        <IconButton size="sm" label="Not now" onPress={onClose}>
          <XIcon aria-hidden className="size-4" />
        </IconButton>
      </div>
      <div className="grid items-end gap-2 sm:grid-cols-[minmax(0,1fr)_9.5rem_auto]">
        <TextField label="Next step" maxLength={500} value={step} onChange={setStep} />
        <DateField label="On" value={date} onChange={setDate} />
        <Button type="submit" variant="primary" isDisabled={step.trim() === ''}>
          Save
        </Button>
      </div>
    </form>
  )
}
