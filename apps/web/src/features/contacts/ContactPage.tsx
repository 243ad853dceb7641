import { formatDocumentName } from '@fulqrun/protocol'
import { contactName, type ContactView, readContact } from '@fulqrun/schema'
import type { OpenDocument } from '@fulqrun/sync'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useEffect } from 'react'
import type * as Y from 'yjs'
import { useView } from '../../data/view.ts'
import { useDocument, useDocumentState, useMe } from '../../data/workspace.tsx'
import { RecordScope } from '../../fields/record-scope.tsx'
import { NotFoundPage } from '../../frame/NotFoundPage.tsx'
import { isUuid } from '../../frame/record-id.ts'
import { RecordGate } from '../../frame/RecordGate.tsx'
import { Skeleton } from '../../ui/Page.tsx'
import { Tabs } from '../../ui/Tabs.tsx'
import { HistoryPanel } from '../history/HistoryPanel.tsx'
import { RecordNotices } from '../opportunity/RecordNotices.tsx'
import { useFocusWhenCreated } from '../record/just-created.ts'
import { ConsentTab } from './ConsentTab.tsx'
import { ContactActivities } from './ContactActivities.tsx'
import { ContactHeader } from './ContactHeader.tsx'
import { ContactOverview } from './ContactOverview.tsx'
import { parseContactSection } from './contact-sections.ts'
import { unsignedSamples } from './sample-words.ts'
import { SamplesTab } from './SamplesTab.tsx'

const NotesEditor = lazy(async () => {
  const { NotesEditor: component } = await import('../notes/NotesEditor.tsx')
  return { default: component }
})

const route = getRouteApi('/contacts/$id')

const readView = (doc: Y.Doc): ContactView => readContact(doc).view

/** One contact: who they are, how they may be reached, what was agreed, and what happened. */
export function ContactPage() {
  const { id } = route.useParams()
  const me = useMe()
  if (!isUuid(id)) return <NotFoundPage />
  const name = formatDocumentName({ organizationId: me.organization.id, kind: 'contact', id })
  return <OpenContact key={name} name={name} />
}

function OpenContact({ name }: { readonly name: ReturnType<typeof formatDocumentName> }) {
  const open = useDocument(name)
  return (
    <div className="mx-auto w-full max-w-300 px-4 py-4 sm:px-6 sm:py-5">
      {open === undefined ? (
        <Skeleton label="Opening the contact" />
      ) : (
        <RecordGate open={open}>
          <LoadedContact open={open} />
        </RecordGate>
      )}
    </div>
  )
}

function LoadedContact({ open }: { readonly open: OpenDocument }) {
  const { generation } = useDocumentState(open)
  // After a refused edit the document is another one: everything that is bound to it is made anew.
  return <ContactRecord key={generation} open={open} />
}

function ContactRecord({ open }: { readonly open: OpenDocument }) {
  const view = useView(open, readView)
  const { tab } = route.useSearch()
  const navigate = useNavigate()
  const section = parseContactSection(tab)
  const title = contactName(view)
  useFocusWhenCreated(open.name)
  useEffect(() => {
    document.title = `${title} - FulQrun`
  }, [title])
  const select = (id: string) => {
    const next = parseContactSection(id)
    // A rejected navigation is one that another one has overtaken.
    void navigate({ to: '.', search: next === 'overview' ? {} : { tab: next }, replace: true })
  }
  const unsigned = unsignedSamples(view).length
  const planned = view.activities.filter(({ status }) => status === 'pending').length
  return (
    <RecordScope open={open} section={section}>
      <nav aria-label="Where this is" className="text-sm text-ink-3">
        <Link to="/contacts" className="rounded-sm hover:text-ink hover:underline">
          Contacts
        </Link>
      </nav>
      <ContactHeader view={view} onSelect={select} />
      <RecordNotices view={view} />
      <Tabs
        label={`Parts of ${title}`}
        selected={section}
        onSelect={select}
        tabs={[
          {
            id: 'overview',
            label: 'Overview',
            content: (
              <ContactOverview
                view={view}
                onOpenConsent={() => {
                  select('consent')
                }}
              />
            ),
          },
          { id: 'consent', label: 'Consent', content: <ConsentTab view={view} /> },
          {
            id: 'samples',
            label: 'Samples',
            badge: unsigned > 0 && (
              <span className="num relative rounded-sm bg-attention-soft px-1 text-xs text-attention">
                {unsigned}
                <span className="sr-only"> not signed</span>
              </span>
            ),
            content: <SamplesTab view={view} />,
          },
          {
            id: 'activities',
            label: 'Activities',
            badge: planned > 0 && (
              <span className="num relative rounded-sm bg-sunken px-1 text-xs text-ink-2">
                {planned}
                <span className="sr-only"> planned</span>
              </span>
            ),
            content: <ContactActivities activities={view.activities} attachments={view.attachments} />,
          },
          {
            id: 'notes',
            label: 'Notes',
            content: (
              <Suspense fallback={<Skeleton label="Opening the notes" rows={4} />}>
                <NotesEditor openDocument={open} label={`Notes on ${title}`} />
              </Suspense>
            ),
          },
          { id: 'history', label: 'History', content: <HistoryPanel openDocument={open} /> },
        ]}
      />
    </RecordScope>
  )
}
