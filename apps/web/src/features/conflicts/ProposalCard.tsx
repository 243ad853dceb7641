import { type DocumentView, fieldSpec, type Proposal } from '@fulqrun/schema'
import type { OpenDocument } from '@fulqrun/sync'
import { approvalProblem } from '@fulqrun/rules'
import { useStore } from '../../data/store.ts'
import { useDocumentState, useMe, usePersonName, useWorkspace } from '../../data/workspace.tsx'
import { formatMoment } from '../../fields/format.ts'
import { Avatar } from '../../ui/Avatar.tsx'
import { Badge } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { CheckIcon, HourglassIcon, OctagonXIcon } from '../../ui/icons.ts'
import { useNow } from '../history/use-now.ts'
import { valueAt } from '../history/value-words.ts'
import {
  answeredWords,
  type ProposalWords,
  proposalWords,
  staleWords,
  whoDecides,
} from '../opportunity/proposal-words.ts'
import { AnswerButtons } from '../opportunity/AnswerButtons.tsx'
import { pendingProposalDecision } from './card-state.ts'
import type { RecordFacts } from './marks.ts'
import { useCanWrite } from './use-can-write.ts'
import { useDeciding } from './use-deciding.ts'
import { currencyOf, useValueWords } from './use-value-words.ts'

export interface ProposalCardProps {
  readonly open: OpenDocument
  readonly view: DocumentView
  readonly proposal: Proposal
  readonly decisions: RecordFacts['decisions']
}

interface ProposalText {
  readonly label: string
  readonly author: string
  readonly isMine: boolean
  readonly words: ProposalWords
  /** That the official value has moved on since it was made. */
  readonly stale: string | undefined
}

/** Version of the official values that proposals are made against, where the record counts them. */
function officialVersion(view: DocumentView): number | undefined {
  return view.kind === 'opportunity' ? view.financials.version : undefined
}

function useProposalText({ open, view, proposal, decisions }: ProposalCardProps): ProposalText {
  const me = useMe()
  const personName = usePersonName()
  const { pending } = useDocumentState(open)
  const words = useValueWords(view.kind, currencyOf(view))
  const spec = fieldSpec(view.kind, proposal.path)
  const official = valueAt(view, proposal.path)
  const isMine = proposal.author === me.user.id
  return {
    label: spec?.label ?? proposal.path,
    author: personName(proposal.author),
    isMine,
    words: proposalWords({
      status: proposal.status,
      decidedHere: pendingProposalDecision(proposal, decisions),
      isMine,
      author: personName(proposal.author),
      wanted: words(proposal.path, proposal.value),
      official: words(proposal.path, official),
      decidedBy: proposal.decidedBy === undefined ? undefined : personName(proposal.decidedBy),
      isSent: pending === 0,
    }),
    stale:
      proposal.status === 'waiting'
        ? staleWords({
            baseVersion: proposal.baseVersion,
            version: proposal.path.startsWith('financials.') ? officialVersion(view) : undefined,
            base: proposal.base === undefined ? undefined : words(proposal.path, proposal.base),
            official: words(proposal.path, official),
          })
        : undefined,
  }
}

const icons = {
  attention: <HourglassIcon aria-hidden />,
  good: <CheckIcon aria-hidden />,
  conflict: <OctagonXIcon aria-hidden />,
  neutral: undefined,
}

/** A wanted value for a field that others set: who asks, why, what stands, who decides, and the answer. */
export function ProposalCard(props: ProposalCardProps) {
  const { proposal } = props
  const { label, author, words, stale } = useProposalText(props)
  const now = useNow()
  return (
    <article aria-label={`Proposal for ${label}`} className="flex min-w-0 items-start gap-3">
      <Avatar person={{ id: proposal.author, name: author }} />
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
          <span className="font-medium text-ink">{label}</span>
          <Badge tone={words.tone} icon={icons[words.tone]}>
            {words.state}
          </Badge>
          <span className="num text-ink-3">
            {author}, {formatMoment(proposal.proposedAt, now)}
          </span>
        </div>
        <p className="num text-base text-ink">{words.sentence}</p>
        {stale !== undefined && <p className="num text-sm font-medium text-attention">{stale}</p>}
        {proposal.reason !== undefined && (
          <p className="text-sm wrap-anywhere text-ink-2">Reason: {proposal.reason}</p>
        )}
        {proposal.comment !== undefined && (
          <p className="text-sm wrap-anywhere text-ink-2">Answer: {proposal.comment}</p>
        )}
        <Answers {...props} />
      </div>
    </article>
  )
}

/** Its author withdraws it, or reads the answer; who may decide does; everybody else is told who that is. */
function Answers({ open, view, proposal, decisions }: ProposalCardProps) {
  const me = useMe()
  const canWrite = useCanWrite(open)
  const { policy } = useWorkspace()
  const table = useStore(policy)
  const deciding = useDeciding(open.name)
  const words = useValueWords(view.kind, currencyOf(view))
  if (proposal.status !== 'waiting' || pendingProposalDecision(proposal, decisions) !== undefined) return null
  const isMine = proposal.author === me.user.id
  const problem = approvalProblem(proposal, { id: me.user.id, role: me.role }, table)
  const answer = (decision: 'approved' | 'rejected' | 'withdrawn', comment?: string) => {
    deciding.answer(proposal, decision, {
      said: answeredWords(decision, words(proposal.path, proposal.value)),
      comment,
    })
  }
  if (!canWrite || problem !== undefined) {
    return (
      <>
        <p className="mt-0.5 text-sm text-ink-3">
          {isMine || !canWrite ? whoDecides(proposal, table.settings.approvals) : problem}
        </p>
        {isMine && canWrite && (
          <Button
            size="sm"
            className="mt-2"
            onPress={() => {
              answer('withdrawn')
            }}
          >
            Withdraw
          </Button>
        )}
      </>
    )
  }
  return (
    <div className="mt-2 flex flex-wrap gap-2">
      <AnswerButtons onAnswer={answer} />
    </div>
  )
}
