import type { ReactNode } from 'react'
import { Tooltip as AriaTooltip, Focusable, TooltipTrigger, type TooltipProps } from 'react-aria-components'

export interface HintProps {
  readonly text: ReactNode
  /** One element that takes the focus: a button or a link of the kit. */
  readonly children: ReactNode
  readonly placement?: TooltipProps['placement'] | undefined
}

const look =
  'max-w-72 rounded-md border border-line-strong bg-raised px-2 py-1 text-xs text-ink shadow-pop entering:animate-fade'

/** A short explanation on hover and focus; Esc closes it. Never the only place of a fact on touch screens. */
export function Tooltip({ text, children, placement = 'top' }: HintProps) {
  return (
    <TooltipTrigger delay={500} closeDelay={80}>
      {children}
      <AriaTooltip placement={placement} offset={6} className={look}>
        {text}
      </AriaTooltip>
    </TooltipTrigger>
  )
}

/** The same for something that is not a control: makes it focusable so that the keyboard reaches the words too. */
export function Hint({ text, children, placement = 'top' }: HintProps) {
  return (
    <TooltipTrigger delay={300} closeDelay={80}>
      <Focusable>
        <button type="button" className="rounded-sm">
          {children}
        </button>
      </Focusable>
      <AriaTooltip placement={placement} offset={6} className={look}>
        {text}
      </AriaTooltip>
    </TooltipTrigger>
  )
}
