import { type StageId, stages } from '@fulqrun/schema'
import { cx } from '../../ui/cx.ts'

/** Stage colours are thin marks beside the stage's name, never fills. */
export const stageBars: Record<StageId, string> = {
  prospecting: 'bg-stage-prospecting',
  engaging: 'bg-stage-engaging',
  advancing: 'bg-stage-advancing',
  key_decision: 'bg-stage-key-decision',
  closed_won: 'bg-stage-closed-won',
  closed_lost: 'bg-stage-closed-lost',
}

export function stageLabel(stage: StageId): string {
  return stages.find(({ value }) => value === stage)?.label ?? stage
}

export function StageMark({
  stage,
  className,
}: {
  readonly stage: StageId
  readonly className?: string | undefined
}) {
  return (
    <span className={cx('inline-flex items-center gap-1.5 whitespace-nowrap', className)}>
      <span aria-hidden className={cx('h-3.5 w-1 rounded-full', stageBars[stage])} />
      {stageLabel(stage)}
    </span>
  )
}
