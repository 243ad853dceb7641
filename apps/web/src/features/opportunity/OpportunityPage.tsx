import type { DocumentName } from '@fulqrun/protocol'
import { type OpportunityView, readOpportunity } from '@fulqrun/schema'
import type { OpenDocument } from '@fulqrun/sync'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useCallback, useEffect } from 'react'
import type * as Y from 'yjs'
import { useView } from '../../data/view.ts'
import { useDocument, useDocumentState } from '../../data/workspace.tsx'
import { RecordScope } from '../../fields/record-scope.tsx'
import { RecordGate } from '../../frame/RecordGate.tsx'
import { Skeleton } from '../../ui/Page.tsx'
import { Tabs } from '../../ui/Tabs.tsx'
import { HistoryPanel } from '../history/HistoryPanel.tsx'
import { useFocusWhenCreated } from '../record/just-created.ts'
import { ActivitiesTab } from './ActivitiesTab.tsx'
import { FinancialsTab } from './FinancialsTab.tsx'
import { MeddpiccTab } from './MeddpiccTab.tsx'
import { OverviewTab } from './OverviewTab.tsx'
import { RecordHeader } from './RecordHeader.tsx'
import { RecordNotices } from './RecordNotices.tsx'
import { parseSection, type SectionId, sectionLabel, sections } from './sections.ts'

const NotesEditor = lazy(async () => {
  const { NotesEditor: component } = await import('../notes/NotesEditor.tsx')
  return { default: component }
})

const readView = (doc: Y.Doc): OpportunityView => readOpportunity(doc).view

/** One opportunity: its page bar, what needs attention, and six tabs. Everything but the history works offline. */
export function OpportunityPage({ name }: { readonly name: DocumentName }) {
  const open = useDocument(name)
  return (
    <div className="mx-auto w-full max-w-300 px-4 py-4 sm:px-6 sm:py-5">
      {open === undefined ? <Skeleton label="Opening the record" rows={8} /> : <LoadedPage open={open} />}
    </div>
  )
}

function LoadedPage({ open }: { readonly open: OpenDocument }) {
  const { generation } = useDocumentState(open)
  return (
    <RecordGate open={open}>
      {/* After a refused edit the document is another one: everything that is bound to it is made anew. */}
      <RecordPage key={generation} open={open} />
    </RecordGate>
  )
}

function useSection(): [SectionId, (id: string) => void] {
  const search: Readonly<Record<string, unknown>> = useSearch({ strict: false })
  const navigate = useNavigate()
  const select = useCallback(
    (id: string) => {
      const tab = parseSection(id)
      // A rejected navigation is one that another one has overtaken.
      void navigate({ to: '.', search: { tab: tab === 'overview' ? undefined : tab }, replace: true })
    },
    [navigate],
  )
  return [parseSection(search['tab']), select]
}

function RecordPage({ open }: { readonly open: OpenDocument }) {
  const view = useView(open, readView)
  const [section, select] = useSection()
  const title = view.fields.name || 'Untitled opportunity'
  useFocusWhenCreated(open.name)
  useEffect(() => {
    document.title = `${title} - FulQrun`
  }, [title])
  const contents: Record<SectionId, ReactNode> = {
    overview: <OverviewTab view={view} onSelect={select} />,
    meddpicc: <MeddpiccTab view={view} />,
    notes: (
      <Suspense fallback={<Skeleton label="Opening the notes" rows={4} />}>
        <NotesEditor openDocument={open} label={`Notes on ${title}`} />
      </Suspense>
    ),
    financials: <FinancialsTab view={view} />,
    activities: <ActivitiesTab view={view} />,
    history: <HistoryPanel openDocument={open} currency={view.financials.currency} />,
  }
  return (
    <RecordScope open={open} section={section} currency={view.financials.currency}>
      <RecordHeader view={view} onSelect={select} />
      <RecordNotices view={view} />
      <Tabs
        label={`Parts of ${title}`}
        selected={section}
        onSelect={select}
        tabs={sections.map(({ id }) => ({
          id,
          label: sectionLabel(id),
          badge: <TabBadge section={id} view={view} />,
          content: contents[id],
        }))}
      />
    </RecordScope>
  )
}

function TabBadge({ section, view }: { readonly section: SectionId; readonly view: OpportunityView }) {
  // A wish for a stage is shown at the stages, not in this tab.
  const waiting = view.proposals.filter(
    ({ status, path }) => status === 'waiting' && path !== 'fields.stage',
  ).length
  const planned = view.activities.filter(({ status }) => status === 'pending').length
  const count = section === 'financials' ? waiting : section === 'activities' ? planned : 0
  if (count === 0) return null
  const words = section === 'financials' ? 'waiting' : 'planned'
  return (
    <span className="num relative rounded-sm bg-sunken px-1 text-xs text-ink-2">
      {count}
      <span className="sr-only"> {words}</span>
    </span>
  )
}
