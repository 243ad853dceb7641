import type { ReactNode } from 'react'
import { FieldError, Label, Text } from 'react-aria-components'
import { cx } from './cx.ts'
import { errorClass, helpClass, labelClass } from './control.ts'

export interface FieldWords {
  readonly label: string
  /** One line under the input. */
  readonly help?: string | undefined
  /** Shown instead of the help when `isInvalid`. */
  readonly error?: string | undefined
  /** The label is read but not shown: for filters and table cells. */
  readonly hideLabel?: boolean | undefined
  readonly className?: string | undefined
}

/** Label above, input, then error or help; used inside a React Aria field. */
export function FieldParts({
  label,
  help,
  error,
  hideLabel,
  children,
}: FieldWords & { readonly children: ReactNode }) {
  return (
    <>
      <Label className={cx(labelClass, hideLabel === true && 'sr-only')}>{label}</Label>
      {children}
      {help !== undefined && error === undefined && (
        <Text slot="description" className={helpClass}>
          {help}
        </Text>
      )}
      <FieldError className={errorClass}>{error}</FieldError>
    </>
  )
}

export const fieldClass = 'flex min-w-0 flex-col gap-1'
