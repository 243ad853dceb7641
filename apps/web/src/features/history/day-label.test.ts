import { expect, test } from 'vitest'
import { dayLabel } from './day-label.ts'

const at = (month: number, day: number, year = 2026) => new Date(year, month - 1, day).getTime()
const now = new Date(2026, 10, 21, 23, 10).getTime()

test.each([
  [at(11, 21), 'Today'],
  [at(11, 20), 'Yesterday'],
  [at(11, 17), 'Tuesday, Nov 17'],
  [at(12, 31, 2025), 'Wednesday, Dec 31, 2025'],
])('names the day of %d', (day, label) => {
  expect(dayLabel(day, now)).toBe(label)
})
