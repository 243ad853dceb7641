/** Value below which the share `p` (0 to 1) of the values lies, nearest rank; NaN for no values. */
export function quantile(values: ArrayLike<number>, p: number): number {
  const sorted = Float64Array.from(values).sort()
  if (sorted.length === 0) return Number.NaN
  const rank = Math.ceil(p * sorted.length)
  return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1] ?? Number.NaN
}

/** Middle value; the mean of the two in the middle for an even count; NaN for no values. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort()
  if (sorted.length === 0) return Number.NaN
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  if (sorted.length % 2 === 1) return upper
  return ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** A measure over several rounds. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) }
}

/**
 * Ratio of two servers, round by round. Rounds are interleaved, so the two values of a pair were measured close in
 * time on the same machine; their ratio survives a machine that is slower in one round than in another.
 */
export function ratiosOf(ours: readonly number[], theirs: readonly number[]): Spread | undefined {
  const ratios = ours
    .map((value, round) => value / (theirs[round] ?? Number.NaN))
    .filter((ratio) => Number.isFinite(ratio))
  return ratios.length === 0 ? undefined : spreadOf(ratios)
}
