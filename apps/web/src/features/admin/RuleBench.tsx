import { type DocumentKind, documentKinds } from '@fulqrun/protocol'
import type { PolicyTable } from '@fulqrun/rules'
import { fieldSpec, kindSpec } from '@fulqrun/schema'
import { useMemo, useState } from 'react'
import { Section } from '../../ui/Section.tsx'
import { Select } from '../../ui/Select.tsx'
import { TextField } from '../../ui/TextField.tsx'
import { type Bench, type BenchEdit, benchFields, makeBench, pretendPeople, withEdit } from './bench.ts'
import { BenchOutcome } from './BenchOutcome.tsx'
import { BenchValue } from './BenchValue.tsx'
import { fieldName } from './strategy-words.ts'

export interface BenchField {
  readonly kind: DocumentKind
  /** Undefined for the first field of the kind. */
  readonly path: string | undefined
}

interface RuleBenchProps extends BenchField {
  readonly table: PolicyTable
  readonly onField: (field: BenchField) => void
}

/** "What would happen if": two pretend edits of a field and what the rules make of them. Nothing of it is stored. */
export function RuleBench({ table, kind, path, onField }: RuleBenchProps) {
  // Another field is another try, with values of its own.
  return <FilledBench key={`${kind} ${path}`} table={table} kind={kind} path={path} onField={onField} />
}

function FilledBench({ table, kind, path, onField }: RuleBenchProps) {
  const [bench, setBench] = useState(() => makeBench(kind, path))
  const field = fieldSpec(kind, bench.path)
  if (field === undefined) return null
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[3fr_2fr]">
      <Section title="Two pretend edits" meta="Nothing of it is stored">
        <div className="flex flex-col gap-4">
          <FieldPicker kind={kind} path={bench.path} onField={onField} />
          <BenchValue
            spec={field}
            label="Value before"
            value={bench.start}
            onChange={(start) => {
              setBench({ ...bench, start })
            }}
          />
          <div className="grid gap-3 sm:grid-cols-2">
            {([0, 1] as const).map((index) => (
              <EditCard
                key={index}
                title={index === 0 ? 'First edit' : 'Second edit'}
                bench={bench}
                edit={bench.edits[index]}
                onChange={(change) => {
                  setBench(withEdit(bench, index, change))
                }}
              />
            ))}
          </div>
          <Circumstances bench={bench} onChange={setBench} />
        </div>
      </Section>
      <BenchOutcome bench={bench} field={field} table={table} />
    </div>
  )
}

const kindChoices = documentKinds.map((kind) => ({ id: kind, label: kindSpec(kind).label }))

function FieldPicker({ kind, path, onField }: BenchField & Pick<RuleBenchProps, 'onField'>) {
  const choices = useMemo(
    () => benchFields(kind).map((field) => ({ id: field, label: fieldName(kind, field) })),
    [kind],
  )
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Select
        label="Kind of record"
        choices={kindChoices}
        value={kind}
        onChange={(id) => {
          onField({ kind: documentKinds.find((known) => known === id) ?? kind, path: undefined })
        }}
      />
      <Select
        label="Field"
        choices={choices}
        value={path}
        onChange={(next) => {
          onField({ kind, path: next })
        }}
      />
    </div>
  )
}

interface EditCardProps {
  readonly title: string
  readonly bench: Bench
  readonly edit: BenchEdit
  readonly onChange: (change: Partial<BenchEdit>) => void
}

function EditCard({ title, bench, edit, onChange }: EditCardProps) {
  const field = fieldSpec(bench.kind, bench.path)
  if (field === undefined) return null
  const isText = field.type === 'text' || field.type === 'rich'
  return (
    <fieldset className="flex min-w-0 flex-col gap-3 rounded-md border border-line p-3">
      <legend className="px-1 text-sm font-medium">{title}</legend>
      <Select
        label="Who"
        choices={pretendPeople.map(({ id, name }) => ({ id, label: name }))}
        value={edit.person}
        onChange={(person) => {
          onChange({ person })
        }}
      />
      <BenchValue
        spec={field}
        label={isText ? 'Adds' : 'New value'}
        value={edit.draft}
        onChange={(draft) => {
          onChange({ draft })
        }}
      />
      <TextField
        label="Edited at"
        type="time"
        value={edit.time}
        onChange={(time) => {
          onChange({ time })
        }}
      />
    </fieldset>
  )
}

interface CircumstancesProps {
  readonly bench: Bench
  readonly onChange: (bench: Bench) => void
}

function Circumstances({ bench, onChange }: CircumstancesProps) {
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Select
        label="Whoever made the second edit"
        choices={[
          { id: 'apart', label: 'Had not seen the first one' },
          { id: 'seen', label: 'Had seen the first one' },
        ]}
        value={bench.hadSeen ? 'seen' : 'apart'}
        onChange={(id) => {
          onChange({ ...bench, hadSeen: id === 'seen' })
        }}
      />
      <Select
        label="Arrives at the server"
        isDisabled={bench.hadSeen}
        choices={[
          { id: 'in-order', label: 'The first edit first' },
          { id: 'reversed', label: 'The second edit first' },
        ]}
        value={bench.reversed && !bench.hadSeen ? 'reversed' : 'in-order'}
        onChange={(id) => {
          onChange({ ...bench, reversed: id === 'reversed' })
        }}
      />
    </div>
  )
}
