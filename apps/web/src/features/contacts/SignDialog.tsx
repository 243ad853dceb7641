import { addEntry, checkValue, type ContactView, type Sample, signatureFields } from '@fulqrun/schema'
import { type FormEvent, useId, useState } from 'react'
import { useMe, usePersonName, useWorkspace } from '../../data/workspace.tsx'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Select } from '../../ui/Select.tsx'
import { TextField } from '../../ui/TextField.tsx'
import { type Meaning, quantityWords, statementOf, zonedMoment } from './sample-words.ts'

const meanings = signatureFields.meaning.options.map(({ value, label }) => ({ id: value, label }))

interface SignDialogProps {
  readonly sample: Sample
  readonly view: ContactView
  readonly onClose: () => void
}

/** Adds a signature to samples: who signs reads the text, says what it means, and types their name. */
export function SignDialog({ sample, view, onClose }: SignDialogProps) {
  const { open } = useRecordScope()
  const workspace = useWorkspace()
  const me = useMe()
  const personName = usePersonName()
  const formId = useId()
  const [meaning, setMeaning] = useState<Meaning>('received')
  const [signedName, setSignedName] = useState('')
  const [title, setTitle] = useState('')
  const [problem, setProblem] = useState<string>()
  const statement = statementOf(meaning, sample, { view, personName, moment: zonedMoment })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const now = workspace.now()
    const values = {
      signedName: signedName.trim(),
      ...(title.trim() === '' ? {} : { title: title.trim() }),
      meaning,
      statement,
      signedAt: now,
      signedBy: me.user.id,
      sampleId: sample.id,
    }
    const issue = checkValue('contact', 'signatures.new', values)
    setProblem(issue?.message)
    if (issue !== undefined) return
    addEntry(open.doc, 'signatures', values, { now })
    onClose()
  }
  return (
    <Dialog
      isOpen
      onOpenChange={onClose}
      title={`Sign for ${quantityWords(sample)}`}
      lead="The signature is kept with the entry and is not changed afterwards."
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={formId}>
            Sign
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} noValidate className="grid gap-3 sm:grid-cols-2">
        <Select
          label="What the signature means"
          className="sm:col-span-2"
          choices={meanings}
          value={meaning}
          onChange={(id) => {
            setMeaning(id as Meaning)
          }}
        />
        <figure className="rounded-md border border-line bg-sunken px-3 py-2 sm:col-span-2">
          <figcaption className="text-sm font-medium text-ink-2">What is signed</figcaption>
          <blockquote aria-live="polite" className="text-base text-ink">
            {statement}
          </blockquote>
        </figure>
        <TextField
          label="Printed name"
          help="Typed by the person who signs."
          autoComplete="off"
          value={signedName}
          error={problem}
          onChange={(value) => {
            setSignedName(value)
            setProblem(undefined)
          }}
        />
        <TextField label="Professional title" maxLength={200} value={title} onChange={setTitle} />
      </form>
    </Dialog>
  )
}
