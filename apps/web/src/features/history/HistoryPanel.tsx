import { type DocumentView, readDocument } from '@fulqrun/schema'
import type { OpenDocument } from '@fulqrun/sync'
import { useCallback, useMemo, useState } from 'react'
import type * as Y from 'yjs'
import { useNow } from './use-now.ts'
import { useView } from '../../data/view.ts'
import { useDocumentState, useMe, useWorkspace } from '../../data/workspace.tsx'
import { Banner } from '../../ui/Banner.tsx'
import { Button } from '../../ui/Button.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { CloudOffIcon, HistoryIcon, OctagonXIcon } from '../../ui/icons.ts'
import { Skeleton } from '../../ui/Page.tsx'
import { Select } from '../../ui/Select.tsx'
import { say } from '../../ui/Toaster.tsx'
import { BurstItem, type LineActions } from './BurstItem.tsx'
import { type ChangeKind, groupHistory, type HistoryDay, type HistoryFilter } from './bursts.ts'
import { dayLabel } from './day-label.ts'
import { canRestore, restoreLine } from './restore.ts'
import { type History, useHistory } from './use-history.ts'
import { originOf } from './value-origin.ts'
import { describePath } from './value-words.ts'

const kinds: readonly { readonly id: ChangeKind; readonly label: string }[] = [
  { id: 'all', label: 'All changes' },
  { id: 'fields', label: 'Fields' },
  { id: 'text', label: 'Notes and answers' },
  { id: 'activities', label: 'Activities' },
  { id: 'proposals', label: 'Proposals' },
  { id: 'conflicts', label: 'Conflicts and decisions' },
  { id: 'rule', label: 'Decided by a rule' },
]

const everybody = 'everybody'

export interface HistoryPanelProps {
  readonly openDocument: OpenDocument
  /** For amounts of money in the values. */
  readonly currency?: string | undefined
}

/** Who changed what, when and why; newest first, live, with the way back for every field. For every kind of record. */
export function HistoryPanel(props: HistoryPanelProps) {
  return <HistoryOfRecord key={props.openDocument.name} {...props} />
}

function HistoryOfRecord({ openDocument, currency }: HistoryPanelProps) {
  const history = useHistory(openDocument)
  const [filter, setFilter] = useState<HistoryFilter>({ kind: 'all' })
  const { kind } = openDocument
  const read = useCallback((doc: Y.Doc) => readDocument(doc, kind).view, [kind])
  const view = useView(openDocument, read)
  const actions = useLineActions(openDocument, view, history.entries)
  const days = useMemo(() => groupHistory(history.entries, filter), [history.entries, filter])
  const isFiltered = filter.kind !== 'all' || filter.authorId !== undefined
  return (
    <div className="flex max-w-3xl flex-col gap-4">
      <HistoryFilters entries={history.entries} filter={filter} onChange={setFilter} />
      <HistoryNotice history={history} />
      {history.status === 'loading' && <Skeleton label="Loading the history" rows={5} />}
      {history.status === 'ready' && days.length === 0 && (
        <EmptyState
          icon={<HistoryIcon aria-hidden />}
          title={isFiltered ? 'No such changes' : 'No changes yet'}
          action={
            isFiltered ? (
              <Button
                onPress={() => {
                  setFilter({ kind: 'all' })
                }}
              >
                Show all changes
              </Button>
            ) : undefined
          }
        >
          {isFiltered
            ? 'Nothing in the loaded part of the history fits the filter.'
            : 'Changes appear here as soon as the server has them.'}
        </EmptyState>
      )}
      {days.map((day) => (
        <DaySection key={day.day} day={day} view={view} currency={currency} actions={actions} />
      ))}
      {history.next !== undefined && history.status === 'ready' && (
        <Button className="self-start" isDisabled={history.isLoadingMore} onPress={history.loadMore}>
          {history.isLoadingMore ? 'Loading older changes' : 'Show older changes'}
        </Button>
      )}
    </div>
  )
}

function useLineActions(
  openDocument: OpenDocument,
  view: DocumentView,
  entries: History['entries'],
): LineActions {
  const me = useMe()
  const workspace = useWorkspace()
  const { access } = useDocumentState(openDocument)
  const canWrite = me.canWrite && access === 'write'
  return {
    originOf: ({ path, before, seq }) => originOf(entries, { path, value: before, until: seq }),
    canRestore: (line) => canWrite && canRestore(view, line),
    restore: (line) => {
      const undo = restoreLine(openDocument.doc, view, line, () => workspace.now())
      say(`Restored: ${describePath(view, line.path)}`, { label: 'Undo', onAction: undo })
    },
  }
}

function DaySection({
  day,
  ...rest
}: {
  readonly day: HistoryDay
  readonly view: DocumentView
  readonly currency: string | undefined
  readonly actions: LineActions
}) {
  const label = dayLabel(day.day, useNow())
  return (
    <section aria-label={label}>
      <h2 className="num mb-2 text-sm font-medium text-ink-3">{label}</h2>
      <ol className="flex flex-col gap-2">
        {day.bursts.map((burst) => (
          <li key={burst.id}>
            <BurstItem burst={burst} {...rest} />
          </li>
        ))}
      </ol>
    </section>
  )
}

function HistoryFilters({
  entries,
  filter,
  onChange,
}: {
  readonly entries: History['entries']
  readonly filter: HistoryFilter
  readonly onChange: (filter: HistoryFilter) => void
}) {
  const people = useMemo(() => {
    const names = new Map(entries.map(({ author }) => [author.id, author.name]))
    return [...names].map(([id, label]) => ({ id, label })).toSorted((a, b) => a.label.localeCompare(b.label))
  }, [entries])
  return (
    <div className="flex flex-wrap gap-2">
      <Select
        label="Person"
        hideLabel
        className="w-44 max-sm:w-auto max-sm:flex-1"
        choices={[{ id: everybody, label: 'Everybody' }, ...people]}
        value={filter.authorId ?? everybody}
        onChange={(id) => {
          onChange({ ...filter, authorId: id === everybody ? undefined : id })
        }}
      />
      <Select
        label="Kind of change"
        hideLabel
        className="w-44 max-sm:w-auto max-sm:flex-1"
        choices={kinds}
        value={filter.kind}
        onChange={(id) => {
          onChange({ ...filter, kind: id as ChangeKind })
        }}
      />
    </div>
  )
}

function HistoryNotice({ history }: { readonly history: History }) {
  const again = (
    <Button size="sm" onPress={history.refresh}>
      Try again
    </Button>
  )
  if (history.status === 'refused') {
    return (
      <Banner tone="conflict" icon={<OctagonXIcon aria-hidden />} action={again}>
        The server did not hand out the history of this record.
      </Banner>
    )
  }
  if (history.status !== 'offline') return null
  return (
    <Banner tone="attention" icon={<CloudOffIcon aria-hidden />} action={again}>
      {history.entries.length === 0
        ? "You're offline. The history is kept on the server and shows when you reconnect; the record itself is all here."
        : "You're offline. This is the history as it was last loaded; newer changes of others are not in it."}
    </Banner>
  )
}
