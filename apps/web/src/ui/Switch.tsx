import { type ReactNode, useId } from 'react'
import { Switch as AriaSwitch } from 'react-aria-components'
import { cx } from './cx.ts'

export interface SwitchProps {
  readonly isOn: boolean
  readonly onToggle: (isOn: boolean) => void
  readonly isDisabled?: boolean | undefined
  /** What is on or off. */
  readonly children: ReactNode
  /** A quieter line under it. */
  readonly detail?: string | undefined
}

/** A setting that holds as soon as it is pressed; the whole line is the target. */
export function Switch({ isOn, onToggle, isDisabled = false, children, detail }: SwitchProps) {
  const id = useId()
  return (
    <AriaSwitch
      aria-labelledby={`${id}-label`}
      {...(detail === undefined ? {} : { 'aria-describedby': `${id}-detail` })}
      isSelected={isOn}
      onChange={onToggle}
      isDisabled={isDisabled}
      className="group flex min-h-8 w-full items-start justify-between gap-4 py-1.5 touch:min-h-11 touch:py-2.5"
    >
      <span className="flex min-w-0 flex-col">
        <span id={`${id}-label`} className="text-base text-ink group-disabled:text-ink-3">
          {children}
        </span>
        {detail !== undefined && (
          <span id={`${id}-detail`} className="text-sm text-ink-2">
            {detail}
          </span>
        )}
      </span>
      <span
        aria-hidden
        className={cx(
          'mt-0.5 flex h-5 w-9 shrink-0 items-center rounded-full border border-edge bg-sunken px-0.5 outline-offset-2',
          'transition-colors duration-120 group-selected:border-transparent group-selected:bg-accent',
          'group-focus-visible:outline-2 group-focus-visible:outline-accent-ink group-disabled:opacity-50',
          'forced-colors:border forced-colors:group-selected:bg-[Highlight]',
        )}
      >
        <span
          className={cx(
            'size-3.5 rounded-full bg-ink-3 transition-transform duration-120 motion-reduce:transition-none',
            'group-selected:translate-x-4 group-selected:bg-white forced-colors:bg-[ButtonText]',
          )}
        />
      </span>
    </AriaSwitch>
  )
}
