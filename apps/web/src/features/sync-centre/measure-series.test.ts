import { expect, test } from 'vitest'
import { type Minute, seriesOf } from './measure-series.ts'

const now = Date.UTC(2026, 10, 22, 9, 30)

function makeMinute(minutesAgo: number, part: Partial<Minute> = {}): Minute {
  return {
    at: now - minutesAgo * 60_000,
    sentBytes: 0,
    receivedBytes: 0,
    reconnects: 0,
    errors: 0,
    ...part,
  }
}

test('an hour without a word says so, in sixty points', () => {
  const series = seriesOf([], now)
  expect(series.map(({ finding }) => finding)).toEqual([
    'Answer time: nothing measured',
    '0 KB sent, 0 KB received in the last hour',
    'No reconnects in the last hour',
    'No failed attempt to connect in the last hour',
  ])
  expect(series.map(({ points }) => points.length)).toEqual([0, 60, 60, 60])
})

test('the findings count what was measured, each minute at its place', () => {
  const series = seriesOf(
    [
      makeMinute(59, { latencyP50: 20, latencyMax: 40, reconnects: 1, sentBytes: 2_000 }),
      makeMinute(3, { latencyP50: 30, latencyMax: 900, reconnects: 1, errors: 1 }),
      makeMinute(0, { latencyP50: 80, latencyMax: 90, receivedBytes: 3_000_000 }),
    ],
    now,
  )
  expect(series.map(({ finding }) => finding)).toEqual([
    'Answer time: usually 30 ms, at worst 900 ms',
    '2 KB sent, 3.0 MB received in the last hour',
    '2 reconnects in the last hour',
    '1 failed attempt in the last hour',
  ])
  const reconnects = series[2]?.points ?? []
  expect(reconnects.map(({ value }, index) => (value > 0 ? index : -1)).filter((at) => at >= 0)).toEqual([
    0, 56,
  ])
})
