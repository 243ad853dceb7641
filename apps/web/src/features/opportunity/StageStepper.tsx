import { unmetCriteria } from '@fulqrun/rules'
import { type OpportunityView, type StageId, stages } from '@fulqrun/schema'
import { useState } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import { useWorkspace } from '../../data/workspace.tsx'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Button } from '../../ui/Button.tsx'
import { cx } from '../../ui/cx.ts'
import { CheckIcon, ChevronDownIcon } from '../../ui/icons.ts'
import { Menu, MenuItem, MenuSection } from '../../ui/Menu.tsx'
import { stageLabel } from './stage-gate-words.ts'
import { moveToStage } from './stage-move.ts'
import { StageGateDialog } from './StageGateDialog.tsx'
import { StageProposals } from './StageProposals.tsx'

const bars: Record<StageId, string> = {
  prospecting: 'bg-stage-prospecting',
  engaging: 'bg-stage-engaging',
  advancing: 'bg-stage-advancing',
  key_decision: 'bg-stage-key-decision',
  closed_won: 'bg-stage-closed-won',
  closed_lost: 'bg-stage-closed-lost',
}

type StepState = 'passed' | 'current' | 'ahead'

function stepState(stage: StageId, current: StageId): StepState {
  if (stage === current) return 'current'
  const order = stages.map(({ value }) => value)
  // A lost deal has not passed the stages that it skipped; only a won one has been through all.
  if (current === 'closed_lost' || stage === 'closed_won' || stage === 'closed_lost') return 'ahead'
  return order.indexOf(stage) < order.indexOf(current) ? 'passed' : 'ahead'
}

/**
 * The six stages in order; a press moves the deal there, or says what the stage still needs. On phones one button with
 * the same choices. Wishes for a stage that wait for an answer stand below.
 */
export function StageStepper({ view }: { readonly view: OpportunityView }) {
  const { open, canWrite } = useRecordScope()
  const workspace = useWorkspace()
  const { stage } = view.fields
  const [blocked, setBlocked] = useState<StageId>()
  const move = (to: StageId) => {
    if (unmetCriteria(view, stage, to).length > 0) setBlocked(to)
    else moveToStage(open.doc, { from: stage, to, now: () => workspace.now() })
  }
  return (
    <>
      <ol aria-label="Stage" className="hidden gap-1 md:flex">
        {stages.map(({ value, label }) => (
          <li key={value} className={cx('min-w-0 flex-1', value === 'closed_won' && 'ms-3')}>
            <Step
              stage={value}
              label={label}
              state={stepState(value, stage)}
              isDisabled={!canWrite}
              onMove={move}
            />
          </li>
        ))}
      </ol>
      <div className="md:hidden">
        {canWrite ? (
          <Menu
            label="Move to stage"
            placement="bottom start"
            trigger={
              <Button className="w-full justify-between" aria-label={`Stage: ${stageLabel(stage)}`}>
                <span className="flex items-center gap-2">
                  <span aria-hidden className={cx('h-4 w-1 rounded-full', bars[stage])} />
                  {stageLabel(stage)}
                </span>
                <ChevronDownIcon aria-hidden className="size-4" />
              </Button>
            }
          >
            <MenuSection
              title="Move to stage"
              selection={{
                mode: 'single',
                ids: [stage],
                onChange: ([to]) => {
                  const next = stages.find(({ value }) => value === to)
                  if (next !== undefined) move(next.value)
                },
              }}
            >
              {stages.map(({ value, label }) => (
                <MenuItem key={value} id={value} label={label} />
              ))}
            </MenuSection>
          </Menu>
        ) : (
          <p className="text-base">{stageLabel(stage)}</p>
        )}
      </div>
      <StageProposals view={view} />
      {blocked !== undefined && (
        <StageGateDialog
          view={view}
          to={blocked}
          onClose={() => {
            setBlocked(undefined)
          }}
        />
      )}
    </>
  )
}

function Step({
  stage,
  label,
  state,
  isDisabled,
  onMove,
}: {
  readonly stage: StageId
  readonly label: string
  readonly state: StepState
  readonly isDisabled: boolean
  readonly onMove: (stage: StageId) => void
}) {
  return (
    <AriaButton
      isDisabled={isDisabled}
      aria-label={state === 'current' ? `${label}, the current stage` : `Move to ${label}`}
      {...(state === 'current' ? { 'aria-current': 'step' as const } : {})}
      onPress={() => {
        // The current stage is not disabled: the focus of who has just moved there would be lost.
        if (state !== 'current') onMove(stage)
      }}
      className={cx(
        'group flex h-8 w-full flex-col justify-between rounded-sm text-start text-sm whitespace-nowrap touch:h-11',
        state === 'current' ? 'font-semibold text-ink' : 'text-ink-2 hover:text-ink',
      )}
    >
      <span className="flex items-center gap-1 truncate">
        {state === 'passed' && <CheckIcon aria-hidden className="size-3.5 shrink-0 text-ink-3" />}
        {label}
      </span>
      <span
        aria-hidden
        className={cx(
          'h-1 w-full rounded-full transition-colors duration-120',
          state === 'ahead'
            ? 'bg-line group-hover:bg-line-strong forced-colors:bg-[GrayText]'
            : cx(bars[stage], 'forced-colors:bg-[CanvasText]'),
          state === 'passed' && 'opacity-50',
        )}
      />
    </AriaButton>
  )
}
