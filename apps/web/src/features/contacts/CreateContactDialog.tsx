import { parseDocumentName } from '@fulqrun/protocol'
import { checkValue } from '@fulqrun/schema'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useMe, useWorkspace } from '../../data/workspace.tsx'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Select } from '../../ui/Select.tsx'
import { TextField } from '../../ui/TextField.tsx'
import { noteCreated } from '../record/just-created.ts'

const fields = [
  { key: 'firstName', label: 'First name' },
  { key: 'lastName', label: 'Last name', isRequired: true },
  { key: 'specialty', label: 'Specialty' },
  { key: 'npi', label: 'NPI', help: 'Ten digits; the last one is checked.' },
  { key: 'email', label: 'Email', type: 'email' },
  { key: 'phone', label: 'Phone', type: 'tel' },
] as const

type Values = Readonly<Partial<Record<(typeof fields)[number]['key'], string>>>

function checkValues(values: Values): Values {
  return Object.fromEntries(
    fields.flatMap(({ key }) => {
      const issue = checkValue('contact', `fields.${key}`, values[key]?.trim() ?? '')
      return issue === undefined ? [] : [[key, issue.message]]
    }),
  )
}

function CreateForm({ onClose }: { readonly onClose: () => void }) {
  const workspace = useWorkspace()
  const { territories, user } = useMe()
  const navigate = useNavigate()
  const [values, setValues] = useState<Values>({})
  const [problems, setProblems] = useState<Values>({})
  const [territoryId, setTerritoryId] = useState(territories[0]?.id ?? '')
  const create = () => {
    const filled = Object.entries(values)
      .map(([key, value]: readonly [string, string]) => [key, value.trim()] as const)
      .filter(([, value]) => value !== '')
    const name = workspace.create('contact', {
      territoryId,
      fields: { ...Object.fromEntries(filled), ownerId: user.id },
    })
    const id = parseDocumentName(name)?.id
    noteCreated(name)
    onClose()
    // A navigation that another one overtakes is not a failure.
    if (id !== undefined) void navigate({ to: '/contacts/$id', params: { id } })
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const found = checkValues(values)
    setProblems(found)
    if (Object.keys(found).length === 0) create()
  }
  return (
    <form onSubmit={submit} noValidate className="grid gap-3 sm:grid-cols-2">
      {fields.map(({ key, label, ...rest }) => (
        <TextField
          key={key}
          label={label}
          {...rest}
          value={values[key] ?? ''}
          error={problems[key]}
          onChange={(value) => {
            setValues({ ...values, [key]: value })
            setProblems({})
          }}
        />
      ))}
      {territories.length > 1 && (
        <Select
          label="Territory"
          choices={territories.map(({ id, name }) => ({ id, label: name }))}
          value={territoryId}
          onChange={setTerritoryId}
        />
      )}
      <div className="mt-1 flex justify-end gap-2 sm:col-span-2">
        <Button onPress={onClose}>Cancel</Button>
        <Button type="submit" variant="primary">
          Create
        </Button>
      </div>
    </form>
  )
}

/** A new contact, made on this device with or without a network. */
export function CreateContactDialog({
  isOpen,
  onOpenChange,
}: {
  readonly isOpen: boolean
  readonly onOpenChange: (isOpen: boolean) => void
}) {
  return (
    <Dialog isOpen={isOpen} onOpenChange={onOpenChange} title="New contact">
      <CreateForm
        onClose={() => {
          onOpenChange(false)
        }}
      />
    </Dialog>
  )
}
