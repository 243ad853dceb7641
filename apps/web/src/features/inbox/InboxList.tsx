import { Link } from '@tanstack/react-router'
import { useMe, usePersonName } from '../../data/workspace.tsx'
import { formatAgo } from '../../fields/format.ts'
import { cx } from '../../ui/cx.ts'
import { CheckIcon, DiamondIcon, HourglassIcon, InfoIcon, OctagonXIcon } from '../../ui/icons.ts'
import { useNow } from '../history/use-now.ts'
import { pathLabel } from '../history/value-words.ts'
import type { InboxItem } from './inbox-items.ts'
import type { InboxTab } from './inbox-tabs.ts'
import { peopleWords, stateWords } from './inbox-words.ts'

export interface InboxListProps {
  readonly tab: InboxTab
  readonly items: readonly InboxItem[]
  /** Key of the item beside the list, if one is shown. */
  readonly shown: string | undefined
}

const icons = {
  conflicts: (
    <DiamondIcon aria-hidden className="mt-1 size-3 shrink-0 fill-conflict-mark text-conflict-mark" />
  ),
  approvals: <HourglassIcon aria-hidden className="mt-0.5 size-3.5 shrink-0 text-attention" />,
  sent: <HourglassIcon aria-hidden className="mt-0.5 size-3.5 shrink-0 text-attention" />,
  outcomes: <InfoIcon aria-hidden className="mt-0.5 size-3.5 shrink-0 text-ink-3" />,
  refused: <OctagonXIcon aria-hidden className="mt-0.5 size-3.5 shrink-0 text-conflict" />,
  done: <CheckIcon aria-hidden className="mt-0.5 size-3.5 shrink-0 text-good" />,
} satisfies Record<InboxTab, unknown>

/** A line per item: the record, the field, who, and how long ago. */
export function InboxList({ tab, items, shown }: InboxListProps) {
  return (
    <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
      {items.map((item) => (
        <li key={item.key}>
          <Line tab={tab} item={item} isShown={item.key === shown} />
        </li>
      ))}
    </ul>
  )
}

function Line({
  tab,
  item,
  isShown,
}: {
  readonly tab: InboxTab
  readonly item: InboxItem
  readonly isShown: boolean
}) {
  const me = useMe()
  const nameOf = usePersonName()
  const now = useNow()
  const people = peopleWords(item, { userId: me.user.id, nameOf })
  return (
    <Link
      to="/inbox"
      search={{ tab, item: item.key }}
      replace
      resetScroll={false}
      aria-current={isShown ? 'true' : undefined}
      className={cx(
        'flex min-h-14 items-start gap-2 border-s-2 px-3 py-2 hover:bg-hover focus-visible:-outline-offset-2',
        isShown ? 'border-accent bg-hover' : 'border-transparent',
      )}
    >
      {icons[tab]}
      <span className="min-w-0 flex-1">
        <span className="flex items-baseline gap-2">
          <span className="min-w-0 flex-1 truncate text-base font-medium text-ink">
            {item.path === undefined ? stateWords(item) : pathLabel(item.kind, item.path)}
          </span>
          <span className="num shrink-0 text-xs text-ink-3">{formatAgo(item.since, now)}</span>
        </span>
        <span className="block truncate text-sm text-ink-2">{item.title}</span>
        <span className="block truncate text-xs text-ink-3">
          {item.path !== undefined && stateWords(item)}
          {people !== '' && `: ${people}`}
        </span>
      </span>
    </Link>
  )
}
