import { gradeKpi, type KpiDefinition, type KpiValue } from '@fulqrun/schema'
import { Badge } from '../../ui/Badge.tsx'
import { cx } from '../../ui/cx.ts'
import {
  AlertTriangleIcon,
  ArrowDownIcon,
  ArrowRightIcon,
  ArrowUpIcon,
  CheckIcon,
  InfoIcon,
  OctagonXIcon,
} from '../../ui/icons.ts'
import { Sparkline } from '../../ui/Sparkline.tsx'
import { Hint } from '../../ui/Tooltip.tsx'
import {
  asOfWords,
  changeWords,
  type ChangeWords,
  kpiNumber,
  kpiText,
  kpiUnit,
  statusWords,
  trendWords,
} from './kpi-words.ts'

export interface KpiCardProps {
  readonly definition: KpiDefinition
  readonly value: KpiValue | undefined
  readonly target: number | undefined
  readonly currency: string
  /** Device time. */
  readonly now: number
  /** Grows with every change that arrives while the page is open. */
  readonly arrivals: number
}

const statusIcons = {
  'on-target': <CheckIcon aria-hidden />,
  'on-track': <ArrowRightIcon aria-hidden />,
  warning: <AlertTriangleIcon aria-hidden />,
  critical: <OctagonXIcon aria-hidden />,
}

function Change({ change }: { readonly change: ChangeWords }) {
  const Arrow = { up: ArrowUpIcon, down: ArrowDownIcon, same: ArrowRightIcon }[change.direction]
  const judgement = change.isGood === undefined ? '' : change.isGood ? ', better' : ', worse'
  return (
    <span
      className={cx(
        'num inline-flex items-center gap-1 text-sm',
        change.isGood === undefined ? 'text-ink-3' : change.isGood ? 'text-good' : 'text-conflict',
      )}
    >
      <Arrow aria-hidden className="size-3.5 shrink-0" />
      {change.text}
      {judgement}
    </span>
  )
}

function Definition({ definition }: { readonly definition: KpiDefinition }) {
  const better = definition.direction === 'lower-better' ? 'Lower is better.' : 'Higher is better.'
  return (
    <Hint text={`${definition.formula} ${better} Formula version ${definition.formulaVersion}.`}>
      <InfoIcon aria-label={`How ${definition.label} is computed`} className="size-3.5 text-ink-3" />
    </Hint>
  )
}

/** One number, its target, its change in words, its trend, and how fresh it is. */
export function KpiCard({ definition, value, target, currency, now, arrivals }: KpiCardProps) {
  const grade = value === undefined ? undefined : gradeKpi(definition.id, value.value, target)
  const change = value === undefined ? undefined : changeWords(definition, value)
  return (
    <article
      aria-label={definition.label}
      className="flex min-w-0 flex-col rounded-lg border border-line bg-surface px-4 py-3"
    >
      <div className="flex min-h-6 items-center gap-1.5">
        <h3 className="min-w-0 text-sm font-medium text-balance text-ink-2">{definition.label}</h3>
        <Definition definition={definition} />
        {grade !== undefined && (
          <Badge tone={statusWords[grade].tone} icon={statusIcons[grade]} className="ms-auto shrink-0">
            {statusWords[grade].text}
          </Badge>
        )}
      </div>
      {value === undefined ? (
        <p className="mt-2 text-base text-ink-3">Not computed yet</p>
      ) : (
        <>
          <p
            key={arrivals}
            className={cx(
              'num -mx-1 mt-1 w-fit rounded-md px-1 text-2xl font-semibold',
              arrivals > 0 && 'animate-tint',
            )}
          >
            {kpiNumber(definition, value.value, currency)}
            <span className="ms-1 text-base font-normal text-ink-3">{kpiUnit(definition)}</span>
          </p>
          <div className="mt-1 flex items-end justify-between gap-3">
            <div className="flex min-w-0 flex-col">
              <span className="num text-sm text-ink-2">
                {target === undefined ? 'No target' : `Target ${kpiText(definition, target, currency)}`}
              </span>
              {change !== undefined && <Change change={change} />}
            </div>
            {value.trend !== undefined && value.trend.length > 1 && (
              <Sparkline
                values={value.trend}
                label={trendWords(definition, value.trend, currency)}
                className="w-26 shrink-0"
              />
            )}
          </div>
          <p className="num mt-2 text-xs text-ink-3">{asOfWords(value.asOf, now)}</p>
        </>
      )}
    </article>
  )
}
