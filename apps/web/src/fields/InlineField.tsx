import { fieldSpec, type FieldSpec } from '@fulqrun/schema'
import { useId } from 'react'
import { FieldRow, type FieldRowProps } from './FieldRow.tsx'
import { formatValue } from './format.ts'
import { InlineBoolean } from './InlineBoolean.tsx'
import { InlineChoice } from './InlineChoice.tsx'
import { type InlineFieldProps, InlineText } from './InlineText.tsx'
import { useRecordScope } from './record-scope.tsx'

export type { InlineFieldProps } from './InlineText.tsx'

/** The editor for a field's type. Co-edited text and rich notes are not scalars and have their own editors. */
export function InlineField(props: InlineFieldProps) {
  const { open } = useRecordScope()
  const spec = fieldSpec(open.kind, props.path)
  switch (spec?.type) {
    case undefined:
    case 'text':
    case 'rich':
      return null
    case 'time':
    case 'kpiValue':
      return <ReadValue spec={spec} value={props.value} />
    case 'boolean':
      return <InlineBoolean {...props} />
    case 'choice':
    case 'person':
      return <InlineChoice {...props} />
    default:
      return <InlineText {...props} />
  }
}

/** A value that nobody edits here, in the place where an input would stand. */
export function ReadValue({ spec, value }: { readonly spec: FieldSpec; readonly value: unknown }) {
  const { currency, people } = useRecordScope()
  const personName = (id: string) => people.find((person) => person.id === id)?.name ?? 'Someone'
  return (
    <p className="num min-h-8 px-2 py-1.5 text-base">
      {formatValue(spec, value, { currency, personName }) || <span className="text-ink-3">None</span>}
    </p>
  )
}

export interface LabelledFieldProps
  extends Omit<InlineFieldProps, 'id' | 'label'>, Pick<FieldRowProps, 'layout' | 'locked'> {}

/** A row with the field's own label and its editor: what most of a record page is made of. */
export function LabelledField({ layout, locked, ...field }: LabelledFieldProps) {
  const { open } = useRecordScope()
  const id = useId()
  const spec = fieldSpec(open.kind, field.path)
  if (spec === undefined) return null
  return (
    <FieldRow label={spec.label} htmlFor={id} help={spec.help} layout={layout} locked={locked}>
      {locked === undefined ? (
        <InlineField {...field} id={id} label={spec.label} />
      ) : (
        <ReadValue spec={spec} value={field.value} />
      )}
    </FieldRow>
  )
}
