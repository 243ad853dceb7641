import { useId } from 'react'
import { Button, ListBox, Popover, Select as AriaSelect, SelectValue } from 'react-aria-components'
import { listBoxClass, popoverClass } from '../ui/control.ts'
import { cx } from '../ui/cx.ts'
import { ChevronsUpDownIcon } from '../ui/icons.ts'
import { type Choice, ChoiceItem } from '../ui/Select.tsx'
import { FieldFrame } from './FieldFrame.tsx'
import { formatValue } from './format.ts'
import { inlineClass } from './inline-class.ts'
import type { InlineFieldProps } from './InlineText.tsx'
import { useRecordScope } from './record-scope.tsx'
import { useField } from './use-field.ts'

/** Stands for "no value" in the list; option values of the schema are never empty. */
const none = ''

function useChoices(
  path: string,
  value: unknown,
): { readonly field: ReturnType<typeof useField>; readonly choices: readonly Choice[] } {
  const { people } = useRecordScope()
  const field = useField(path, value)
  const { spec } = field
  const known: readonly Choice[] =
    spec.type === 'person'
      ? people.map((person) => ({ id: person.id, label: person.name }))
      : (spec.options ?? []).map((option) => ({ id: option.value, label: option.label }))
  const current = typeof value === 'string' && value !== '' ? value : undefined
  // A value that this version does not know stays choosable, or opening the list would lose it.
  const stray =
    current !== undefined && !known.some((choice) => choice.id === current)
      ? [{ id: current, label: current }]
      : []
  const clear = spec.required === true ? [] : [{ id: none, label: 'None' }]
  return { field, choices: [...clear, ...known, ...stray] }
}

/** One of a list, or a person, chosen in place. */
export function InlineChoice({ path, value, id, label, placeholder, className }: InlineFieldProps) {
  const { announceField, people } = useRecordScope()
  const { field, choices } = useChoices(path, value)
  const problemId = useId()
  const personName = (personId: string) => people.find((person) => person.id === personId)?.name ?? 'Someone'
  return (
    <FieldFrame path={path} remoteChanges={field.remoteChanges} problem={field.problem} problemId={problemId}>
      {field.canWrite ? (
        <AriaSelect
          aria-label={label ?? field.spec.label}
          value={typeof value === 'string' && value !== '' ? value : null}
          onChange={(key) => {
            field.commit(key === null || key === none ? undefined : String(key))
          }}
          onFocusChange={(isFocused) => {
            announceField(isFocused ? path : undefined)
          }}
          placeholder={placeholder ?? 'Choose'}
        >
          <Button
            id={id ?? ''}
            className={cx(inlineClass, 'group flex items-center justify-between gap-2 text-start', className)}
          >
            <SelectValue className="truncate data-placeholder:text-ink-3 [&_svg]:hidden" />
            <ChevronsUpDownIcon
              aria-hidden
              className="size-3.5 shrink-0 text-ink-3 opacity-0 group-hover:opacity-100 group-focus:opacity-100 touch:opacity-100"
            />
          </Button>
          <Popover className={popoverClass} offset={2}>
            <ListBox items={choices} className={listBoxClass}>
              {(choice) => <ChoiceItem choice={choice} />}
            </ListBox>
          </Popover>
        </AriaSelect>
      ) : (
        <p className="min-h-8 px-2 py-1.5 text-base">
          {formatValue(field.spec, value, { personName }) || <span className="text-ink-3">None</span>}
        </p>
      )}
    </FieldFrame>
  )
}
