import { Link } from '@tanstack/react-router'
import { memo, useCallback, useMemo, useRef } from 'react'
import { useWindowRange } from '../../data/use-window-range.ts'
import { KeepButton, NotHereMark, useNear, WaitingMark } from '../../frame/OfflineMarks.tsx'
import { cx } from '../../ui/cx.ts'
import { Meter } from '../../ui/Meter.tsx'
import { SortableTh, Table, Td, Th } from '../../ui/Table.tsx'
import { useMedia } from '../../ui/use-media.ts'
import { ChoiceMark } from '../conflicts/ChoiceMark.tsx'
import { Amount, CloseDate, NextActivity, Owner, ProposalMark } from './OpportunityBits.tsx'
import type { OpportunityRow } from './opportunity-row.ts'
import type { SortKey, SortOrder } from './pipeline-filter.ts'
import type { StageGroup } from './pipeline-totals.ts'
import { StageMark } from './StageMark.tsx'
import { sumWords } from './StageStrip.tsx'

export interface PipelineListProps {
  /** Grouped by stage, or one flat list when sorted by a column. */
  readonly groups: readonly StageGroup[] | undefined
  readonly rows: readonly OpportunityRow[]
  readonly today: string
  readonly ownerName: (id: string) => string
}

export interface PipelineTableProps extends PipelineListProps {
  readonly sort: SortOrder | undefined
  readonly onSort: (key: SortKey) => void
}

/** Heights of the two kinds of lines, as their classes say. */
const groupHeight = 32
const rowHeight = 36

/** One line of the table: the heading of a stage, or an opportunity. */
export type Line =
  | { readonly group: StageGroup; readonly row?: undefined }
  | { readonly row: OpportunityRow; readonly group?: undefined }

/** Groups and their rows as one list of lines, of which only those in sight are drawn. */
export function linesOf({ groups, rows }: Pick<PipelineListProps, 'groups' | 'rows'>): readonly Line[] {
  if (groups === undefined) return rows.map((row) => ({ row }))
  return groups.flatMap((group): readonly Line[] => [{ group }, ...group.rows.map((row) => ({ row }))])
}

/** Names usually say the account; below this width the room is better spent on reading them whole. */
const accountNeeds = '(width >= 96rem)'

const columns: readonly { readonly key: SortKey; readonly label: string }[] = [
  { key: 'title', label: 'Opportunity' },
  { key: 'account', label: 'Account' },
  { key: 'amount', label: 'Amount' },
  { key: 'closeDate', label: 'Close date' },
  { key: 'meddpicc', label: 'MEDDPICC' },
]

export function PipelineTable({ groups, rows, today, ownerName, sort, onSort }: PipelineTableProps) {
  const lines = useMemo(() => linesOf({ groups, rows }), [groups, rows])
  const body = useRef<HTMLTableSectionElement>(null)
  const heightOf = useCallback(
    (index: number) => (lines[index]?.group === undefined ? rowHeight : groupHeight),
    [lines],
  )
  const drawn = useWindowRange({ count: lines.length, heightOf, list: body })
  const direction = (key: SortKey) =>
    sort?.key === key ? (sort.isDescending ? ('descending' as const) : ('ascending' as const)) : undefined
  const isFlat = groups === undefined
  const hasAccount = useMedia(accountNeeds)
  const shown = columns.filter(({ key }) => hasAccount || key !== 'account')
  return (
    <div className="rounded-lg border border-line bg-surface max-md:hidden">
      <Table className="table-fixed" aria-rowcount={lines.length + 1}>
        <caption className="sr-only">Opportunities</caption>
        <thead>
          <tr>
            {shown.map(({ key, label }) => (
              <SortableTh
                key={key}
                direction={direction(key)}
                align={key === 'amount' ? 'end' : 'start'}
                className={cx(
                  key === 'title' && 'w-[38%] ps-4 2xl:w-[27%]',
                  key === 'account' && 'w-[14%]',
                  key === 'amount' && 'w-24',
                  key === 'closeDate' && 'w-27',
                  key === 'meddpicc' && 'w-25',
                )}
                onSort={() => {
                  onSort(key)
                }}
              >
                {label}
              </SortableTh>
            ))}
            {isFlat && <Th className="w-28">Stage</Th>}
            <Th className={cx(isFlat && 'max-2xl:hidden')}>Next activity</Th>
            <SortableTh
              direction={direction('owner')}
              className="w-22 pe-4"
              onSort={() => {
                onSort('owner')
              }}
            >
              Owner
            </SortableTh>
          </tr>
        </thead>
        <tbody ref={body}>
          <Room height={drawn.before} />
          {lines
            .slice(drawn.from, drawn.to)
            .map((line, index) =>
              line.group === undefined ? (
                <Row
                  key={line.row.name}
                  index={drawn.from + index}
                  row={line.row}
                  isFlat={isFlat}
                  hasAccount={hasAccount}
                  today={today}
                  ownerName={ownerName}
                />
              ) : (
                <GroupRow
                  key={line.group.stage}
                  index={drawn.from + index}
                  group={line.group}
                  columns={hasAccount ? 7 : 6}
                />
              ),
            )}
          <Room height={drawn.after} />
        </tbody>
      </Table>
    </div>
  )
}

