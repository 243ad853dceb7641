import { conflictLabel } from '../conflicts/conflict-label.ts'
import { parseDocumentName } from '@fulqrun/protocol'
import type { DocumentView, Proposal } from '@fulqrun/schema'
import type { OpenDocument } from '@fulqrun/sync'
import { Link } from '@tanstack/react-router'
import { useStore } from '../../data/store.ts'
import { useDocument, useDocumentState, useWorkspace } from '../../data/workspace.tsx'
import { RecordGate } from '../../frame/RecordGate.tsx'
import { Button } from '../../ui/Button.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ArrowRightIcon, CircleCheckIcon } from '../../ui/icons.ts'
import { Skeleton } from '../../ui/Page.tsx'
import { buildCard, choiceOfKey } from '../conflicts/card.ts'
import { isReadHere, isUnread, stateOf } from '../conflicts/card-state.ts'
import { chosenWords } from '../conflicts/conflict-words.ts'
import { DecisionCard } from '../conflicts/DecisionCard.tsx'
import { ProposalCard } from '../conflicts/ProposalCard.tsx'
import { KeepAllTheirs } from '../conflicts/KeepAllTheirs.tsx'
import { useCanWrite } from '../conflicts/use-can-write.ts'
import { useCardContext } from '../conflicts/use-card-context.ts'
import { useDeciding } from '../conflicts/use-deciding.ts'
import { useDocumentView } from '../conflicts/use-document-view.ts'
import { useRecordFacts } from '../conflicts/use-record-facts.ts'
import { currencyOf, useValueWords } from '../conflicts/use-value-words.ts'
import { RefusedDraft } from '../opportunity/RefusedDraft.tsx'
import type { InboxItem } from './inbox-items.ts'
import { useInboxKeys } from './use-inbox-keys.ts'

export interface InboxDetailProps {
  readonly item: InboxItem
  readonly hasKeys: boolean
}

/** The chosen item with its record opened, from this device or from the server. */
export function InboxDetail({ item, hasKeys }: InboxDetailProps) {
  return (
    <div className="flex flex-col gap-3 rounded-lg border border-line bg-surface p-4">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line pb-2">
        <h2 className="min-w-0 flex-1 basis-48 text-base font-semibold text-ink">{item.title}</h2>
        <RecordLink item={item} />
      </header>
      {item.type === 'refused' ? (
        <RefusedItem item={item} />
      ) : (
        <OpenItem key={item.document} item={item} hasKeys={hasKeys} />
      )}
    </div>
  )
}

const linkClass =
  'inline-flex min-h-6 items-center gap-1 rounded-sm text-sm text-accent-ink hover:underline touch:min-h-11'

function RecordLink({ item }: { readonly item: InboxItem }) {
  const id = parseDocumentName(item.document)?.id ?? ''
  const words = (
    <>
      Open the record
      <ArrowRightIcon aria-hidden className="size-3.5" />
    </>
  )
  switch (item.kind) {
    case 'opportunity':
      return (
        <Link to="/opportunities/$id" params={{ id }} className={linkClass}>
          {words}
        </Link>
      )
    case 'contact':
      return (
        <Link to="/contacts/$id" params={{ id }} className={linkClass}>
          {words}
        </Link>
      )
    case 'kpi':
      return (
        <Link to="/kpis" className={linkClass}>
          {words}
        </Link>
      )
  }
}

function RefusedItem({ item }: { readonly item: InboxItem }) {
  const workspace = useWorkspace()
  const edit = useStore(workspace.refused).find(({ id }) => id === item.id)
  return edit === undefined ? <Settled /> : <RefusedDraft edit={edit} />
}

function OpenItem({ item, hasKeys }: InboxDetailProps) {
  const open = useDocument(item.document)
  if (open === undefined) return <Skeleton rows={3} label="Opening the record" />
  return (
    <RecordGate open={open} hasHeading>
      <LoadedItem open={open} item={item} hasKeys={hasKeys} />
    </RecordGate>
  )
}

