import type { StageId } from '@fulqrun/schema'
import { formatMoney } from '../../fields/format.ts'
import { cx } from '../../ui/cx.ts'
import { isOpenStage } from './opportunity-row.ts'
import type { PipelineTotals, StageGroup } from './pipeline-totals.ts'
import { stageBars } from './StageMark.tsx'

/** Sums as text: `$1,240,000`; several currencies one after the other. */
export function sumWords(totals: PipelineTotals, which: 'total' | 'weighted'): string {
  if (totals.sums.length === 0) return 'No amounts'
  return totals.sums.map((sum) => formatMoney(Math.round(sum[which]), sum.currency)).join(' + ')
}

export interface StageStripProps {
  readonly groups: readonly StageGroup[]
  /** The stages that the list is narrowed to; empty means all open ones. */
  readonly selected: readonly StageId[]
  readonly onToggle: (stage: StageId) => void
}

/** The pipeline in one line: per stage how many, how much, and how much of it is likely. A press narrows the list. */
export function StageStrip({ groups, selected, onToggle }: StageStripProps) {
  return (
    <ul
      aria-label="Stages"
      className="thin-scroll -mx-4 mb-4 flex snap-x scroll-px-4 items-stretch overflow-x-auto px-4 sm:mx-0 sm:rounded-lg sm:border sm:border-line sm:bg-surface sm:px-0"
    >
      {groups
        .filter((group) => isOpenStage(group.stage))
        .map((group) => (
          <li
            key={group.stage}
            className="min-w-42 flex-1 snap-start border-line not-last:me-2 max-sm:rounded-lg max-sm:border max-sm:bg-surface sm:not-last:me-0 sm:not-last:border-e"
          >
            <StageCell group={group} isSelected={selected.includes(group.stage)} onToggle={onToggle} />
          </li>
        ))}
    </ul>
  )
}

interface StageCellProps {
  readonly group: StageGroup
  readonly isSelected: boolean
  readonly onToggle: (stage: StageId) => void
}

function StageCell({ group, isSelected, onToggle }: StageCellProps) {
  return (
    <button
      type="button"
      aria-pressed={isSelected}
      onClick={() => {
        onToggle(group.stage)
      }}
      className={cx(
        'relative flex h-full w-full flex-col items-start rounded-lg px-3 pt-3 pb-2 text-start hover:bg-hover',
        isSelected && 'bg-accent-soft',
      )}
    >
      <span
        aria-hidden
        className={cx('absolute inset-x-3 top-0 h-0.5 rounded-full', stageBars[group.stage])}
      />
      <span className="flex w-full items-baseline justify-between gap-2 text-sm">
        <span className={isSelected ? 'font-medium text-accent-ink' : 'text-ink-2'}>{group.label}</span>
        <span className="num text-ink-3">{group.rows.length}</span>
      </span>
      {group.totals.sums.length === 0 ? (
        <span className="mt-0.5 text-base leading-6 text-ink-3">No amounts yet</span>
      ) : (
        <>
          <span className="num mt-0.5 text-lg font-semibold">{sumWords(group.totals, 'total')}</span>
          <span className="num text-xs text-ink-3">{sumWords(group.totals, 'weighted')} weighted</span>
        </>
      )}
    </button>
  )
}
