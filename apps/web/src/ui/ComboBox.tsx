import { Button, ComboBox as AriaComboBox, Input, ListBox, Popover, type Key } from 'react-aria-components'
import { ChevronsUpDownIcon } from './icons.ts'
import { controlClass, listBoxClass, popoverClass } from './control.ts'
import { cx } from './cx.ts'
import { FieldParts, type FieldWords, fieldClass } from './Field.tsx'
import { type Choice, ChoiceItem } from './Select.tsx'

export interface ComboBoxProps extends FieldWords {
  readonly choices: readonly Choice[]
  readonly value: string | undefined
  /** Undefined when the text was cleared. */
  readonly onChange: (id: string | undefined) => void
  readonly placeholder?: string | undefined
  readonly isDisabled?: boolean | undefined
  readonly isRequired?: boolean | undefined
}

/** A long list narrowed by typing: people, accounts. */
export function ComboBox(props: ComboBoxProps) {
  const { label, help, error, hideLabel, className, choices, value, onChange, placeholder } = props
  return (
    <AriaComboBox
      className={cx(fieldClass, className)}
      defaultItems={choices}
      value={value ?? null}
      onChange={(key: Key | null) => {
        onChange(key === null ? undefined : String(key))
      }}
      isInvalid={error !== undefined}
      isDisabled={props.isDisabled ?? false}
      isRequired={props.isRequired ?? false}
      menuTrigger="focus"
    >
      <FieldParts label={label} help={help} error={error} hideLabel={hideLabel}>
        <div className="relative">
          <Input placeholder={placeholder ?? ''} className={cx(controlClass, 'pe-8')} />
          <Button className="absolute end-1 top-1 grid size-6 place-items-center rounded-sm text-ink-3 hover:bg-hover touch:top-0 touch:end-0 touch:size-11">
            <ChevronsUpDownIcon aria-hidden className="size-3.5" />
          </Button>
        </div>
      </FieldParts>
      <Popover className={popoverClass} offset={4}>
        <ListBox
          className={listBoxClass}
          renderEmptyState={() => <p className="px-2 py-1.5 text-sm text-ink-3">Nothing matches</p>}
        >
          {(choice: Choice) => <ChoiceItem choice={choice} />}
        </ListBox>
      </Popover>
    </AriaComboBox>
  )
}
