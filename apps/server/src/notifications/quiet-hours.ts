import type { QuietHours } from '@fulqrun/protocol'

/** Whether a time zone is one that this server knows. */
export function isTimeZone(name: string): boolean {
  try {
    minuteFormat(name)
    return true
  } catch {
    // RangeError: no such zone.
    return false
  }
}

/** Whether `at` (ms) lies in the quiet hours. A beginning that is also the end means the whole day. */
export function isQuiet({ from, to, timeZone }: QuietHours, at: number): boolean {
  const [begins, ends, minute] = [minutesOf(from), minutesOf(to), minuteOfDay(timeZone, at)]
  return begins < ends ? minute >= begins && minute < ends : minute >= begins || minute < ends
}

/**
 * The next end of the quiet hours that `at` lies in; `at` itself when it lies in none. By the wall clock of the zone, so
 * a night on which clocks are changed is an hour shorter or longer.
 */
export function quietUntil(quiet: QuietHours, at: number): number {
  // At most a day and the hour of a clock change ahead; ends are at whole minutes.
  const minute = 60_000
  const start = Math.floor(at / minute) * minute
  for (let step = 0; step <= 26 * 60; step += 1) {
    const candidate = start + step * minute
    if (!isQuiet(quiet, candidate)) return Math.max(at, candidate)
  }
  // Quiet all day: once a day all the same, at the hour that was given as the end.
  return nextTime(quiet, at)
}

function nextTime({ to, timeZone }: QuietHours, at: number): number {
  const ahead = (minutesOf(to) - minuteOfDay(timeZone, at) + 24 * 60) % (24 * 60)
  return Math.floor(at / 60_000) * 60_000 + (ahead === 0 ? 24 * 60 : ahead) * 60_000
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}

const formats = new Map<string, Intl.DateTimeFormat>()

function minuteFormat(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  formats.set(timeZone, format)
  return format
}

function minuteOfDay(timeZone: string, at: number): number {
  return minutesOf(minuteFormat(timeZone).format(at))
}
