import fc from 'fast-check'
import { expect, test } from 'vitest'
import { edgesOf, rangeOf } from './window-range.ts'

test('lines in sight and a margin on both sides', () => {
  const edges = edgesOf(100, () => 10)
  expect(edges[100]).toBe(1000)
  expect(rangeOf(edges, { top: 300, bottom: 400, margin: 0 })).toEqual({ from: 30, to: 41 })
  expect(rangeOf(edges, { top: 300, bottom: 400, margin: 50 })).toEqual({ from: 25, to: 46 })
})

test('a list that is above or below what is seen draws nothing far away', () => {
  const edges = edgesOf(100, () => 10)
  expect(rangeOf(edges, { top: -500, bottom: -400, margin: 0 })).toEqual({ from: 0, to: 1 })
  expect(rangeOf(edges, { top: 5000, bottom: 5100, margin: 0 })).toEqual({ from: 100, to: 100 })
  expect(
    rangeOf(
      edgesOf(0, () => 10),
      { top: 0, bottom: 100, margin: 0 },
    ),
  ).toEqual({ from: 0, to: 0 })
})

test('whatever the heights, every line that touches the view is drawn', () => {
  const holds = () =>
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 80 }), { maxLength: 60 }),
        fc.integer({ min: -200, max: 4000 }),
        fc.integer({ min: 0, max: 900 }),
        fc.integer({ min: 0, max: 100 }),
        (heights, top, height, margin) => {
          const edges = edgesOf(heights.length, (index) => heights[index] ?? 0)
          const { from, to } = rangeOf(edges, { top, bottom: top + height, margin })
          const missed = heights.filter((_, index) => {
            const touches = (edges[index + 1] ?? 0) > top && (edges[index] ?? 0) < top + height
            return touches && (index < from || index >= to)
          })
          return missed.length === 0
        },
      ),
    )
  expect(holds).not.toThrow()
})
