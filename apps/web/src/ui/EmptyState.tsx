import type { ReactNode } from 'react'
import { cx } from './cx.ts'

export interface EmptyStateProps {
  readonly icon?: ReactNode | undefined
  /** What this is: `No opportunities match`. */
  readonly title: string
  /** Why it is empty: a filter, no access, or not on this device. Never leave "none" and "not downloaded" alike. */
  readonly children?: ReactNode | undefined
  /** One action. */
  readonly action?: ReactNode | undefined
  readonly className?: string | undefined
}

export function EmptyState({ icon, title, children, action, className }: EmptyStateProps) {
  return (
    <div className={cx('flex flex-col items-center gap-1 px-6 py-12 text-center', className)}>
      {icon !== undefined && <div className="mb-1 text-ink-3 [&_svg]:size-5">{icon}</div>}
      <p className="text-base font-medium text-ink">{title}</p>
      {children !== undefined && <div className="max-w-[46ch] text-sm text-ink-2">{children}</div>}
      {action !== undefined && <div className="mt-3">{action}</div>}
    </div>
  )
}
