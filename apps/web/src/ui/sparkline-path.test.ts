import { expect, test } from 'vitest'
import { sparklinePoints } from './sparkline-path.ts'

const box = { width: 100, height: 20, inset: 0 }

test('the lowest value is at the bottom, the highest at the top', () => {
  expect(sparklinePoints([1, 3, 2], box)).toEqual([
    [0, 20],
    [50, 0],
    [100, 10],
  ])
})

test('a flat series runs through the middle, and what is no number is left out', () => {
  expect(sparklinePoints([5, Number.NaN, 5], box)).toEqual([
    [0, 10],
    [100, 10],
  ])
})
