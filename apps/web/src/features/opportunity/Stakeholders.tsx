import { addEntry, type OpportunityView, removeEntry, type Stakeholder } from '@fulqrun/schema'
import { type FormEvent, useId, useState } from 'react'
import { useWorkspace } from '../../data/workspace.tsx'
import { InlineField } from '../../fields/InlineField.tsx'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Button, IconButton } from '../../ui/Button.tsx'
import { PlusIcon, XIcon } from '../../ui/icons.ts'
import { Section } from '../../ui/Section.tsx'
import { TextField } from '../../ui/TextField.tsx'
import { say } from '../../ui/Toaster.tsx'

/** People on the customer's side, with the part they play. */
export function Stakeholders({ view }: { readonly view: OpportunityView }) {
  const { canWrite } = useRecordScope()
  return (
    <Section
      title="People"
      className="max-lg:order-5"
      meta={view.stakeholders.length === 0 ? undefined : view.stakeholders.length}
    >
      {view.stakeholders.length === 0 && (
        <p className="pb-2 text-sm text-ink-3">Nobody listed yet. Who decides, who pays, who helps?</p>
      )}
      <ul className="flex flex-col">
        {view.stakeholders.map((person) => (
          <StakeholderRow key={person.id} person={person} />
        ))}
      </ul>
      {canWrite && <AddStakeholder />}
    </Section>
  )
}

function StakeholderRow({ person }: { readonly person: Stakeholder }) {
  const { open, canWrite } = useRecordScope()
  const workspace = useWorkspace()
  const path = `stakeholders.${person.id}`
  const remove = () => {
    const { id, ...values } = person
    removeEntry(open.doc, 'stakeholders', id, { now: workspace.now() })
    say(`Removed ${person.name}`, {
      label: 'Undo',
      onAction: () => {
        addEntry(open.doc, 'stakeholders', values, { now: workspace.now(), id })
      },
    })
  }
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto] items-start gap-x-1 border-b border-line py-1 last:border-b-0">
      <div className="col-span-2">
        <InlineField path={`${path}.name`} value={person.name} label="Name" className="font-medium" />
      </div>
      {canWrite ? (
        <IconButton label={`Remove ${person.name}`} onPress={remove}>
          <XIcon aria-hidden className="size-3.5" />
        </IconButton>
      ) : (
        <span />
      )}
      <InlineField
        path={`${path}.role`}
        value={person.role}
        label={`Role of ${person.name}`}
        placeholder="Role"
      />
      <InlineField
        path={`${path}.influence`}
        value={person.influence}
        label={`Influence of ${person.name}`}
        placeholder="Influence"
      />
    </li>
  )
}

function AddStakeholder() {
  const { open } = useRecordScope()
  const workspace = useWorkspace()
  const [name, setName] = useState('')
  const formId = useId()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const trimmed = name.trim()
    if (trimmed === '') return
    addEntry(open.doc, 'stakeholders', { name: trimmed }, { now: workspace.now() })
    setName('')
  }
  return (
    <form id={formId} onSubmit={submit} className="mt-1 flex items-end gap-2 px-2">
      <TextField
        label="Add a person"
        hideLabel
        placeholder="Add a person"
        className="flex-1"
        maxLength={200}
        value={name}
        onChange={setName}
      />
      <Button
        type="submit"
        isDisabled={name.trim() === ''}
        icon={<PlusIcon aria-hidden className="size-4" />}
      >
        Add
      </Button>
    </form>
  )
}
