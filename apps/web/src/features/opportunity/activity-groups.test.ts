import type { Activity } from '@fulqrun/schema'
import { expect, test } from 'vitest'
import { dueWords, groupActivities } from './activity-groups.ts'

const today = '2026-11-21'

function makeActivity(id: string, activity: Partial<Activity> = {}): Activity {
  return { id, type: 'call', subject: id, status: 'pending', priority: 'medium', ...activity } as Activity
}

test('late, planned and done; an activity due today is not late', () => {
  const groups = groupActivities(
    [
      makeActivity('done', { status: 'completed', dueDate: '2026-01-01' }),
      makeActivity('today', { dueDate: today }),
      makeActivity('late', { dueDate: '2026-11-20' }),
      makeActivity('cancelled', { status: 'cancelled' }),
    ],
    today,
  )
  expect(groups.map(({ id, activities }) => [id, activities.map((activity) => activity.id)])).toEqual([
    ['overdue', ['late']],
    ['planned', ['today']],
    ['done', ['done', 'cancelled']],
  ])
})

test('planned goes by due date with undated ones last, done with the latest first', () => {
  const groups = groupActivities(
    [
      makeActivity('undated'),
      makeActivity('later', { dueDate: '2026-12-02' }),
      makeActivity('sooner', { dueDate: '2026-11-30' }),
      makeActivity('old', { status: 'completed', completedAt: 1 }),
      makeActivity('new', { status: 'completed', completedAt: 2 }),
    ],
    today,
  )
  expect(groups.map(({ activities }) => activities.map(({ id }) => id))).toEqual([
    ['sooner', 'later', 'undated'],
    ['new', 'old'],
  ])
})

test.each([
  ['2026-11-21', 'today'],
  ['2026-11-22', 'tomorrow'],
  ['2026-11-28', 'in 7 days'],
  ['2026-11-20', '1 day late'],
  ['2026-11-01', '20 days late'],
  [undefined, undefined],
])('%s is %s', (dueDate, words) => {
  expect(dueWords(dueDate, today)).toBe(words)
})
