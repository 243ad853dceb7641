import { Link } from '@tanstack/react-router'
import { Fragment, useState } from 'react'
import { Button } from '../../ui/Button.tsx'
import { cx } from '../../ui/cx.ts'
import { Meter } from '../../ui/Meter.tsx'
import { SortableTh, Table, Td, Th } from '../../ui/Table.tsx'
import { useMedia } from '../../ui/use-media.ts'
import { ChoiceMark } from '../conflicts/ChoiceMark.tsx'
import { Amount, CloseDate, NextActivity, LocalMark, Owner, ProposalMark } from './OpportunityBits.tsx'
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

/** More rows than this are drawn on demand: a thousand rows at once would cost a visible pause. */
const firstRows = 200

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
  const [limit, setLimit] = useState(firstRows)
  const direction = (key: SortKey) =>
    sort?.key === key ? (sort.isDescending ? ('descending' as const) : ('ascending' as const)) : undefined
  const isFlat = groups === undefined
  const hasAccount = useMedia(accountNeeds)
  const shown = columns.filter(({ key }) => hasAccount || key !== 'account')
  return (
    <div className="rounded-lg border border-line bg-surface max-md:hidden">
      <Table className="table-fixed">
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
        <tbody>
          {isFlat
            ? rows
                .slice(0, limit)
                .map((row) => (
                  <Row
                    key={row.name}
                    row={row}
                    isFlat
                    hasAccount={hasAccount}
                    today={today}
                    ownerName={ownerName}
                  />
                ))
            : groups.map((group) => (
                <Fragment key={group.stage}>
                  <GroupRow group={group} columns={hasAccount ? 7 : 6} />
                  {group.rows.slice(0, limit).map((row) => (
                    <Row
                      key={row.name}
                      row={row}
                      isFlat={false}
                      hasAccount={hasAccount}
                      today={today}
                      ownerName={ownerName}
                    />
                  ))}
                </Fragment>
              ))}
        </tbody>
      </Table>
      {rows.length > limit && (
        <div className="p-2 text-center">
          <Button
            size="sm"
            variant="quiet"
            onPress={() => {
              setLimit(Infinity)
            }}
          >
            Show all {rows.length}
          </Button>
        </div>
      )}
    </div>
  )
}

function GroupRow({ group, columns }: { readonly group: StageGroup; readonly columns: number }) {
  return (
    <tr>
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
  readonly row: OpportunityRow
  readonly isFlat: boolean
  readonly hasAccount: boolean
}

function Row({ row, isFlat, hasAccount, today, ownerName }: RowProps) {
  return (
    <tr className="group relative hover:bg-hover has-focus-visible:bg-hover">
      <Td className="h-9 ps-4">
        <span className="flex min-w-0 items-center gap-2">
          <Link
            to="/opportunities/$id"
            params={{ id: row.id }}
            className="truncate font-medium text-ink after:absolute after:inset-0"
          >
            {row.title}
          </Link>
          <LocalMark isLocal={row.isLocal} />
          <ChoiceMark isWaiting={row.waitsForChoice} />
          <ProposalMark count={row.openProposals} />
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
    </tr>
  )
}
