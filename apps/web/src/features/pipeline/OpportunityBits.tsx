import { formatDateShort, formatMoney } from '../../fields/format.ts'
import { Avatar } from '../../ui/Avatar.tsx'
import { Badge } from '../../ui/Badge.tsx'
import { cx } from '../../ui/cx.ts'
import { AlertTriangleIcon, CalendarIcon, CircleIcon, HourglassIcon } from '../../ui/icons.ts'
import { dueMark, isOpenStage, type OpportunityRow } from './opportunity-row.ts'

/** The parts that the table and the list on phones share. */

export function Amount({
  row,
  className,
}: {
  readonly row: OpportunityRow
  readonly className?: string | undefined
}) {
  return (
    <span className={cx('num whitespace-nowrap', className)}>
      {row.amount === undefined ? (
        <span className="text-ink-3">No amount</span>
      ) : (
        formatMoney(row.amount, row.currency)
      )}
    </span>
  )
}

export function CloseDate({ row, today }: { readonly row: OpportunityRow; readonly today: string }) {
  if (row.closeDate === undefined) return <span className="text-ink-3">No date</span>
  const isLate = isOpenStage(row.stage) && row.closeDate < today
  return (
    <span
      className={cx(
        'num inline-flex items-center gap-1 whitespace-nowrap',
        isLate && 'font-medium text-attention',
      )}
    >
      {isLate && <AlertTriangleIcon aria-label="Overdue:" className="size-3.5" />}
      {formatDateShort(row.closeDate, today)}
    </span>
  )
}

/** The next activity with its mark: overdue, today, planned or none. */
export function NextActivity({ row, today }: { readonly row: OpportunityRow; readonly today: string }) {
  const next = row.nextActivity
  const mark = dueMark(next?.dueDate, today)
  if (next === undefined) {
    return (
      <span className="inline-flex items-center gap-1.5 text-ink-3">
        <CircleIcon aria-hidden className="size-3.5" />
        Nothing planned
      </span>
    )
  }
  const words =
    mark === 'overdue' ? 'Overdue' : mark === 'today' ? 'Today' : formatDateShort(next.dueDate, today)
  const tone = mark === 'overdue' ? 'text-attention' : mark === 'today' ? 'text-ink' : 'text-ink-3'
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <span
        className={cx(
          'num inline-flex shrink-0 items-center gap-1 whitespace-nowrap',
          tone,
          mark !== 'planned' && 'font-medium',
        )}
      >
        {mark === 'overdue' ? (
          <AlertTriangleIcon aria-hidden className="size-3.5" />
        ) : (
          <CalendarIcon aria-hidden className="size-3.5" />
        )}
        {words}
      </span>
      <span className="truncate text-ink-2">{next.subject}</span>
    </span>
  )
}

export function ProposalMark({ count }: { readonly count: number }) {
  if (count === 0) return null
  return (
    <Badge tone="attention" icon={<HourglassIcon aria-hidden />}>
      {count}
      <span className="sr-only">{count === 1 ? ' proposal waits' : ' proposals wait'}</span>
    </Badge>
  )
}

/** First names do in a team; the whole name is there for readers of the screen and on hover. */
export function Owner({ id, name }: { readonly id: string | undefined; readonly name: string }) {
  if (id === undefined) return <span className="text-ink-3">No owner</span>
  const [firstName = '', ...others] = name.split(' ')
  const rest = others.join(' ')
  return (
    <span title={name} className="inline-flex max-w-full min-w-0 items-center gap-1.5">
      <Avatar person={{ id, name }} size="sm" />
      <span className="truncate">
        {firstName}
        {rest !== '' && <span className="sr-only"> {rest}</span>}
      </span>
    </span>
  )
}
