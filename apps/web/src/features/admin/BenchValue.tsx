import type { FieldSpec } from '@fulqrun/schema'
import { isNumeric } from '../../fields/draft.ts'
import { Select } from '../../ui/Select.tsx'
import { DateField, TextField } from '../../ui/TextField.tsx'

interface BenchValueProps {
  readonly spec: FieldSpec
  readonly label: string
  readonly value: string
  readonly onChange: (draft: string) => void
}

const nothing = 'nothing'

/** An input for a pretend value, as the field itself would have one; any value may be tried, also one that does not fit. */
export function BenchValue({ spec, label, value, onChange }: BenchValueProps) {
  const options =
    spec.type === 'boolean'
      ? [
          { value: 'true', label: 'Yes' },
          { value: 'false', label: 'No' },
        ]
      : spec.options
  if (options !== undefined) {
    return (
      <Select
        label={label}
        choices={[
          ...options.map((option) => ({ id: option.value, label: option.label })),
          { id: nothing, label: 'Nothing' },
        ]}
        value={value === '' ? nothing : value}
        onChange={(id) => {
          onChange(id === nothing ? '' : id)
        }}
      />
    )
  }
  if (spec.type === 'date') return <DateField label={label} value={value} onChange={onChange} />
  return (
    <TextField
      label={spec.unit === undefined ? label : `${label} (${spec.unit})`}
      placeholder="Nothing"
      value={value}
      onChange={onChange}
      {...(isNumeric(spec) ? { inputMode: 'decimal' as const } : {})}
    />
  )
}
