import { fieldSpec, type OpportunityView, scoreMeddpicc, stageProbability } from '@fulqrun/schema'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useId } from 'react'
import { useNow } from '../history/use-now.ts'
import { useStore } from '../../data/store.ts'
import { useDocumentState, useWorkspace } from '../../data/workspace.tsx'
import { formatMoney } from '../../fields/format.ts'
import { InlineField } from '../../fields/InlineField.tsx'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Badge } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { cx } from '../../ui/cx.ts'
import { HourglassIcon, LockIcon } from '../../ui/icons.ts'
import { scoreTone } from '../../ui/Meter.tsx'
import { SyncChip } from '../../ui/SyncChip.tsx'
import { Hint } from '../../ui/Tooltip.tsx'
import { describePath } from '../history/value-words.ts'
import { RecordPeople } from '../presence/RecordPeople.tsx'
import { levelLabel } from './meddpicc-gaps.ts'
import { RecordMenu } from './RecordMenu.tsx'
import { recordSyncWords } from './record-sync-words.ts'
import { sectionLabel } from './sections.ts'
import { StageStepper } from './StageStepper.tsx'

export interface RecordHeaderProps {
  readonly view: OpportunityView
  readonly onSelect: (section: string) => void
}

/** The page bar: what this is, where it stands, who is here, and whether it is safe. */
export function RecordHeader({ view, onSelect }: RecordHeaderProps) {
  const { peers } = useRecordScope()
  const { fields } = view
  return (
    <header className="mb-3 flex flex-col gap-3">
      {/* The words of the fields stand on the edge of the page; their frames reach over it. */}
      <div className="-ms-2">
        <div className="flex min-h-8 items-center gap-2">
          <nav
            aria-label="Where this is"
            className="flex min-w-0 flex-1 items-center gap-1 px-2 text-sm text-ink-3"
          >
            <Link
              to="/pipeline"
              className="inline-flex min-h-6 items-center rounded-sm hover:text-ink hover:underline"
            >
              Pipeline
            </Link>
            <span aria-hidden>/</span>
            <span className="truncate">{fields.account ?? 'No account yet'}</span>
          </nav>
          <RecordChip />
          <RecordPeople
            peers={peers}
            sectionLabel={sectionLabel}
            fieldLabel={(path) => describePath(view, path)}
            onJump={onSelect}
          />
          <RecordMenu onSelect={onSelect} />
        </div>
        <h1 tabIndex={-1} className="sr-only">
          {fields.name || 'Untitled opportunity'}
        </h1>
        <div data-first-field>
          <InlineField
            path="fields.name"
            value={fields.name}
            label="Name"
            placeholder="Name this opportunity"
            wraps
            className="text-lg font-semibold sm:text-xl"
          />
        </div>
      </div>
      <StageStepper view={view} />
      <Facts view={view} onSelect={onSelect} />
    </header>
  )
}

function RecordChip() {
  const { open } = useRecordScope()
  const state = useDocumentState(open)
  const workspace = useWorkspace()
  const { phase } = useStore(workspace.session)
  const { state: overall } = useStore(workspace.sync)
  // A connection that is silently gone still counts as live for a while; the summary notices what it does not send.
  const isLive = overall !== 'offline' && overall !== 'waiting'
  const words = recordSyncWords(state, isLive ? phase : 'offline', useNow())
  // On a phone the chip of the whole app says that all is well; here is only room for what is not.
  return <SyncChip words={words} className={cx(words.tone === 'quiet' && 'phone:hidden')} />
}

function Fact({
  label,
  mark,
  className,
  children,
}: {
  readonly label: string
  readonly className?: string | undefined
  readonly mark?: ReactNode | undefined
  readonly children: ReactNode
}) {
  return (
    <div className={cx('min-w-0', className)}>
      <dt className="flex items-center gap-1 px-2 text-xs text-ink-3">
        {label}
        {mark}
      </dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  )
}

function FieldFact({ path, value }: { readonly path: string; readonly value: unknown }) {
  const id = useId()
  const label = fieldSpec('opportunity', path)?.label ?? path
  return (
    <div className="min-w-0">
      <dt className="px-2 text-xs text-ink-3">
        <label htmlFor={id}>{label}</label>
      </dt>
      <dd className="min-w-0">
        <InlineField id={id} path={path} value={value} label={label} />
      </dd>
    </div>
  )
}

const official = 'Official value. Finance sets it; you can propose another one under Financials.'

function Facts({ view, onSelect }: RecordHeaderProps) {
  const { fields, financials, proposals } = view
  const waiting = proposals.filter(
    ({ status, path }) => status === 'waiting' && path.startsWith('financials.'),
  ).length
  const score = scoreMeddpicc(view)
  const probability = fields.probability ?? stageProbability(fields.stage)
  return (
    <dl className="grid grid-cols-2 gap-x-2 gap-y-2 rounded-lg border border-line bg-surface py-2 ps-1 pe-2 sm:grid-cols-3 lg:grid-cols-5">
      <Fact
        label="Amount"
        mark={
          <Hint text={official}>
            <LockIcon aria-label={official} className="size-3 text-pinned-mark" />
          </Hint>
        }
      >
        <div className="flex min-h-8 flex-wrap items-center gap-x-2 px-2">
          <span className="num text-lg font-semibold">
            {financials.amount === undefined ? (
              <span className="text-base font-normal text-ink-3">Not set yet</span>
            ) : (
              formatMoney(financials.amount, financials.currency)
            )}
          </span>
          {waiting > 0 && (
            <Button
              size="sm"
              variant="quiet"
              className="px-0 touch:px-0"
              onPress={() => {
                onSelect('financials')
              }}
            >
              <Badge tone="attention" icon={<HourglassIcon aria-hidden />}>
                {waiting === 1 ? '1 proposal' : `${waiting} proposals`}
              </Badge>
            </Button>
          )}
        </div>
      </Fact>
      <Fact label="Weighted" className="phone:hidden">
        <p className="num flex min-h-8 items-center gap-1.5 px-2">
          {financials.amount === undefined
            ? 'None'
            : formatMoney(Math.round((financials.amount * probability) / 100), financials.currency)}
          <span className="text-sm text-ink-3">at {probability} %</span>
        </p>
      </Fact>
      <FieldFact path="fields.closeDate" value={fields.closeDate} />
      <FieldFact path="fields.ownerId" value={fields.ownerId} />
      <Fact label="MEDDPICC">
        <Button
          variant="quiet"
          size="sm"
          className="h-8 px-2"
          onPress={() => {
            onSelect('meddpicc')
          }}
        >
          <span className="num text-base font-semibold text-ink">{score.overall}</span>
          <Badge tone={scoreTone(score.overall)}>{levelLabel(score.level)}</Badge>
        </Button>
      </Fact>
    </dl>
  )
}
