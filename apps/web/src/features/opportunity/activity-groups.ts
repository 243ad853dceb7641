/** Activities as a to-do list: what is late, what is planned, what was done. */
import type { Activity } from '@fulqrun/schema'

type ActivityGroupId = 'overdue' | 'planned' | 'done'

export interface ActivityGroup {
  readonly id: ActivityGroupId
  readonly label: string
  readonly activities: readonly Activity[]
}

const labels: Record<ActivityGroupId, string> = { overdue: 'Overdue', planned: 'Planned', done: 'Done' }

function activityGroupOf(activity: Activity, today: string): ActivityGroupId {
  if (activity.status !== 'pending') return 'done'
  return activity.dueDate !== undefined && activity.dueDate < today ? 'overdue' : 'planned'
}

/** Undated ones come last: a date is a promise, no date is a wish. */
function byDueDate(a: Activity, b: Activity): number {
  return (a.dueDate ?? '9999').localeCompare(b.dueDate ?? '9999') || a.id.localeCompare(b.id)
}

function doneAt(activity: Activity): number {
  if (activity.completedAt !== undefined) return activity.completedAt
  return activity.dueDate === undefined ? 0 : Date.parse(activity.dueDate)
}

/** Overdue and planned by due date, done with the latest first; empty groups are left out. `today` is an ISO date. */
export function groupActivities(activities: readonly Activity[], today: string): readonly ActivityGroup[] {
  const ids: readonly ActivityGroupId[] = ['overdue', 'planned', 'done']
  return ids
    .map((id) => {
      const members = activities.filter((activity) => activityGroupOf(activity, today) === id)
      const sorted =
        id === 'done'
          ? members.toSorted((a, b) => doneAt(b) - doneAt(a) || b.id.localeCompare(a.id))
          : members.toSorted(byDueDate)
      return { id, label: labels[id], activities: sorted }
    })
    .filter((group) => group.activities.length > 0)
}

/** `3 days late`, `today`, `tomorrow`, `in 5 days`; undefined without a date. */
export function dueWords(dueDate: string | undefined, today: string): string | undefined {
  if (dueDate === undefined) return undefined
  const days = Math.round((Date.parse(dueDate) - Date.parse(today)) / 86_400_000)
  if (Number.isNaN(days)) return undefined
  if (days === 0) return 'today'
  if (days === 1) return 'tomorrow'
  if (days === -1) return '1 day late'
  return days < 0 ? `${-days} days late` : `in ${days} days`
}
