/** The `limit` best of a list, best first, without sorting all of it. `isBetter` is a strict order. */
export function bestOf<T>(
  items: readonly T[],
  limit: number,
  isBetter: (a: T, b: T) => boolean,
): readonly T[] {
  const best: T[] = []
  for (const item of items) {
    const last = best.at(-1)
    if (best.length >= limit && (last === undefined || !isBetter(item, last))) continue
    let low = 0
    let high = best.length
    while (low < high) {
      const middle = (low + high) >> 1
      const other = best[middle]
      if (other !== undefined && isBetter(item, other)) high = middle
      else low = middle + 1
    }
    best.splice(low, 0, item)
    if (best.length > limit) best.pop()
  }
  return best
}
