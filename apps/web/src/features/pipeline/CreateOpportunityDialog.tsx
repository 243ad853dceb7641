import { parseDocumentName } from '@fulqrun/protocol'
import { checkValue } from '@fulqrun/schema'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useMe, useWorkspace } from '../../data/workspace.tsx'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Select } from '../../ui/Select.tsx'
import { DateField, TextField } from '../../ui/TextField.tsx'
import { noteCreated } from '../record/just-created.ts'

interface Draft {
  readonly name: string
  readonly account: string
  readonly closeDate: string
}

type Problems = Readonly<Partial<Record<keyof Draft, string>>>

const emptyDraft: Draft = { name: '', account: '', closeDate: '' }

function checkDraft(draft: Draft): Problems {
  return Object.fromEntries(
    Object.entries(draft).flatMap(([key, value]: readonly [string, string]) => {
      const issue = checkValue('opportunity', `fields.${key}`, value.trim())
      return issue === undefined ? [] : [[key, issue.message]]
    }),
  )
}

/** Creates an opportunity on this device, with or without a network, and opens it. */
function useCreate(close: () => void): (draft: Draft, territoryId: string) => void {
  const workspace = useWorkspace()
  const me = useMe()
  const navigate = useNavigate()
  return (draft, territoryId) => {
    const filled = Object.entries(draft)
      .map(([key, value]: readonly [string, string]) => [key, value.trim()] as const)
      .filter(([, value]) => value !== '')
    const name = workspace.create('opportunity', {
      territoryId,
      fields: { ...Object.fromEntries(filled), ownerId: me.user.id },
    })
    const id = parseDocumentName(name)?.id
    noteCreated(name)
    close()
    // A navigation that another one overtakes is not a failure.
    if (id !== undefined) void navigate({ to: '/opportunities/$id', params: { id } })
  }
}

function CreateForm({ onClose }: { readonly onClose: () => void }) {
  const { territories } = useMe()
  const [draft, setDraft] = useState(emptyDraft)
  const [territoryId, setTerritoryId] = useState(territories[0]?.id ?? '')
  const [problems, setProblems] = useState<Problems>({})
  const create = useCreate(onClose)
  const change = (part: Partial<Draft>) => {
    setDraft({ ...draft, ...part })
    setProblems({})
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const found = checkDraft(draft)
    setProblems(found)
    if (Object.keys(found).length === 0) create(draft, territoryId)
  }
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-3">
      <TextField
        label="Name"
        isRequired
        // The dialog was opened to type here.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        value={draft.name}
        error={problems.name}
        onChange={(name) => {
          change({ name })
        }}
      />
      <TextField
        label="Account"
        value={draft.account}
        error={problems.account}
        onChange={(account) => {
          change({ account })
        }}
      />
      <DateField
        label="Close date"
        value={draft.closeDate}
        error={problems.closeDate}
        onChange={(closeDate) => {
          change({ closeDate })
        }}
      />
      {territories.length > 1 && (
        <Select
          label="Territory"
          choices={territories.map(({ id, name }) => ({ id, label: name }))}
          value={territoryId}
          onChange={setTerritoryId}
        />
      )}
      <p className="text-sm text-ink-3">
        You become the owner, and it starts in Prospecting. The amount is set by finance; you can propose one
        in the record.
      </p>
      <div className="mt-1 flex justify-end gap-2">
        <Button onPress={onClose}>Cancel</Button>
        <Button type="submit" variant="primary">
          Create
        </Button>
      </div>
    </form>
  )
}

export function CreateOpportunityDialog({
  isOpen,
  onOpenChange,
}: {
  readonly isOpen: boolean
  readonly onOpenChange: (isOpen: boolean) => void
}) {
  return (
    <Dialog isOpen={isOpen} onOpenChange={onOpenChange} title="New opportunity">
      <CreateForm
        onClose={() => {
          onOpenChange(false)
        }}
      />
    </Dialog>
  )
}
