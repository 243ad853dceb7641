import { addEntry, fieldSpec } from '@fulqrun/schema'
import { type FormEvent, useState } from 'react'
import { useMe, useWorkspace } from '../../data/workspace.tsx'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Button } from '../../ui/Button.tsx'
import { PlusIcon } from '../../ui/icons.ts'
import { Select } from '../../ui/Select.tsx'
import { DateField, TextField } from '../../ui/TextField.tsx'

const types = (fieldSpec('opportunity', 'activities.*.type')?.options ?? []).map(({ value, label }) => ({
  id: value,
  label,
}))

/** Three fields and a button: what, which kind, until when. Everything else can be said later. */
export function AddActivity() {
  const me = useMe()
  const { open } = useRecordScope()
  const workspace = useWorkspace()
  const [type, setType] = useState('call')
  const [subject, setSubject] = useState('')
  const [dueDate, setDueDate] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const trimmed = subject.trim()
    if (trimmed === '') return
    const now = workspace.now()
    const values = {
      type,
      subject: trimmed,
      dueDate: dueDate === '' ? undefined : dueDate,
      status: 'pending',
      assigneeId: me.user.id,
      createdAt: now,
      createdBy: me.user.id,
    }
    addEntry(open.doc, 'activities', values, { now })
    setSubject('')
    setDueDate('')
  }
  return (
    <form
      onSubmit={submit}
      aria-label="Plan an activity"
      className="grid grid-cols-2 items-end gap-2 rounded-lg border border-line bg-surface p-3 sm:grid-cols-[8.5rem_minmax(0,1fr)_9.5rem_auto]"
    >
      <TextField
        label="Subject"
        className="col-span-2 sm:order-2 sm:col-span-1"
        placeholder="What is planned?"
        maxLength={200}
        value={subject}
        onChange={setSubject}
      />
      <Select label="Type" className="sm:order-1" choices={types} value={type} onChange={setType} />
      <DateField label="Due" className="sm:order-3" value={dueDate} onChange={setDueDate} />
      <Button
        type="submit"
        variant="primary"
        className="col-span-2 sm:order-4 sm:col-span-1"
        isDisabled={subject.trim() === ''}
        icon={<PlusIcon aria-hidden className="size-4" />}
      >
        Add
      </Button>
    </form>
  )
}
