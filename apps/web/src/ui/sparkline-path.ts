export interface Box {
  readonly width: number
  readonly height: number
  /** Room for the line's own thickness. */
  readonly inset: number
}

/** Points of a line through `values`, left to right, in the box's coordinates; a flat series runs through the middle. */
export function sparklinePoints(values: readonly number[], box: Box): readonly (readonly [number, number])[] {
  const finite = values.filter(Number.isFinite)
  if (finite.length === 0) return []
  const low = Math.min(...finite)
  const high = Math.max(...finite)
  const innerWidth = box.width - 2 * box.inset
  const innerHeight = box.height - 2 * box.inset
  const step = finite.length > 1 ? innerWidth / (finite.length - 1) : 0
  return finite.map((value, index) => {
    const level = high === low ? 0.5 : (value - low) / (high - low)
    return [box.inset + index * step, box.inset + (1 - level) * innerHeight] as const
  })
}
