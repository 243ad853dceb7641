import type { HTMLInputTypeAttribute, Ref } from 'react'
import {
  Button,
  Input,
  SearchField as AriaSearchField,
  TextArea as AriaTextArea,
  TextField as AriaTextField,
  type SearchFieldProps as AriaSearchFieldProps,
  type TextFieldProps as AriaTextFieldProps,
} from 'react-aria-components'
import { SearchIcon, XIcon } from './icons.ts'
import { controlClass } from './control.ts'
import { cx } from './cx.ts'
import { FieldParts, type FieldWords, fieldClass } from './Field.tsx'

export interface TextFieldProps
  extends FieldWords, Omit<AriaTextFieldProps, 'className' | 'children' | 'style'> {
  readonly type?: HTMLInputTypeAttribute
  readonly placeholder?: string | undefined
  readonly inputRef?: Ref<HTMLInputElement> | undefined
}

export function TextField({
  label,
  help,
  error,
  hideLabel,
  className,
  placeholder,
  inputRef,
  ...props
}: TextFieldProps) {
  return (
    <AriaTextField
      {...props}
      isInvalid={error !== undefined || props.isInvalid === true}
      className={cx(fieldClass, className)}
    >
      <FieldParts label={label} help={help} error={error} hideLabel={hideLabel}>
        <Input ref={inputRef ?? null} placeholder={placeholder ?? ''} className={controlClass} />
      </FieldParts>
    </AriaTextField>
  )
}

export interface TextAreaProps
  extends FieldWords, Omit<AriaTextFieldProps, 'className' | 'children' | 'style'> {
  readonly placeholder?: string | undefined
  readonly rows?: number | undefined
}

export function TextArea({
  label,
  help,
  error,
  hideLabel,
  className,
  placeholder,
  rows = 3,
  ...props
}: TextAreaProps) {
  return (
    <AriaTextField
      {...props}
      isInvalid={error !== undefined || props.isInvalid === true}
      className={cx(fieldClass, className)}
    >
      <FieldParts label={label} help={help} error={error} hideLabel={hideLabel}>
        <AriaTextArea
          rows={rows}
          placeholder={placeholder ?? ''}
          className={cx(controlClass, 'h-auto resize-y py-1.5 touch:h-auto touch:py-2')}
        />
      </FieldParts>
    </AriaTextField>
  )
}

export interface DateFieldProps
  extends FieldWords, Omit<AriaTextFieldProps, 'className' | 'children' | 'style' | 'type'> {
  /** Bounds as ISO dates, inclusive. */
  readonly min?: string | undefined
  readonly max?: string | undefined
}

/**
 * A date as an ISO string (`2026-03-31`, or empty). The platform's own picker: on phones it is the one that people
 * know, and it saves 50 KB over a picker of ours.
 */
export function DateField({ label, help, error, hideLabel, className, min, max, ...props }: DateFieldProps) {
  return (
    <AriaTextField
      {...props}
      type="date"
      isInvalid={error !== undefined || props.isInvalid === true}
      className={cx(fieldClass, className)}
    >
      <FieldParts label={label} help={help} error={error} hideLabel={hideLabel}>
        <Input min={min} max={max} className={cx(controlClass, 'num')} />
      </FieldParts>
    </AriaTextField>
  )
}

export interface SearchFieldProps extends Omit<AriaSearchFieldProps, 'className' | 'children' | 'style'> {
  /** Accessible name; the placeholder says it to the eye. */
  readonly label: string
  readonly placeholder?: string | undefined
  readonly className?: string | undefined
}

/** Search as you type; Esc clears. */
export function SearchField({ label, placeholder, className, ...props }: SearchFieldProps) {
  return (
    <AriaSearchField {...props} aria-label={label} className={cx('group relative min-w-0', className)}>
      <SearchIcon
        aria-hidden
        className="pointer-events-none absolute start-2 top-2 size-4 text-ink-3 touch:top-3.5"
      />
      <Input
        placeholder={placeholder ?? label}
        className={cx(controlClass, 'ps-8 pe-8 touch:ps-9 [&::-webkit-search-cancel-button]:hidden')}
      />
      <Button className="absolute end-1 top-1 grid size-6 place-items-center rounded-sm text-ink-3 hover:bg-hover hover:text-ink group-data-empty:hidden touch:top-0 touch:end-0 touch:size-11">
        <XIcon aria-hidden className="size-3.5" />
      </Button>
    </AriaSearchField>
  )
}
