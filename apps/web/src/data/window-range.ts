/** Which lines of a long list are near what the person sees. */

export interface WindowRange {
  /** Index of the first line that is drawn. */
  readonly from: number
  /** One after the last. */
  readonly to: number
}

/** The top edge of each line, and at the end the height of all. `heightOf` in px. */
export function edgesOf(count: number, heightOf: (index: number) => number): Float64Array {
  const edges = new Float64Array(count + 1)
  for (let index = 0; index < count; index += 1) edges[index + 1] = (edges[index] ?? 0) + heightOf(index)
  return edges
}

/** The first line whose bottom edge lies below `y`. */
function lineAt(edges: Float64Array, y: number): number {
  let low = 0
  let high = edges.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((edges[middle + 1] ?? Infinity) > y) high = middle
    else low = middle + 1
  }
  return low
}

/** Lines between `top` and `bottom` (px from the list's own top), with `margin` px more on both sides. */
export function rangeOf(
  edges: Float64Array,
  view: { readonly top: number; readonly bottom: number; readonly margin: number },
): WindowRange {
  const count = edges.length - 1
  const from = Math.min(lineAt(edges, view.top - view.margin), count)
  const to = Math.min(lineAt(edges, view.bottom + view.margin) + 1, count)
  return { from, to: Math.max(from, to) }
}
