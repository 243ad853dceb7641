import { type StageId, stages } from '@fulqrun/schema'
import type { OpportunityRow } from './opportunity-row.ts'

/** Sums of one currency. Amounts of different currencies are never added. */
export interface CurrencyTotal {
  readonly currency: string
  readonly total: number
  /** Sum of amount x probability. */
  readonly weighted: number
}

export interface PipelineTotals {
  readonly count: number
  /** Opportunities without an official amount: they are in the count and not in the sums. */
  readonly withoutAmount: number
  /** Largest first. */
  readonly sums: readonly CurrencyTotal[]
}

export function computeTotals(rows: readonly OpportunityRow[]): PipelineTotals {
  const sums = new Map<string, { currency: string; total: number; weighted: number }>()
  let withoutAmount = 0
  for (const { amount, currency, probability } of rows) {
    if (amount === undefined) {
      withoutAmount += 1
      continue
    }
    let sum = sums.get(currency)
    if (sum === undefined) {
      sum = { currency, total: 0, weighted: 0 }
      sums.set(currency, sum)
    }
    sum.total += amount
    sum.weighted += (amount * probability) / 100
  }
  return { count: rows.length, withoutAmount, sums: [...sums.values()].sort((a, b) => b.total - a.total) }
}

export interface StageGroup {
  readonly stage: StageId
  readonly label: string
  readonly rows: readonly OpportunityRow[]
  readonly totals: PipelineTotals
}

/** One group per stage in the order of the process; `keepEmpty` for the stages that are shown even without rows. */
export function groupByStage(
  rows: readonly OpportunityRow[],
  keepEmpty: (stage: StageId) => boolean,
): readonly StageGroup[] {
  const byStage = new Map<StageId, OpportunityRow[]>(stages.map(({ value }) => [value, []]))
  for (const row of rows) byStage.get(row.stage)?.push(row)
  return stages
    .map(({ value, label }) => {
      const own = byStage.get(value) ?? []
      return { stage: value, label, rows: own, totals: computeTotals(own) }
    })
    .filter((group) => group.rows.length > 0 || keepEmpty(group.stage))
}
