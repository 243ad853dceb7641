const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** Demo time: everything is so many days before or after `now`, at hours in which people work. */
export interface Calendar {
  readonly now: number
  /** A moment (ms) on a working day at least `daysAgo` days back; never in the future. Hours are UTC. */
  time(daysAgo: number, hour: number, minute?: number): number
  /** A calendar day as `YYYY-MM-DD`, moved off weekends and holidays, away from today; negative days are in the past. */
  date(daysAhead: number): string
}

/** Days of the year on which nobody meets. */
const holidays = ['01-01', '07-04', '12-24', '12-25', '12-31']

function isDayOff(time: number): boolean {
  const weekday = new Date(time).getUTCDay()
  return weekday === 0 || weekday === 6 || holidays.includes(isoDate(time).slice(5))
}

export function createCalendar(now: number): Calendar {
  const today = Math.floor(now / dayMs) * dayMs
  return {
    now,
    time(daysAgo, hour, minute = 0) {
      let day = today - daysAgo * dayMs
      while (isDayOff(day)) day -= dayMs
      return Math.min(day + hour * hourMs + minute * minuteMs, now)
    },
    date(daysAhead) {
      let day = today + daysAhead * dayMs
      while (isDayOff(day)) day += daysAhead < 0 ? -dayMs : dayMs
      return isoDate(day)
    },
  }
}

export function isoDate(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
