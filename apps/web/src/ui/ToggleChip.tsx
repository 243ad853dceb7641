import type { ReactNode } from 'react'
import { ToggleButton } from 'react-aria-components'
import { buttonClass } from './Button.tsx'
import { cx } from './cx.ts'

export interface ToggleChipProps {
  readonly isOn: boolean
  readonly onToggle: (isOn: boolean) => void
  readonly children: ReactNode
}

/** A filter that is on or off. */
export function ToggleChip({ isOn, onToggle, children }: ToggleChipProps) {
  return (
    <ToggleButton
      isSelected={isOn}
      onChange={onToggle}
      className={cx(
        buttonClass({ size: 'sm' }),
        'selected:border-accent/60 selected:bg-accent-soft selected:text-accent-ink',
      )}
    >
      {children}
    </ToggleButton>
  )
}
