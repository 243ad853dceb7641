import type { ReactNode } from 'react'
import { cx } from './cx.ts'
import { type Tone, toneSoft } from './Badge.tsx'

export interface BannerProps {
  readonly tone: Tone
  /** Always: colour alone says nothing. */
  readonly icon: ReactNode
  readonly children: ReactNode
  readonly action?: ReactNode | undefined
  /** `bar` spans the page under the header; `box` stands inside a section. */
  readonly shape?: 'bar' | 'box' | undefined
  readonly className?: string | undefined
}

/** One sentence that the person should know now, and what can be done about it. */
export function Banner({ tone, icon, children, action, shape = 'box', className }: BannerProps) {
  return (
    <div
      className={cx(
        'flex items-center gap-x-3 gap-y-1 text-sm [&>svg]:size-4 [&>svg]:shrink-0',
        shape === 'bar' ? 'min-h-9 px-4 py-1 sm:px-6' : 'flex-wrap rounded-md px-3 py-2',
        toneSoft[tone],
        className,
      )}
    >
      {icon}
      <p className={cx('min-w-0 flex-1', shape === 'box' && 'basis-48')}>{children}</p>
      {action}
    </div>
  )
}
