import { Link } from '@tanstack/react-router'
import { ChoiceMark } from '../conflicts/ChoiceMark.tsx'
import { isOpenStage, isOverdue, type OpportunityRow } from './opportunity-row.ts'
import { Amount, CloseDate, LocalMark, ProposalMark } from './OpportunityBits.tsx'
import type { PipelineListProps } from './PipelineTable.tsx'
import { StageMark } from './StageMark.tsx'
import { sumWords } from './StageStrip.tsx'
import { AlertTriangleIcon } from '../../ui/icons.ts'

/** The pipeline on a phone: two lines per opportunity. */
export function PipelineCards({ groups, rows, today }: PipelineListProps) {
  if (groups === undefined) {
    return (
      <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface md:hidden">
        {rows.map((row) => (
          <Item key={row.name} row={row} today={today} isFlat />
        ))}
      </ul>
    )
  }
  return (
    <div className="flex flex-col gap-4 md:hidden">
      {groups
        .filter((group) => group.rows.length > 0)
        .map((group) => (
          <section key={group.stage} aria-label={group.label}>
            <h2 className="flex items-center gap-2 pb-1.5 text-sm font-medium">
              <StageMark stage={group.stage} />
              <span className="num font-normal text-ink-3">{group.rows.length}</span>
              <span className="num ms-auto font-normal text-ink-2">{sumWords(group.totals, 'total')}</span>
            </h2>
            <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
              {group.rows.map((row) => (
                <Item key={row.name} row={row} today={today} isFlat={false} />
              ))}
            </ul>
          </section>
        ))}
    </div>
  )
}

function Item({
  row,
  today,
  isFlat,
}: {
  readonly row: OpportunityRow
  readonly today: string
  readonly isFlat: boolean
}) {
  const isLate = isOverdue(row, today)
  return (
    <li>
      <Link
        to="/opportunities/$id"
        params={{ id: row.id }}
        className="flex min-h-12 flex-col gap-0.5 px-3 py-2"
      >
        <span className="flex items-baseline gap-3">
          <span className="min-w-0 flex-1 truncate text-base font-medium">{row.title}</span>
          <Amount row={row} className="text-base" />
        </span>
        <span className="flex items-center gap-2 text-sm text-ink-2">
          <span className="min-w-0 flex-1 truncate">
            {isFlat ? <StageMark stage={row.stage} /> : (row.account ?? 'No account')}
          </span>
          <LocalMark isLocal={row.isLocal} />
          <ChoiceMark isWaiting={row.waitsForChoice} />
          <ProposalMark count={row.openProposals} />
          {isLate && row.closeDate !== undefined && row.closeDate >= today && (
            <span className="inline-flex items-center gap-1 font-medium text-attention">
              <AlertTriangleIcon aria-hidden className="size-3.5" />
              Activity overdue
            </span>
          )}
          {isOpenStage(row.stage) && <CloseDate row={row} today={today} />}
        </span>
      </Link>
    </li>
  )
}
