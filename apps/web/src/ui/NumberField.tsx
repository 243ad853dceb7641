import {
  Input,
  NumberField as AriaNumberField,
  type NumberFieldProps as AriaNumberFieldProps,
} from 'react-aria-components'
import { controlClass } from './control.ts'
import { cx } from './cx.ts'
import { FieldParts, type FieldWords, fieldClass } from './Field.tsx'

export interface NumberFieldProps
  extends FieldWords, Omit<AriaNumberFieldProps, 'className' | 'children' | 'style'> {
  readonly placeholder?: string | undefined
}

/** A number in the reader's notation; money by `formatOptions={{style: 'currency', currency}}`. Empty is NaN. */
export function NumberField({
  label,
  help,
  error,
  hideLabel,
  className,
  placeholder,
  ...props
}: NumberFieldProps) {
  return (
    <AriaNumberField
      {...props}
      isInvalid={error !== undefined || props.isInvalid === true}
      className={cx(fieldClass, className)}
    >
      <FieldParts label={label} help={help} error={error} hideLabel={hideLabel}>
        <Input placeholder={placeholder ?? ''} className={cx(controlClass, 'num text-end')} />
      </FieldParts>
    </AriaNumberField>
  )
}
