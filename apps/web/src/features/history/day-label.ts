import { startOfDay } from './bursts.ts'

const dayMs = 24 * 60 * 60_000

/** `Today`, `Yesterday`, `Tuesday, Mar 3`; with the year when it is not this one. */
export function dayLabel(day: number, now: number): string {
  const today = startOfDay(now)
  if (day === today) return 'Today'
  // Half a day of slack: days of 23 and 25 hours exist.
  if (day === startOfDay(today - dayMs / 2)) return 'Yesterday'
  const sameYear = new Date(day).getFullYear() === new Date(now).getFullYear()
  return new Intl.DateTimeFormat('en-US', {
    weekday: 'long',
    month: 'short',
    day: 'numeric',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(day)
}
