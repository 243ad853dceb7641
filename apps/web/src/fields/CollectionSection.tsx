import {
  type CollectionRoot,
  type CollectionSpec,
  checkValue,
  type FieldSpec,
  kindSpec,
  removeEntry,
  addEntry,
} from '@fulqrun/schema'
import { type FormEvent, useState } from 'react'
import { useWorkspace } from '../data/workspace.tsx'
import { Badge } from '../ui/Badge.tsx'
import { Button, IconButton } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { AlertTriangleIcon, CheckIcon, PlusIcon, Trash2Icon, XIcon } from '../ui/icons.ts'
import { Section } from '../ui/Section.tsx'
import { Select } from '../ui/Select.tsx'
import { DateField, TextField } from '../ui/TextField.tsx'
import { say } from '../ui/Toaster.tsx'
import { parseDraft } from './draft.ts'
import { LabelledField } from './InlineField.tsx'
import { useRecordScope } from './record-scope.tsx'

type EntryValues = Readonly<Record<string, unknown>> & { readonly id: string }

/** What an entry means today: a licence has expired, a consent was given. */
export interface Standing {
  readonly tone: 'good' | 'attention' | 'conflict'
  readonly words: string
}

const standingIcons = {
  good: <CheckIcon aria-hidden />,
  attention: <AlertTriangleIcon aria-hidden />,
  conflict: <XIcon aria-hidden />,
}

export interface CollectionSectionProps {
  readonly collection: CollectionRoot
  readonly entries: readonly EntryValues[]
  /** Keys of the fields that are shown, the first one as the entry's title. */
  readonly keys: readonly string[]
  /** Keys asked for when an entry is added. */
  readonly addKeys: readonly string[]
  /** Values every new entry gets beside what was entered. */
  readonly defaults?: (() => Readonly<Record<string, unknown>>) | undefined
  /** What an entry means today; shown beside its title. */
  readonly standing?: ((entry: EntryValues) => Standing) | undefined
  readonly emptyText: string
}

function collectionOf(kind: Parameters<typeof kindSpec>[0], root: CollectionRoot): CollectionSpec {
  const spec = kindSpec(kind).collections.find((candidate) => candidate.root === root)
  if (spec === undefined) throw new Error(`no collection ${root} on ${kind}`)
  return spec
}

/** A list inside a record whose entries are edited in place: licences, consents, affiliations. */
export function CollectionSection(props: CollectionSectionProps) {
  const { collection, entries, emptyText } = props
  const { open, canWrite } = useRecordScope()
  const [isAdding, setAdding] = useState(false)
  const spec = collectionOf(open.kind, collection)
  return (
    <Section
      title={spec.label}
      meta={entries.length > 0 ? entries.length : undefined}
      actions={
        canWrite && (
          <Button
            size="sm"
            variant="quiet"
            icon={<PlusIcon aria-hidden className="size-3.5" />}
            onPress={() => {
              setAdding(true)
            }}
          >
            Add
          </Button>
        )
      }
    >
      {entries.length === 0 ? (
        <p className="text-sm text-ink-3">{emptyText}</p>
      ) : (
        <ul className="-my-3 divide-y divide-line">
          {entries.map((entry) => (
            <Entry key={entry.id} {...props} entry={entry} singular={spec.singular} />
          ))}
        </ul>
      )}
      <Dialog
        isOpen={isAdding}
        onOpenChange={setAdding}
        title={`Add ${spec.singular.toLowerCase()}`}
        size="sm"
      >
        <AddForm
          {...props}
          fields={spec.fields.filter((field) => props.addKeys.includes(field.key))}
          onClose={() => {
            setAdding(false)
          }}
        />
      </Dialog>
    </Section>
  )
}

interface EntryProps extends CollectionSectionProps {
  readonly entry: EntryValues
  readonly singular: string
}

function useRemove(collection: CollectionRoot, singular: string): (entry: EntryValues) => void {
  const { open } = useRecordScope()
  const workspace = useWorkspace()
  return (entry) => {
    const { id, ...values } = entry
    removeEntry(open.doc, collection, id, { now: workspace.now() })
    say(`${singular} removed`, {
      label: 'Undo',
      onAction: () => {
        addEntry(open.doc, collection, values, { now: workspace.now() })
      },
    })
  }
}

function Entry({ collection, entry, keys, singular, ...props }: EntryProps) {
  const standing = props.standing?.(entry)
  const { canWrite } = useRecordScope()
  const remove = useRemove(collection, singular)
  return (
    <li className="group relative py-2">
      {keys.map((key, index) => (
        <div key={key} className={index === 0 ? 'flex items-center gap-2 pe-8' : undefined}>
          <div className="min-w-0 flex-1">
            <LabelledField path={`${collection}.${entry.id}.${key}`} value={entry[key]} />
          </div>
          {index === 0 && standing !== undefined && (
            <Badge tone={standing.tone} icon={standingIcons[standing.tone]}>
              {standing.words}
            </Badge>
          )}
        </div>
      ))}
      {canWrite && (
        <IconButton
          label={`Remove ${singular.toLowerCase()}`}
          size="sm"
          className="absolute end-0 top-2.5 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 touch:top-0 touch:opacity-100"
          onPress={() => {
            remove(entry)
          }}
        >
          <Trash2Icon aria-hidden className="size-3.5" />
        </IconButton>
      )}
    </li>
  )
}

interface AddFormProps extends CollectionSectionProps {
  readonly fields: readonly FieldSpec[]
  readonly onClose: () => void
}

function AddForm({ collection, fields, defaults, onClose }: AddFormProps) {
  const { open } = useRecordScope()
  const workspace = useWorkspace()
  const [drafts, setDrafts] = useState<Readonly<Record<string, string>>>({})
  const [problem, setProblem] = useState<{ readonly path: string; readonly message: string }>()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const entered = Object.fromEntries(
      fields
        .map((field) => [field.key, parseDraft(field, drafts[field.key] ?? '')])
        .filter(([, value]) => value !== undefined),
    )
    const values = { ...defaults?.(), ...entered }
    // `new` stands for the id that the entry will get.
    const issue = checkValue(open.kind, `${collection}.new`, values)
    setProblem(issue)
    if (issue !== undefined) return
    addEntry(open.doc, collection, values, { now: workspace.now() })
    onClose()
  }
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-3">
      {fields.map((field) => (
        <EntryInput
          key={field.key}
          field={field}
          value={drafts[field.key]}
          error={problem?.path === `${collection}.new.${field.key}` ? problem.message : undefined}
          onChange={(value) => {
            setDrafts({ ...drafts, [field.key]: value })
            setProblem(undefined)
          }}
        />
      ))}
      <div className="mt-1 flex justify-end gap-2">
        <Button onPress={onClose}>Cancel</Button>
        <Button type="submit" variant="primary">
          Add
        </Button>
      </div>
    </form>
  )
}

interface EntryInputProps {
  readonly field: FieldSpec
  readonly value: string | undefined
  readonly error: string | undefined
  readonly onChange: (value: string) => void
}

function EntryInput({ field, value, error, onChange }: EntryInputProps) {
  const shared = { label: field.label, help: field.help, error, onChange }
  if (field.type === 'choice') {
    const choices = (field.options ?? []).map((option) => ({ id: option.value, label: option.label }))
    const preset = typeof field.default === 'string' ? field.default : undefined
    return <Select {...shared} choices={choices} value={value ?? preset} />
  }
  const Input = field.type === 'date' ? DateField : TextField
  return <Input {...shared} value={value ?? ''} isRequired={field.required ?? false} />
}
