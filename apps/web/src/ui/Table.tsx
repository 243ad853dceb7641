import type { ComponentProps } from 'react'
import { cx } from './cx.ts'
import { ArrowDownIcon, ArrowUpIcon } from './icons.ts'

/** A plain table in the look of the app: 32 px rows, lines between rows, headings that stay. */
export function Table({ className, ...props }: ComponentProps<'table'>) {
  return <table {...props} className={cx('w-full border-separate border-spacing-0 text-sm', className)} />
}

export function Th({ className, ...props }: ComponentProps<'th'>) {
  return (
    <th
      scope="col"
      {...props}
      className={cx(
        'h-8 border-b border-line px-2 text-start text-xs font-medium whitespace-nowrap text-ink-3',
        className,
      )}
    />
  )
}

export function Td({ className, ...props }: ComponentProps<'td'>) {
  return <td {...props} className={cx('h-8 border-b border-line px-2 align-middle', className)} />
}

export interface SortableThProps {
  readonly children: string
  readonly direction: 'ascending' | 'descending' | undefined
  readonly onSort: () => void
  readonly align?: 'start' | 'end' | undefined
  readonly className?: string | undefined
}

/** A column heading that sorts; the direction is told by `aria-sort` and an arrow. */
export function SortableTh({ children, direction, onSort, align = 'start', className }: SortableThProps) {
  const Arrow = direction === 'descending' ? ArrowDownIcon : ArrowUpIcon
  return (
    <Th aria-sort={direction ?? 'none'} className={className}>
      <button
        type="button"
        onClick={onSort}
        className={cx(
          '-mx-1 flex min-h-6 w-[calc(100%+0.5rem)] items-center gap-1 rounded-sm px-1 font-medium hover:text-ink',
          align === 'end' && 'flex-row-reverse',
          direction !== undefined && 'text-ink',
        )}
      >
        {children}
        <Arrow aria-hidden className={cx('size-3', direction === undefined && 'invisible')} />
      </button>
    </Th>
  )
}
