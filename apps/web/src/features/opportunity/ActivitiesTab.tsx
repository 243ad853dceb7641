import { type Activity, type Attachment, localOrigin, type OpportunityView, setField } from '@fulqrun/schema'
import { useNow } from '../history/use-now.ts'
import { useEffect, useRef, useState } from 'react'
import { Checkbox } from 'react-aria-components'
import { useMe, usePersonName, useWorkspace } from '../../data/workspace.tsx'
import { formatDateShort, formatMoment, isoDay } from '../../fields/format.ts'
import { InlineField } from '../../fields/InlineField.tsx'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Badge } from '../../ui/Badge.tsx'
import { Button, IconButton } from '../../ui/Button.tsx'
import { cx } from '../../ui/cx.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { AlertTriangleIcon, CalendarIcon, CheckIcon, ChevronDownIcon } from '../../ui/icons.ts'
import { Section } from '../../ui/Section.tsx'
import { FileCount, filesOf } from '../attachments/ActivityFiles.tsx'
import { FieldMarks } from '../conflicts/FieldMarks.tsx'
import { ActivityDetails } from './ActivityDetails.tsx'
import { AddActivity } from './AddActivity.tsx'
import { type ActivityGroup, dueWords, groupActivities } from './activity-groups.ts'
import { NextStepPrompt } from './NextStepPrompt.tsx'

/** What is late, planned and done with this customer; a press completes, and asks what comes next. */
export function ActivitiesTab({ view }: { readonly view: OpportunityView }) {
  const { canWrite } = useRecordScope()
  const today = isoDay(useNow())
  const [completed, setCompleted] = useState<Activity>()
  const groups = groupActivities(view.activities, today)
  const reopened = useKeptFocus()
  return (
    <div className="flex max-w-3xl flex-col gap-4">
      {canWrite && <AddActivity />}
      {completed !== undefined && (
        <NextStepPrompt
          activity={completed}
          onClose={() => {
            setCompleted(undefined)
          }}
        />
      )}
      {groups.length === 0 && (
        <EmptyState icon={<CalendarIcon aria-hidden />} title="No activities yet">
          Calls, meetings and tasks with this customer. Plan the first one above.
        </EmptyState>
      )}
      {groups.map((group) => (
        <ActivityGroupSection
          key={group.id}
          group={group}
          attachments={view.attachments}
          today={today}
          onCompleted={setCompleted}
          onReopened={reopened}
        />
      ))}
    </div>
  )
}

/** The box of an activity that is done no more moves to another group with its line; the focus goes with it. */
function useKeptFocus(): (activity: Activity) => void {
  const moving = useRef<string>(undefined)
  useEffect(() => {
    const id = moving.current
    // Until the line has moved, the box of before has the focus.
    if (id === undefined || document.activeElement !== document.body) return
    moving.current = undefined
    document.querySelector<HTMLElement>(`[data-done-of="${id}"] input`)?.focus()
  })
  return (activity) => {
    moving.current = activity.id
  }
}

/** A history of years is behind a press; what is to do is always all there. */
const shownDone = 10

function ActivityGroupSection({
  group,
  attachments,
  ...rest
}: {
  readonly group: ActivityGroup
  readonly attachments: readonly Attachment[]
  readonly today: string
  readonly onCompleted: (activity: Activity) => void
  readonly onReopened: (activity: Activity) => void
}) {
  const [isOpen, setOpen] = useState(false)
  const limit = group.id === 'done' && !isOpen ? shownDone : group.activities.length
  return (
    <Section title={group.label} meta={group.activities.length}>
      <ul className="-mx-2 -my-1 flex flex-col divide-y divide-line">
        {group.activities.slice(0, limit).map((activity) => (
          <li key={activity.id}>
            <ActivityRow activity={activity} attachments={filesOf(attachments, activity.id)} {...rest} />
          </li>
        ))}
      </ul>
      {group.activities.length > limit && (
        <Button
          className="mt-2"
          size="sm"
          onPress={() => {
            setOpen(true)
          }}
        >
          Show {group.activities.length - limit} more
        </Button>
      )}
    </Section>
  )
}

