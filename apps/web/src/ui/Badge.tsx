import type { ReactNode } from 'react'
import { cx } from './cx.ts'

/** Meanings, not colours: every one is shown with an icon or a word. */
export type Tone = 'neutral' | 'good' | 'attention' | 'conflict' | 'pinned' | 'accent'

export const toneSoft: Record<Tone, string> = {
  neutral: 'bg-sunken text-ink-2',
  good: 'bg-good-soft text-good',
  attention: 'bg-attention-soft text-attention',
  conflict: 'bg-conflict-soft text-conflict',
  pinned: 'bg-pinned-soft text-pinned',
  accent: 'bg-accent-soft text-accent-ink',
}

export interface BadgeProps {
  readonly children: ReactNode
  readonly tone?: Tone | undefined
  readonly icon?: ReactNode | undefined
  readonly className?: string | undefined
}

/** A small word with a meaning. */
export function Badge({ children, tone = 'neutral', icon, className }: BadgeProps) {
  return (
    <span
      className={cx(
        'num inline-flex h-5 items-center gap-1 rounded-sm px-1.5 text-xs font-medium whitespace-nowrap [&_svg]:size-3',
        toneSoft[tone],
        className,
      )}
    >
      {icon}
      {children}
    </span>
  )
}
