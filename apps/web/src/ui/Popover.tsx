import type { ReactNode } from 'react'
import {
  Dialog,
  DialogTrigger,
  Popover as AriaPopover,
  type PopoverProps as AriaPopoverProps,
} from 'react-aria-components'
import { popoverClass } from './control.ts'
import { cx } from './cx.ts'

export interface PopoverProps {
  /** The button that opens it. */
  readonly trigger: ReactNode
  readonly label: string
  readonly children: ReactNode
  readonly placement?: AriaPopoverProps['placement'] | undefined
  readonly className?: string | undefined
}

/** A small panel beside its button; Esc and a click outside close it. */
export function Popover({ trigger, label, children, placement = 'bottom end', className }: PopoverProps) {
  return (
    <DialogTrigger>
      {trigger}
      <AriaPopover className={popoverClass} placement={placement} offset={6}>
        <Dialog aria-label={label} className={cx('w-80 max-w-[92vw] outline-none', className)}>
          {children}
        </Dialog>
      </AriaPopover>
    </DialogTrigger>
  )
}