function ActivityRow({
  activity,
  attachments,
  today,
  onCompleted,
  onReopened,
}: {
  readonly activity: Activity
  readonly attachments: readonly Attachment[]
  readonly today: string
  readonly onCompleted: (activity: Activity) => void
  readonly onReopened: (activity: Activity) => void
}) {
  const [isOpen, setOpen] = useState(false)
  return (
    <div className="px-2 py-1">
      <div className="flex items-start gap-2">
        <DoneBox activity={activity} onCompleted={onCompleted} onReopened={onReopened} />
        <div className="min-w-0 flex-1">
          <div className={cx(activity.status !== 'pending' && '[&_input]:text-ink-2')}>
            <InlineField
              path={`activities.${activity.id}.subject`}
              value={activity.subject}
              label="Subject"
              placeholder="Subject"
              className="text-ellipsis"
            />
          </div>
          <ActivityMeta activity={activity} attachments={attachments} today={today} />
          <FieldMarks path={`activities.${activity.id}.status`} className="mb-1" />
        </div>
        <IconButton
          label={isOpen ? `Hide details of ${activity.subject}` : `Details of ${activity.subject}`}
          aria-expanded={isOpen}
          onPress={() => {
            setOpen(!isOpen)
          }}
        >
          <ChevronDownIcon
            aria-hidden
            className={cx('size-4 transition-transform duration-120', isOpen && 'rotate-180')}
          />
        </IconButton>
      </div>
      {isOpen && <ActivityDetails activity={activity} attachments={attachments} />}
    </div>
  )
}

function DoneBox({
  activity,
  onCompleted,
  onReopened,
}: {
  readonly activity: Activity
  readonly onCompleted: (activity: Activity) => void
  readonly onReopened: (activity: Activity) => void
}) {
  const me = useMe()
  const { open, canWrite } = useRecordScope()
  const isDone = activity.status === 'completed'
  const workspace = useWorkspace()
  const now = () => workspace.now()
  const set = (key: string, value: unknown) => {
    setField(open.doc, `activities.${activity.id}.${key}`, value, { now: now() })
  }
  const change = (isSelected: boolean) => {
    // One transaction, so that nobody sees a completed activity without who and when.
    open.doc.transact(() => {
      set('status', isSelected ? 'completed' : 'pending')
      set('completedAt', isSelected ? now() : undefined)
      set('completedBy', isSelected ? me.user.id : undefined)
    }, localOrigin)
    if (isSelected) onCompleted(activity)
    else onReopened(activity)
  }
  return (
    <Checkbox
      aria-label={isDone ? `${activity.subject}: done` : `Complete ${activity.subject}`}
      isSelected={isDone}
      isDisabled={!canWrite}
      onChange={change}
      data-done-of={activity.id}
      className="group grid size-8 shrink-0 place-items-center rounded-md hover:bg-hover focus-visible:outline-2 focus-visible:outline-accent-ink touch:size-11"
    >
      <span className="grid size-4.5 place-items-center rounded-full border border-edge bg-surface text-transparent group-selected:border-good-mark group-selected:bg-good-mark group-selected:text-surface">
        <CheckIcon aria-hidden className="size-3" />
      </span>
    </Checkbox>
  )
}

function ActivityMeta({
  activity,
  attachments,
  today,
}: {
  readonly activity: Activity
  readonly attachments: readonly Attachment[]
  readonly today: string
}) {
  const personName = usePersonName()
  const now = useNow()
  const { people } = useRecordScope()
  const due = activity.status === 'pending' ? dueWords(activity.dueDate, today) : undefined
  const isLate = due?.endsWith('late') === true
  const assignee = people.find(({ id }) => id === activity.assigneeId)
  return (
    <p className="num flex flex-wrap items-center gap-x-2 px-2 pb-1 text-xs text-ink-3">
      <span>{typeLabels[activity.type]}</span>
      {activity.status === 'pending' && activity.dueDate !== undefined && (
        <span className={cx('inline-flex items-center gap-1', isLate && 'font-medium text-conflict')}>
          {isLate && <AlertTriangleIcon aria-hidden className="size-3" />}
          {formatDateShort(activity.dueDate, today)}
          {due !== undefined && `, ${due}`}
        </span>
      )}
      {activity.status === 'completed' && (
        <span>
          done
          {activity.completedAt !== undefined && ` ${formatMoment(activity.completedAt, now)}`}
          {activity.completedBy !== undefined && ` by ${personName(activity.completedBy)}`}
        </span>
      )}
      {activity.status === 'cancelled' && <Badge>Cancelled</Badge>}
      {activity.priority === 'high' && <Badge tone="attention">High priority</Badge>}
      {assignee !== undefined && activity.status === 'pending' && <span>for {assignee.name}</span>}
      <FileCount attachments={attachments} />
    </p>
  )
}

const typeLabels: Record<Activity['type'], string> = {
  call: 'Call',
  email: 'Email',
  meeting: 'Meeting',
  task: 'Task',
  note: 'Note',
  demo: 'Demonstration',
  presentation: 'Presentation',
  proposal: 'Proposal',
}
