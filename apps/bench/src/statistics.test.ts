import { describe, expect, test } from 'vitest'
import { median, quantile, ratiosOf } from './statistics.ts'

describe('statistics of a bench run', () => {
  test('a quantile is a measured value, by nearest rank', () => {
    const values = [40, 10, 30, 20]
    expect(quantile(values, 0.5)).toBe(20)
    expect(quantile(values, 0.99)).toBe(40)
    expect(quantile(values, 0)).toBe(10)
    expect(quantile([], 0.5)).toBeNaN()
  })

  test('the median of an even count lies between the two in the middle', () => {
    expect(median([4, 1, 3])).toBe(3)
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(median([])).toBeNaN()
  })

  test('ratios pair the rounds and leave out what one side did not measure', () => {
    expect(ratiosOf([20, 30], [10, 10])).toEqual({ median: 2.5, min: 2, max: 3 })
    expect(ratiosOf([20, 30], [10])).toEqual({ median: 2, min: 2, max: 2 })
    expect(ratiosOf([1], [Number.NaN])).toBeUndefined()
  })
})
