import { type ReactNode, useId } from 'react'
import { cx } from './cx.ts'

export interface SectionProps {
  readonly title: string
  /** Beside the title, quieter: a count, a date. */
  readonly meta?: ReactNode | undefined
  readonly actions?: ReactNode | undefined
  readonly children: ReactNode
  readonly className?: string | undefined
  /** Surface with a border (default) or straight on the page. */
  readonly plain?: boolean | undefined
}

/** A titled part of a page: an h2, a line, its content. */
export function Section({ title, meta, actions, children, className, plain = false }: SectionProps) {
  const id = useId()
  return (
    <section
      aria-labelledby={id}
      className={cx(!plain && 'rounded-lg border border-line bg-surface', className)}
    >
      <header
        className={cx(
          'flex min-h-10 flex-wrap items-center gap-x-2',
          plain ? 'pb-1' : 'border-b border-line px-4 py-1',
        )}
      >
        <h2 id={id} className="text-base font-semibold">
          {title}
        </h2>
        {meta !== undefined && <span className="num text-sm text-ink-3">{meta}</span>}
        {actions !== undefined && <div className="ms-auto flex items-center gap-1">{actions}</div>}
      </header>
      <div className={cx(!plain && 'px-4 py-3')}>{children}</div>
    </section>
  )
}
