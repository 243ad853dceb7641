import {
  Button,
  ListBox,
  ListBoxItem,
  Popover,
  Select as AriaSelect,
  SelectValue,
  type Key,
} from 'react-aria-components'
import { CheckIcon, ChevronsUpDownIcon } from './icons.ts'
import { controlClass, listBoxClass, optionClass, popoverClass } from './control.ts'
import { cx } from './cx.ts'
import { FieldParts, type FieldWords, fieldClass } from './Field.tsx'

export interface Choice {
  readonly id: string
  readonly label: string
  /** A second, quieter line. */
  readonly detail?: string | undefined
}

export interface SelectProps extends FieldWords {
  readonly choices: readonly Choice[]
  /** Id of the chosen one; undefined shows the placeholder. */
  readonly value: string | undefined
  readonly onChange: (id: string) => void
  readonly placeholder?: string | undefined
  readonly isDisabled?: boolean | undefined
  readonly isRequired?: boolean | undefined
}

/** One line of a list of choices, with a check at the chosen one. */
export function ChoiceItem({ choice }: { readonly choice: Choice }) {
  return (
    <ListBoxItem id={choice.id} textValue={choice.label} className={optionClass}>
      {({ isSelected }) => (
        <>
          <CheckIcon
            aria-hidden
            className={cx('size-4 shrink-0 text-accent-ink', !isSelected && 'invisible')}
          />
          <span className="flex min-w-0 flex-col">
            <span className="truncate">{choice.label}</span>
            {choice.detail !== undefined && (
              <span className="truncate text-xs font-normal text-ink-3">{choice.detail}</span>
            )}
          </span>
        </>
      )}
    </ListBoxItem>
  )
}

export function Select(props: SelectProps) {
  const { label, help, error, hideLabel, className, choices, value, onChange, placeholder } = props
  return (
    <AriaSelect
      className={cx(fieldClass, className)}
      value={value ?? null}
      onChange={(key: Key | null) => {
        if (key !== null) onChange(String(key))
      }}
      placeholder={placeholder ?? 'Choose'}
      isInvalid={error !== undefined}
      isDisabled={props.isDisabled ?? false}
      isRequired={props.isRequired ?? false}
    >
      <FieldParts label={label} help={help} error={error} hideLabel={hideLabel}>
        <Button
          className={cx(
            controlClass,
            'flex items-center justify-between gap-2 text-start focus-visible:outline-2',
          )}
        >
          <SelectValue className="truncate data-placeholder:text-ink-3 [&_.text-xs]:hidden [&_svg]:hidden" />
          <ChevronsUpDownIcon aria-hidden className="size-3.5 shrink-0 text-ink-3" />
        </Button>
      </FieldParts>
      <Popover className={popoverClass} offset={4}>
        <ListBox items={choices} className={listBoxClass}>
          {(choice) => <ChoiceItem choice={choice} />}
        </ListBox>
      </Popover>
    </AriaSelect>
  )
}
