import {
  type Activity,
  activityFields,
  addEntry,
  type Attachment,
  optionLabel,
  setField,
} from '@fulqrun/schema'
import { type FormEvent, useState } from 'react'
import { useMe, useWorkspace } from '../../data/workspace.tsx'
import { formatDateShort, formatMoment, isoDay } from '../../fields/format.ts'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Badge } from '../../ui/Badge.tsx'
import { Button, IconButton } from '../../ui/Button.tsx'
import { cx } from '../../ui/cx.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { AlertTriangleIcon, CalendarIcon, CheckIcon, ChevronDownIcon } from '../../ui/icons.ts'
import { Section } from '../../ui/Section.tsx'
import { Select } from '../../ui/Select.tsx'
import { DateField, TextField } from '../../ui/TextField.tsx'
import { say } from '../../ui/Toaster.tsx'
import { ActivityFiles, FileCount, filesOf } from '../attachments/ActivityFiles.tsx'
import { useNow } from '../history/use-now.ts'
import { groupActivities } from '../opportunity/activity-groups.ts'
import { dueMark } from '../pipeline/opportunity-row.ts'

const types = activityFields.type.options
  .filter(({ value }) => value !== 'proposal')
  .map(({ value, label }) => ({ id: value, label }))

/** Three fields: what, about what, when. Everything else can follow later. */
function QuickAdd() {
  const { open } = useRecordScope()
  const workspace = useWorkspace()
  const me = useMe()
  const [type, setType] = useState('call')
  const [subject, setSubject] = useState('')
  const [dueDate, setDueDate] = useState(() => isoDay(Date.now()))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (subject.trim() === '') return
    const now = workspace.now()
    addEntry(
      open.doc,
      'activities',
      {
        type,
        subject: subject.trim(),
        dueDate: dueDate === '' ? undefined : dueDate,
        status: 'pending',
        assigneeId: me.user.id,
        createdAt: now,
        createdBy: me.user.id,
      },
      { now },
    )
    setSubject('')
  }
  return (
    <form
      onSubmit={submit}
      className="mb-4 grid grid-cols-2 gap-2 sm:grid-cols-[minmax(0,1fr)_9rem_10rem_auto] sm:items-end"
    >
      <TextField
        label="Subject"
        className="max-sm:col-span-2"
        placeholder="What is it about?"
        value={subject}
        onChange={setSubject}
      />
      <Select label="Type" choices={types} value={type} onChange={setType} />
      <DateField label="Due" value={dueDate} onChange={setDueDate} />
      <Button
        type="submit"
        variant="primary"
        className="max-sm:col-span-2"
        isDisabled={subject.trim() === ''}
      >
        Add
      </Button>
    </form>
  )
}

function useComplete(): (activity: Activity) => void {
  const { open } = useRecordScope()
  const workspace = useWorkspace()
  const me = useMe()
  const write = (activity: Activity, values: Readonly<Record<string, unknown>>) => {
    for (const [key, value] of Object.entries(values))
      setField(open.doc, `activities.${activity.id}.${key}`, value, { now: workspace.now() })
  }
  return (activity) => {
    write(activity, { status: 'completed', completedAt: workspace.now(), completedBy: me.user.id })
    say(`Completed: ${activity.subject}`, {
      label: 'Undo',
      onAction: () => {
        write(activity, { status: 'pending', completedAt: undefined, completedBy: undefined })
      },
    })
  }
}

function When({ activity, now }: { readonly activity: Activity; readonly now: number }) {
  if (activity.status === 'completed' && activity.completedAt !== undefined) {
    return <span className="num text-sm text-ink-3">{formatMoment(activity.completedAt, now)}</span>
  }
  if (activity.status !== 'pending')
    return <Badge>{optionLabel(activityFields.status, activity.status)}</Badge>
  if (activity.dueDate === undefined) return <span className="text-sm text-ink-3">No date</span>
  const today = isoDay(now)
  const isLate = dueMark(activity.dueDate, today) === 'overdue'
  return (
    <Badge
      tone={isLate ? 'attention' : 'neutral'}
      icon={isLate ? <AlertTriangleIcon aria-label="Overdue:" /> : <CalendarIcon aria-hidden />}
    >
      {formatDateShort(activity.dueDate, today)}
    </Badge>
  )
}

function ActivityRow({
  activity,
  attachments,
  now,
  onComplete,
}: {
  readonly activity: Activity
  readonly attachments: readonly Attachment[]
  readonly now: number
  readonly onComplete: (activity: Activity) => void
}) {
  const { canWrite } = useRecordScope()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <div className="flex min-h-7 flex-wrap items-center gap-x-3 gap-y-1">
        <span className="w-24 text-sm text-ink-3 max-sm:w-full max-sm:text-xs">
          {optionLabel(activityFields.type, activity.type)}
        </span>
        <span className="min-w-0 flex-1 basis-40">
          <span className="block text-base">{activity.subject}</span>
          {activity.outcomeNote !== undefined && (
            <span className="block text-sm text-ink-2">{activity.outcomeNote}</span>
          )}
          <span className="num block text-xs text-ink-3">
            <FileCount attachments={attachments} />
          </span>
        </span>
        <When activity={activity} now={now} />
        {canWrite && activity.status === 'pending' && (
          <Button
            size="sm"
            icon={<CheckIcon aria-hidden className="size-3.5" />}
            aria-label={`Complete: ${activity.subject}`}
            onPress={() => {
              onComplete(activity)
            }}
          >
            Complete
          </Button>
        )}
        <IconButton
          label={isOpen ? `Hide files of ${activity.subject}` : `Files of ${activity.subject}`}
          size="sm"
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
      {isOpen && <ActivityFiles activity={activity} attachments={attachments} />}
    </>
  )
}

/** Calls, visits and tasks with this contact: plan one in a line, complete one with a press. */
export function ContactActivities({
  activities,
  attachments,
}: {
  readonly activities: readonly Activity[]
  readonly attachments: readonly Attachment[]
}) {
  const { canWrite } = useRecordScope()
  const now = useNow()
  const complete = useComplete()
  return (
    <>
      {canWrite && <QuickAdd />}
      {activities.length === 0 && (
        <EmptyState icon={<CalendarIcon aria-hidden />} title="No activities yet">
          Nothing has been planned or recorded with this contact.
        </EmptyState>
      )}
      <div className="flex flex-col gap-4">
        {groupActivities(activities, isoDay(now)).map((group) => (
          <Section key={group.id} title={group.label} meta={group.activities.length}>
            <ul className="-mx-4 -my-3 divide-y divide-line">
              {group.activities.map((activity) => (
                <li key={activity.id} className="px-4 py-1.5">
                  <ActivityRow
                    activity={activity}
                    attachments={filesOf(attachments, activity.id)}
                    now={now}
                    onComplete={complete}
                  />
                </li>
              ))}
            </ul>
          </Section>
        ))}
      </div>
    </>
  )
}