/** The room of rows that are out of sight. */
function Room({ height }: { readonly height: number }) {
  if (height === 0) return null
  return (
    <tr aria-hidden>
      {/* oxlint-disable-next-line jsx-a11y/control-has-associated-label -- holds room, nothing else */}
      <td style={{ height }} />
    </tr>
  )
}

interface GroupRowProps {
  readonly index: number
  readonly group: StageGroup
  readonly columns: number
}

function GroupRow({ index, group, columns }: GroupRowProps) {
  return (
    <tr aria-rowindex={index + 2}>
      <th
        scope="rowgroup"
        colSpan={columns}
        className="h-8 border-b border-line bg-sunken px-4 text-start text-sm font-medium"
      >
        <span className="flex items-center gap-3">
          <StageMark stage={group.stage} />
          <span className="num font-normal text-ink-3">{group.rows.length}</span>
          <span className="num ms-auto font-normal text-ink-2">
            {sumWords(group.totals, 'total')}
            {group.totals.sums.length > 0 && (
              <span className="text-ink-3">, {sumWords(group.totals, 'weighted')} weighted</span>
            )}
          </span>
        </span>
      </th>
    </tr>
  )
}

interface RowProps extends Pick<PipelineListProps, 'today' | 'ownerName'> {
  /** Its place among all lines. */
  readonly index: number
  readonly row: OpportunityRow
  readonly isFlat: boolean
  readonly hasAccount: boolean
}

/** Scrolling and narrowing move rows; what stands in them is drawn again only when it changes. */
function Row({ index, ...props }: RowProps) {
  const { isNear, near } = useNear()
  return (
    <tr
      aria-rowindex={index + 2}
      className="group relative hover:bg-hover has-focus-visible:bg-hover"
      {...near}
    >
      <Cells {...props} isNear={isNear} />
    </tr>
  )
}

interface CellsProps extends Omit<RowProps, 'index'> {
  readonly isNear: boolean
}

const Cells = memo(function Cells({ row, isFlat, hasAccount, today, ownerName, isNear }: CellsProps) {
  return (
    <>
      <Td className="h-9 ps-4">
        <span className="flex min-w-0 items-center gap-2">
          <Link
            to="/opportunities/$id"
            params={{ id: row.id }}
            className="truncate font-medium text-ink after:absolute after:inset-0"
          >
            {row.title}
          </Link>
          <NotHereMark name={row.name} />
          <WaitingMark name={row.name} />
          <ChoiceMark isWaiting={row.waitsForChoice} />
          <ProposalMark count={row.openProposals} />
          <KeepButton
            name={row.name}
            title={row.title}
            isNear={isNear}
            className="ms-auto hidden group-focus-within:inline-flex group-hover:inline-flex"
          />
        </span>
      </Td>
      {hasAccount && (
        <Td className="truncate text-ink-2">
          {row.account ?? <span className="text-ink-3">No account</span>}
        </Td>
      )}
      <Td className="text-end">
        <Amount row={row} />
      </Td>
      <Td>
        <CloseDate row={row} today={today} />
      </Td>
      <Td>
        <Meter value={row.meddpiccScore} label="MEDDPICC score" className="w-full" />
      </Td>
      {isFlat && (
        <Td>
          <StageMark stage={row.stage} className="text-ink-2" />
        </Td>
      )}
      <Td className={cx('truncate', isFlat && 'max-2xl:hidden')}>
        <NextActivity row={row} today={today} />
      </Td>
      <Td className="truncate pe-4 text-ink-2">
        <Owner id={row.ownerId} name={row.ownerId === undefined ? '' : ownerName(row.ownerId)} />
      </Td>
    </>
  )
})
