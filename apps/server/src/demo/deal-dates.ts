import type { Deal } from './deal.ts'

/** A moment (ms) at a share of the deal's life, 0 at its creation and 1 at its last activity. */
export function moment({ calendar, ageDays, quietDays, random }: Deal, share: number): number {
  const daysAgo = Math.round(ageDays - (ageDays - quietDays) * share)
  return calendar.time(daysAgo, random.integer(8, 17), random.integer(0, 59))
}

/** Deals whose expected close date has passed without anybody moving it. */
const overdueDeals: readonly string[] = ['northpine cardavel', 'kestrel glymora', 'gulfstar onvexa']

export function isOverdue({ plan }: Deal): boolean {
  return overdueDeals.includes(`${plan.hospital} ${plan.product}`) && plan.stage === 'advancing'
}

/** The close date that was hoped for at the start. */
export function firstCloseDate(deal: Deal): string {
  const { calendar, random, closed, ageDays, reached } = deal
  if (closed) return calendar.date(-Math.max(1, Math.round(ageDays * 0.3)))
  if (isOverdue(deal)) return calendar.date(-random.integer(2, 9))
  return reached >= 2 ? calendar.date(random.integer(8, 30)) : closeDate(deal)
}

/** Days ahead, from and to, in which a deal closes, by the number of stages it has been through. */
const windows: readonly (readonly [number, number])[] = [
  [75, 200],
  [50, 150],
  [30, 100],
  [6, 42],
]

/** When an open deal is expected to close now. */
export function closeDate({ calendar, random, reached }: Deal): string {
  return calendar.date(random.integer(...(windows[reached] ?? [30, 90])))
}
