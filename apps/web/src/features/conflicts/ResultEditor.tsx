import { checkValue, type FieldSpec } from '@fulqrun/schema'
import type { DocumentKind } from '@fulqrun/protocol'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { usePeople } from '../../data/workspace.tsx'
import { draftOf, isNumeric, parseDraft } from '../../fields/draft.ts'
import { Button } from '../../ui/Button.tsx'
import { type Choice, Select } from '../../ui/Select.tsx'
import { DateField, TextArea, TextField } from '../../ui/TextField.tsx'

export interface ResultEditorProps {
  readonly kind: DocumentKind
  readonly spec: FieldSpec
  /** Where the draft starts. */
  readonly value: unknown
  readonly onSave: (value: unknown) => void
  readonly onCancel: () => void
}

const yesNo: readonly Choice[] = [
  { id: 'true', label: 'Yes' },
  { id: 'false', label: 'No' },
]

/** From here on a string is a paragraph rather than a line. */
const paragraphLength = 500

/** A value of one's own in place of those that were written, checked like any other. */
export function ResultEditor({ kind, spec, value, onSave, onCancel }: ResultEditorProps) {
  const [draft, setDraft] = useState(() => (typeof value === 'boolean' ? String(value) : draftOf(value)))
  const [problem, setProblem] = useState<string>()
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    // It takes the place of the button that was pressed: the focus goes on in it.
    form.current?.querySelector<HTMLElement>('input, textarea, button')?.focus()
  }, [])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const next = spec.type === 'boolean' ? draft === 'true' : parseDraft(spec, draft)
    const issue = checkValue(kind, spec.path, next)
    setProblem(issue?.message)
    if (issue === undefined) onSave(next)
  }
  return (
    <form ref={form} onSubmit={submit} noValidate className="flex flex-col gap-2">
      <ResultInput
        spec={spec}
        value={draft}
        error={problem}
        onChange={(next) => {
          setDraft(next)
          setProblem(undefined)
        }}
      />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" size="sm">
          Use this
        </Button>
        <Button size="sm" onPress={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  )
}

interface ResultInputProps {
  readonly spec: FieldSpec
  readonly value: string
  readonly error: string | undefined
  readonly onChange: (value: string) => void
}

function useChoices(spec: FieldSpec): readonly Choice[] | undefined {
  const people = usePeople()
  if (spec.type === 'boolean') return yesNo
  if (spec.type === 'person') return people.map(({ id, name }) => ({ id, label: name }))
  return spec.type === 'choice'
    ? (spec.options ?? []).map((option) => ({ id: option.value, label: option.label }))
    : undefined
}

function ResultInput({ spec, value, error, onChange }: ResultInputProps) {
  const choices = useChoices(spec)
  const shared = { label: spec.label, help: spec.help, error, onChange }
  if (choices !== undefined)
    return <Select {...shared} choices={choices} value={value === '' ? undefined : value} />
  if (spec.type === 'date') return <DateField {...shared} value={value} />
  if (spec.type === 'string' && (spec.maxLength ?? 0) >= paragraphLength)
    return <TextArea {...shared} value={value} />
  return (
    <TextField {...shared} value={value} {...(isNumeric(spec) ? { inputMode: 'decimal' as const } : {})} />
  )
}
