import type { ReactNode } from 'react'
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components'
import { cx } from './cx.ts'
import { Tooltip } from './Tooltip.tsx'

export type ButtonVariant = 'primary' | 'secondary' | 'quiet' | 'danger'
export type ButtonSize = 'sm' | 'md'

const base =
  'inline-flex select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md border font-medium ' +
  'transition-colors duration-120 outline-offset-2 disabled:opacity-50 forced-colors:border'

const variants: Record<ButtonVariant, string> = {
  primary: 'border-transparent bg-accent text-on-accent hover:bg-accent-strong pressed:bg-accent-strong',
  secondary: 'border-line-strong bg-surface text-ink hover:bg-hover pressed:bg-hover',
  quiet: 'border-transparent bg-transparent text-ink-2 hover:bg-hover hover:text-ink pressed:bg-hover',
  danger: 'border-line-strong bg-surface text-conflict hover:bg-conflict-soft pressed:bg-conflict-soft',
}

const sizes: Record<ButtonSize, string> = {
  sm: 'h-7 px-2 text-sm touch:h-11 touch:px-3',
  md: 'h-8 px-3 text-base touch:h-11 touch:px-4',
}

/** The look of a button, for links that act like one. */
export function buttonClass(
  options: { variant?: ButtonVariant | undefined; size?: ButtonSize | undefined } = {},
): string {
  return cx(base, variants[options.variant ?? 'secondary'], sizes[options.size ?? 'md'])
}

export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'children' | 'style'> {
  readonly children: ReactNode
  readonly variant?: ButtonVariant | undefined
  readonly size?: ButtonSize | undefined
  /** Shown before the words; 16 px. */
  readonly icon?: ReactNode | undefined
  readonly className?: string | undefined
}

export function Button({ variant, size, icon, className, children, ...props }: ButtonProps) {
  return (
    <AriaButton {...props} className={cx(buttonClass({ variant, size }), className)}>
      {icon}
      {children}
    </AriaButton>
  )
}

export interface IconButtonProps extends Omit<
  AriaButtonProps,
  'className' | 'children' | 'style' | 'aria-label'
> {
  /** Its accessible name, also its tooltip. */
  readonly label: string
  readonly children: ReactNode
  readonly variant?: ButtonVariant | undefined
  readonly size?: ButtonSize | undefined
  readonly className?: string | undefined
}

/** A square button with an icon; never without a name. */
export function IconButton({
  label,
  variant = 'quiet',
  size = 'md',
  className,
  children,
  ...props
}: IconButtonProps) {
  return (
    <Tooltip text={label}>
      <AriaButton
        {...props}
        aria-label={label}
        className={cx(
          base,
          variants[variant],
          size === 'sm' ? 'size-7' : 'size-8',
          'p-0 touch:size-11',
          className,
        )}
      >
        {children}
      </AriaButton>
    </Tooltip>
  )
}
