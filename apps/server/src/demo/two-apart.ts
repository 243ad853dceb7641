import type { AuthorId } from './authors.ts'
import type { Calendar } from './calendar.ts'
import type { Step } from './recorded-document.ts'

export interface TwoApart {
  /** The day of the first change; the other one was written that morning and arrives the next day. */
  readonly daysAgo: number
  /** Who was online; Ben unless told. */
  readonly by?: AuthorId | undefined
  readonly official?: boolean | undefined
  readonly first: Step['change']
  readonly reason?: string | undefined
  /** What Ana did on her device, without a network. */
  readonly offline: Step['change']
}

/** Two sittings of people who had not seen each other's: one is online, Ana is not, and hers comes in afterwards. */
export function twoApart(calendar: Calendar, story: TwoApart): readonly Step[] {
  const { daysAgo, by = 'ben', official, first, reason, offline } = story
  return [
    { at: calendar.time(daysAgo, 15, 40), by, official, reason, change: first },
    {
      at: calendar.time(daysAgo - 1, 8, 5),
      by: 'ana',
      offline: { writtenAt: calendar.time(daysAgo, 9, 25), unseen: 1 },
      change: offline,
    },
  ]
}
