import { Link } from '@tanstack/react-router'
import { memo, useCallback, useMemo, useRef } from 'react'
import { useWindowRange } from '../../data/use-window-range.ts'
import { NotHereMark, WaitingMark } from '../../frame/OfflineMarks.tsx'
import { ChoiceMark } from '../conflicts/ChoiceMark.tsx'
import { isOpenStage, isOverdue, type OpportunityRow } from './opportunity-row.ts'
import { Amount, CloseDate, ProposalMark } from './OpportunityBits.tsx'
import { type Line, linesOf, type PipelineListProps } from './PipelineTable.tsx'
import type { StageGroup } from './pipeline-totals.ts'
import { StageMark } from './StageMark.tsx'
import { sumWords } from './StageStrip.tsx'
import { AlertTriangleIcon } from '../../ui/icons.ts'

/** Heights of a stage's heading and of an opportunity, for the lines that are out of sight. */
const headingHeight = 44
const itemHeight = 57

interface Part {
  readonly group: StageGroup
  readonly rows: OpportunityRow[]
}

/** The lines that are drawn, by their stages again; the first stage may have begun above. */
function partsOf(lines: readonly Line[], groups: readonly StageGroup[]): readonly Part[] {
  const parts: Part[] = []
  for (const { group, row } of lines) {
    const own = group ?? groups.find(({ stage }) => stage === row.stage)
    if (own === undefined) continue
    if (parts.at(-1)?.group !== own) parts.push({ group: own, rows: [] })
    if (row !== undefined) parts.at(-1)?.rows.push(row)
  }
  return parts
}

const listLook = 'divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface'

/** The pipeline on a phone: two lines per opportunity. */
export function PipelineCards({ groups, rows, today }: PipelineListProps) {
  const lines = useMemo(
    () => linesOf({ groups: groups?.filter((group) => group.rows.length > 0), rows }),
    [groups, rows],
  )
  const list = useRef<HTMLDivElement>(null)
  const heightOf = useCallback(
    (index: number) => (lines[index]?.group === undefined ? itemHeight : headingHeight),
    [lines],
  )
  const drawn = useWindowRange({ count: lines.length, heightOf, list })
  const seen = lines.slice(drawn.from, drawn.to)
  return (
    <div ref={list} style={{ paddingBlock: `${drawn.before}px ${drawn.after}px` }}>
      {groups === undefined ? (
        <ul className={listLook}>
          {seen.map(({ row }) => row !== undefined && <Item key={row.name} row={row} today={today} isFlat />)}
        </ul>
      ) : (
        <div className="flex flex-col gap-4">
          {partsOf(seen, groups).map((part) => (
            <section key={part.group.stage} aria-label={part.group.label}>
              <h2 className="flex items-center gap-2 pb-1.5 text-sm font-medium">
                <StageMark stage={part.group.stage} />
                <span className="num font-normal text-ink-3">{part.group.rows.length}</span>
                <span className="num ms-auto font-normal text-ink-2">
                  {sumWords(part.group.totals, 'total')}
                </span>
              </h2>
              <ul className={listLook}>
                {part.rows.map((row) => (
                  <Item key={row.name} row={row} today={today} isFlat={false} />
                ))}
              </ul>
            </section>
          ))}
        </div>
      )}
    </div>
  )
}

const Item = memo(function Item({
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
    <li className="relative">
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
          <NotHereMark name={row.name} isPlain />
          <WaitingMark name={row.name} />
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
})
