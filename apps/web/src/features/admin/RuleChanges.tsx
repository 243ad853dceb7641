import type { PolicyChangeDetail, PolicyHistoryEntry } from '@fulqrun/protocol'
import { kindSpec } from '@fulqrun/schema'
import { formatMoment, formatNumber } from '../../fields/format.ts'
import { Avatar } from '../../ui/Avatar.tsx'
import { Badge } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ArrowRightIcon, CloudOffIcon, HistoryIcon } from '../../ui/icons.ts'
import { Skeleton } from '../../ui/Page.tsx'
import { useNow } from '../history/use-now.ts'
import { fieldName, strategyTitleOf } from './strategy-words.ts'
import { usePolicyChanges } from './use-policy-changes.ts'

interface WhatProps {
  readonly subject: string
  readonly before: string
  readonly after: string
}

function What({ subject, before, after }: WhatProps) {
  return (
    <p className="flex flex-wrap items-center gap-x-1.5 text-base">
      <span className="font-medium">{subject}:</span>
      <span className="text-ink-2">{before}</span>
      <ArrowRightIcon aria-label="became" className="size-3.5 text-ink-3" />
      <span>{after}</span>
    </p>
  )
}

function limits({
  managerMaxAmount,
  managerMaxDiscount,
}: {
  managerMaxAmount: number
  managerMaxDiscount: number
}): string {
  return `up to ${formatNumber(managerMaxAmount)} and ${formatNumber(managerMaxDiscount)} % discount`
}

function Detail({ detail }: { readonly detail: PolicyChangeDetail }) {
  if (detail.type === 'approvals')
    return <What subject="Limits of managers" before={limits(detail.before)} after={limits(detail.after)} />
  const { kind, path, before, after } = detail
  return (
    <What
      subject={`${kindSpec(kind).label}, ${fieldName(kind, path)}`}
      before={strategyTitleOf(before)}
      after={strategyTitleOf(after)}
    />
  )
}

function Entry({ entry, now }: { readonly entry: PolicyHistoryEntry; readonly now: number }) {
  return (
    <li className="flex flex-col gap-1 px-4 py-3">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
        <Avatar person={entry.author} size="sm" />
        <span className="font-medium">{entry.author.name}</span>
        <span className="num text-ink-3">{formatMoment(entry.at, now)}</span>
        <Badge className="ms-auto">Version {entry.version}</Badge>
      </p>
      <Detail detail={entry.detail} />
      <p className="text-sm text-ink-2">Reason: {entry.reason}</p>
    </li>
  )
}

/** Who changed which rule, when and why. Kept at the server, so it needs a connection. */
export function RuleChanges() {
  const { entries, next, isUnreachable, loadMore } = usePolicyChanges()
  const now = useNow()
  if (entries === undefined) {
    if (!isUnreachable) return <Skeleton rows={4} label="Getting the changes of rules" />
    return (
      <EmptyState icon={<CloudOffIcon aria-hidden />} title="The changes of rules are not on this device">
        They are kept at the server. Come back when you are connected.
      </EmptyState>
    )
  }
  if (entries.length === 0)
    return (
      <EmptyState icon={<HistoryIcon aria-hidden />} title="No rule has been changed">
        Your organization works with the rules that FulQrun comes with.
      </EmptyState>
    )
  return (
    <>
      <ol className="divide-y divide-line rounded-lg border border-line bg-surface">
        {entries.map((entry) => (
          <Entry key={entry.version} entry={entry} now={now} />
        ))}
      </ol>
      {next !== undefined && (
        <Button className="mt-3" onPress={loadMore}>
          Show earlier changes
        </Button>
      )}
      {isUnreachable && (
        <p role="status" className="mt-2 text-sm text-ink-2">
          The server could not be reached; this is what was here before.
        </p>
      )}
    </>
  )
}
