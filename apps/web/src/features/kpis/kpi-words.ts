import type { KpiDefinition, KpiStatus, KpiValue } from '@fulqrun/schema'
import { formatAgo, formatMoment, formatMoney, formatNumber } from '../../fields/format.ts'
import type { Tone } from '../../ui/Badge.tsx'

/** KPI values, changes and grades as a person reads them. */

/** The number alone: `1,240`, `12.4`, `$45,000`. */
export function kpiNumber(definition: KpiDefinition, value: number, currency: string): string {
  return definition.unit === 'currency'
    ? formatMoney(Math.round(value), currency)
    : formatNumber(value, definition.digits)
}

/** What stands behind the number: `%`, `days`; nothing for counts and money. */
export function kpiUnit(definition: KpiDefinition): string {
  return definition.unit === 'currency' ? '' : definition.unit
}

/** Number and, for percentages, its sign: `21.0 %`. Other units stand once on the card and are not repeated. */
export function kpiText(definition: KpiDefinition, value: number, currency: string): string {
  const number = kpiNumber(definition, value, currency)
  return definition.unit === '%' ? `${number} %` : number
}

export interface ChangeWords {
  readonly direction: 'up' | 'down' | 'same'
  /** `up 4.2 %`, `down 1.3 points`, `unchanged`. */
  readonly text: string
  /** Undefined when nothing has changed. */
  readonly isGood: boolean | undefined
}

/**
 * The change against the period before. Percentages change by points, everything else by percent of what it was. For a
 * KPI where lower is better, down is good.
 */
export function changeWords(
  definition: KpiDefinition,
  { value, previous }: KpiValue,
): ChangeWords | undefined {
  if (previous === undefined) return undefined
  const difference = value - previous
  const isPoints = definition.unit === '%'
  if (!isPoints && previous === 0) {
    return difference === 0
      ? unchanged
      : { ...directed(definition, difference), text: difference > 0 ? 'up from 0' : 'down from 0' }
  }
  const size = isPoints ? Math.abs(difference) : (100 * Math.abs(difference)) / Math.abs(previous)
  // What rounds to nothing on screen is not called a change.
  if (size < 0.05) return unchanged
  const amount = isPoints ? `${formatNumber(size, 1)} points` : `${formatNumber(size, 1)} %`
  return { ...directed(definition, difference), text: `${difference > 0 ? 'up' : 'down'} ${amount}` }
}

const unchanged: ChangeWords = { direction: 'same', text: 'unchanged', isGood: undefined }

function directed(definition: KpiDefinition, difference: number): Pick<ChangeWords, 'direction' | 'isGood'> {
  const isUp = difference > 0
  return { direction: isUp ? 'up' : 'down', isGood: isUp === (definition.direction === 'higher-better') }
}

export const statusWords: Record<KpiStatus, { readonly text: string; readonly tone: Tone }> = {
  'on-target': { text: 'On target', tone: 'good' },
  'on-track': { text: 'Near target', tone: 'neutral' },
  warning: { text: 'Warning', tone: 'attention' },
  critical: { text: 'Critical', tone: 'conflict' },
}

/** `as of 13:40, 2 h ago`. */
export function asOfWords(asOf: number, now: number): string {
  return `as of ${formatMoment(asOf, now)}, ${formatAgo(asOf, now)}`
}

/** The finding of a trend: `5 periods, from 310 to 402`. */
export function trendWords(definition: KpiDefinition, trend: readonly number[], currency: string): string {
  const first = trend[0]
  const last = trend.at(-1)
  if (first === undefined || last === undefined) return 'No earlier periods'
  return `${definition.label}, ${trend.length} periods, from ${kpiNumber(definition, first, currency)} to ${kpiNumber(definition, last, currency)}`
}

export interface KpiFamily {
  readonly id: KpiDefinition['family']
  readonly label: string
}

/** Outcome first: activity alone says nothing about success (UX.md 4.7). */
export const families: readonly KpiFamily[] = [
  { id: 'outcome', label: 'Outcome' },
  { id: 'sales', label: 'Sales' },
  { id: 'targeting', label: 'Targeting' },
  { id: 'activity', label: 'Activity' },
]