interface LoadedItemProps extends InboxDetailProps {
  readonly open: OpenDocument
}

function LoadedItem(props: LoadedItemProps) {
  const { generation } = useDocumentState(props.open)
  // After a refused edit the document is another one.
  return <ItemContent key={generation} {...props} />
}

function ItemContent({ open, item, hasKeys }: LoadedItemProps) {
  const view = useDocumentView(open)
  return item.type === 'proposal' ? (
    <ProposalItem open={open} view={view} item={item} />
  ) : (
    <ConflictItem open={open} view={view} item={item} hasKeys={hasKeys} />
  )
}

interface ViewProps {
  readonly open: OpenDocument
  readonly view: DocumentView
  readonly item: InboxItem
}

function Settled() {
  return (
    <EmptyState icon={<CircleCheckIcon aria-hidden />} title="Settled meanwhile">
      This does not wait any more. The history of the record says what became of it.
    </EmptyState>
  )
}

function ConflictItem({ open, view, item, hasKeys }: ViewProps & { readonly hasKeys: boolean }) {
  const facts = useRecordFacts(open)
  const { conflicts, decisions } = facts
  const conflict = conflicts.find(({ id }) => id === item.id)
  const context = useCardContext()
  const canWrite = useCanWrite(open)
  const deciding = useDeciding(open.name)
  const words = useValueWords(view.kind, currencyOf(view))
  useInboxKeys(hasKeys && canWrite && conflict !== undefined, (action) => {
    if (action.type !== 'choose' || conflict === undefined) return false
    const isWaiting =
      stateOf(conflict, decisions).type === 'open' || isUnread(conflict, context.userId, decisions)
    const card = buildCard(conflict, context)
    const choice = choiceOfKey(card, action.digit)
    if (choice === undefined || !isWaiting) return false
    const label = conflictLabel(view, conflict)
    if (choice === 'both') deciding.both(conflict, `${label}: kept both`)
    else {
      const value = card.kind === 'field' ? words(conflict.path, choice.value) : ''
      deciding.choose(conflict, choice.id, chosenWords(label, choice, value))
    }
    return true
  })
  if (conflict === undefined) return <Settled />
  const waiting = conflicts.filter((other) => stateOf(other, decisions).type === 'open')
  return (
    <>
      <DecisionCard open={open} view={view} conflict={conflict} decisions={decisions} hasKeys={hasKeys} />
      {item.tab === 'conflicts' && (
        <footer className="flex empty:hidden">
          <KeepAllTheirs open={open} conflicts={waiting} />
        </footer>
      )}
    </>
  )
}

function ProposalItem({ open, view, item }: ViewProps) {
  const { proposals, decisions } = useRecordFacts(open)
  const deciding = useDeciding(open.name)
  const canWrite = useCanWrite(open)
  const proposal = proposals.find(({ id }) => id === item.id)
  if (proposal === undefined) return <Settled />
  const others = proposals.filter((other) => isRival(other, proposal))
  const isNews = item.tab === 'outcomes' && proposal.accepted !== true && !isReadHere(proposal.id, decisions)
  return (
    <>
      <ProposalCard open={open} view={view} proposal={proposal} decisions={decisions} />
      {isNews && canWrite && (
        <Button
          variant="primary"
          className="self-start"
          onPress={() => {
            deciding.accept(proposal.id)
          }}
        >
          OK
        </Button>
      )}
      {others.length > 0 && (
        <section aria-label="Also wanted" className="border-t border-line pt-3">
          <h3 className="mb-2 text-sm font-medium text-ink-2">Also wanted for the same field</h3>
          <ul className="grid gap-2 xl:grid-cols-2">
            {others.map((other) => (
              <li key={other.id} className="rounded-md border border-line p-3">
                <ProposalCard open={open} view={view} proposal={other} decisions={decisions} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

/** Another wish for the same field that waits as well. */
function isRival(other: Proposal, { id, path, status }: Proposal): boolean {
  return status === 'waiting' && other.status === 'waiting' && other.path === path && other.id !== id
}
