import { type Activity, addEntry, type Attachment, removeEntry, setField } from '@fulqrun/schema'
import { useWorkspace } from '../../data/workspace.tsx'
import { InlineField } from '../../fields/InlineField.tsx'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Button } from '../../ui/Button.tsx'
import { cx } from '../../ui/cx.ts'
import { RotateCcwIcon, Trash2Icon, XIcon } from '../../ui/icons.ts'
import { say } from '../../ui/Toaster.tsx'
import { ActivityFiles } from '../attachments/ActivityFiles.tsx'

const detailKeys = [
  'type',
  'dueDate',
  'priority',
  'assigneeId',
  'outcome',
  'outcomeNote',
  'description',
] as const

const detailLabels: Record<(typeof detailKeys)[number], string> = {
  type: 'Type',
  dueDate: 'Due',
  priority: 'Priority',
  assigneeId: 'Assigned to',
  outcome: 'Outcome',
  outcomeNote: 'What came of it',
  description: 'Description',
}

/** What is behind a press at an activity: the rest of its fields, and calling it off or removing it. */
export function ActivityDetails({
  activity,
  attachments,
}: {
  readonly activity: Activity
  readonly attachments: readonly Attachment[]
}) {
  const { canWrite } = useRecordScope()
  return (
    <div className="mb-2 ms-10">
      <Fields activity={activity} />
      <ActivityFiles activity={activity} attachments={attachments} />
      {canWrite && (
        <p className="mt-1 flex flex-wrap gap-1">
          <CancelButton activity={activity} />
          <RemoveButton activity={activity} />
        </p>
      )}
    </div>
  )
}

function Fields({ activity }: { readonly activity: Activity }) {
  return (
    <dl className="mt-1 grid gap-x-4 sm:grid-cols-2">
      {detailKeys.map((key) => (
        <div
          key={key}
          className={cx('min-w-0', (key === 'description' || key === 'outcomeNote') && 'sm:col-span-2')}
        >
          <dt className="px-2 text-xs text-ink-3">{detailLabels[key]}</dt>
          <dd className="min-w-0">
            <InlineField
              path={`activities.${activity.id}.${key}`}
              value={activity[key]}
              label={`${detailLabels[key]} of ${activity.subject}`}
            />
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** Called off, and planned again. What is done is not cancelled any more: whoever wants that takes the mark away first. */
function CancelButton({ activity }: { readonly activity: Activity }) {
  const { open } = useRecordScope()
  const workspace = useWorkspace()
  const { id, subject, status } = activity
  if (status === 'completed') return null
  const isCancelled = status === 'cancelled'
  const set = (value: Activity['status']) => {
    setField(open.doc, `activities.${id}.status`, value, { now: workspace.now() })
  }
  return (
    <Button
      size="sm"
      variant="quiet"
      icon={
        isCancelled ? (
          <RotateCcwIcon aria-hidden className="size-3.5" />
        ) : (
          <XIcon aria-hidden className="size-3.5" />
        )
      }
      aria-label={isCancelled ? `Plan ${subject} again` : `Cancel ${subject}`}
      onPress={() => {
        set(isCancelled ? 'pending' : 'cancelled')
        if (isCancelled) return
        say(`Cancelled "${subject}"`, {
          label: 'Undo',
          onAction: () => {
            set('pending')
          },
        })
      }}
    >
      {isCancelled ? 'Plan again' : 'Cancel it'}
    </Button>
  )
}

function RemoveButton({ activity }: { readonly activity: Activity }) {
  const { open } = useRecordScope()
  const workspace = useWorkspace()
  const remove = () => {
    const { id, ...values } = activity
    removeEntry(open.doc, 'activities', id, { now: workspace.now() })
    say(`Removed "${activity.subject}"`, {
      label: 'Undo',
      onAction: () => {
        addEntry(open.doc, 'activities', values, { now: workspace.now(), id })
      },
    })
  }
  return (
    <Button
      size="sm"
      variant="quiet"
      className="text-conflict"
      icon={<Trash2Icon aria-hidden className="size-3.5" />}
      aria-label={`Remove ${activity.subject}`}
      onPress={remove}
    >
      Remove
    </Button>
  )
}
