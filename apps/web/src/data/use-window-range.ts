import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { edgesOf, rangeOf, type WindowRange } from './window-range.ts'

export interface WindowedLines extends WindowRange {
  /** Room of the lines that are not drawn, px. */
  readonly before: number
  readonly after: number
}

export interface WindowOptions {
  readonly count: number
  /** Height of a line in px; give a function that stays the same between renders. */
  readonly heightOf: (index: number) => number
  /** Element whose top edge is the top of the first line. */
  readonly list: RefObject<HTMLElement | null>
}

/** Shorter lists are drawn whole: then the browser's own search and print find everything. */
export const drawnWhole = 150
/** Lines are drawn this far before they come into sight, px. */
const margin = 600

/** The part of a long list to draw, following the scrolling of the page. */
export function useWindowRange({ count, heightOf, list }: WindowOptions): WindowedLines {
  const edges = useMemo(() => edgesOf(count, heightOf), [count, heightOf])
  const isWhole = count <= drawnWhole
  const [range, setRange] = useState<WindowRange>({ from: 0, to: drawnWhole })
  const measure = useRef<() => void>(undefined)
  useLayoutEffect(() => {
    measure.current = () => {
      const top = -(list.current?.getBoundingClientRect().top ?? 0)
      const next = rangeOf(edges, { top, bottom: top + window.innerHeight, margin })
      setRange((before) => (before.from === next.from && before.to === next.to ? before : next))
    }
    if (!isWhole) measure.current()
  }, [edges, isWhole, list])
  useEffect(() => {
    if (isWhole) return undefined
    let frame: number | undefined
    const follow = () => {
      frame ??= requestAnimationFrame(() => {
        frame = undefined
        measure.current?.()
      })
    }
    window.addEventListener('scroll', follow, { passive: true })
    window.addEventListener('resize', follow)
    return () => {
      window.removeEventListener('scroll', follow)
      window.removeEventListener('resize', follow)
      if (frame !== undefined) cancelAnimationFrame(frame)
    }
  }, [isWhole])
  if (isWhole) return { from: 0, to: count, before: 0, after: 0 }
  const to = Math.min(range.to, count)
  const from = Math.min(range.from, to)
  return {
    from,
    to,
    before: edges[from] ?? 0,
    after: (edges[count] ?? 0) - (edges[to] ?? 0),
  }
}
