import { fieldSpec, type OpportunityView, type Proposal } from '@fulqrun/schema'
import { useNow } from '../history/use-now.ts'
import { useState } from 'react'
import { useDocumentState, useMe, usePersonName } from '../../data/workspace.tsx'
import { formatMoment } from '../../fields/format.ts'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Avatar } from '../../ui/Avatar.tsx'
import { Badge } from '../../ui/Badge.tsx'
import { Banner } from '../../ui/Banner.tsx'
import { Button } from '../../ui/Button.tsx'
import { AlertTriangleIcon } from '../../ui/icons.ts'
import { Section } from '../../ui/Section.tsx'
import { say } from '../../ui/Toaster.tsx'
import { valueAt, valueWords } from '../history/value-words.ts'
import { answerProblem, decideProposal } from './financials-api.ts'
import { mayDecide, proposalWords } from './proposal-words.ts'
import { RejectDialog } from './RejectDialog.tsx'

/** Waiting ones first, then the latest decision first. */
function inOrder(proposals: readonly Proposal[]): readonly Proposal[] {
  const rank = (proposal: Proposal) => (proposal.status === 'waiting' ? 0 : 1)
  return proposals.toSorted(
    (a, b) => rank(a) - rank(b) || (b.decidedAt ?? b.proposedAt) - (a.decidedAt ?? a.proposedAt),
  )
}

const shownProposals = 8

export function ProposalList({ view }: { readonly view: OpportunityView }) {
  const [isOpen, setOpen] = useState(false)
  const ordered = inOrder(view.proposals)
  const shown = isOpen ? ordered : ordered.slice(0, shownProposals)
  return (
    <Section title="Proposals" meta={ordered.length === 0 ? undefined : ordered.length}>
      {ordered.length === 0 ? (
        <p className="text-sm text-ink-3">
          Nobody has proposed another value. Use Propose beside an official value when it should change.
        </p>
      ) : (
        <ul className="flex flex-col divide-y divide-line">
          {shown.map((proposal) => (
            <li key={proposal.id} className="py-3 first:pt-0 last:pb-0">
              <ProposalItem proposal={proposal} view={view} />
            </li>
          ))}
        </ul>
      )}
      {ordered.length > shownProposals && !isOpen && (
        <Button
          className="mt-2"
          onPress={() => {
            setOpen(true)
          }}
        >
          Show all {ordered.length}
        </Button>
      )}
    </Section>
  )
}

function useProposalWords(proposal: Proposal, view: OpportunityView) {
  const me = useMe()
  const personName = usePersonName()
  const { open } = useRecordScope()
  const { pending } = useDocumentState(open)
  const spec = fieldSpec('opportunity', proposal.path)
  const words = (value: unknown) =>
    valueWords(value, spec, { personName, currency: view.financials.currency })
  return {
    label: spec?.label ?? proposal.path,
    author: personName(proposal.author),
    isMine: proposal.author === me.user.id,
    words: proposalWords({
      status: proposal.status,
      isMine: proposal.author === me.user.id,
      author: personName(proposal.author),
      wanted: words(proposal.value),
      official: words(valueAt(view, proposal.path)),
      decidedBy: proposal.decidedBy === undefined ? undefined : personName(proposal.decidedBy),
      isSent: pending === 0,
    }),
  }
}

function ProposalItem({ proposal, view }: { readonly proposal: Proposal; readonly view: OpportunityView }) {
  const { label, author, isMine, words } = useProposalWords(proposal, view)
  const now = useNow()
  return (
    <div className="flex items-start gap-3">
      <Avatar person={{ id: proposal.author, name: author }} />
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
          <span className="font-medium text-ink">{label}</span>
          <Badge tone={words.tone}>{words.state}</Badge>
          <span className="num text-ink-3">
            {author}, {formatMoment(proposal.proposedAt, now)}
          </span>
        </div>
        <p className="num text-base text-ink">{words.sentence}</p>
        {proposal.reason !== undefined && (
          <p className="text-sm wrap-anywhere text-ink-2">Reason: {proposal.reason}</p>
        )}
        {proposal.comment !== undefined && (
          <p className="text-sm wrap-anywhere text-ink-2">Answer: {proposal.comment}</p>
        )}
        {proposal.status === 'waiting' && <Decision proposal={proposal} isMine={isMine} />}
      </div>
    </div>
  )
}

function Decision({ proposal, isMine }: { readonly proposal: Proposal; readonly isMine: boolean }) {
  const me = useMe()
  const { open, canWrite } = useRecordScope()
  const [problem, setProblem] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const [isRejecting, setRejecting] = useState(false)
  if (!canWrite) return null
  const decide = async (decision: 'approved' | 'rejected' | 'withdrawn', comment?: string) => {
    setBusy(true)
    const answer = await decideProposal(open.name, proposal.id, {
      decision,
      ...(comment === undefined || comment === '' ? {} : { comment }),
    })
    setBusy(false)
    const failure = answerProblem(answer)
    setProblem(failure)
    if (failure === undefined) say(decidedWords[decision])
  }
  return (
    <>
      <div className="mt-2 flex flex-wrap gap-2">
        {/* Nobody decides about their own proposal; the server would refuse it. */}
        {mayDecide(me.role) && !isMine && (
          <>
            <Button size="sm" variant="primary" isDisabled={isBusy} onPress={() => void decide('approved')}>
              Approve
            </Button>
            <Button
              size="sm"
              isDisabled={isBusy}
              onPress={() => {
                setRejecting(true)
              }}
            >
              Reject
            </Button>
          </>
        )}
        {isMine && (
          <Button size="sm" isDisabled={isBusy} onPress={() => void decide('withdrawn')}>
            Withdraw
          </Button>
        )}
      </div>
      {problem !== undefined && (
        <div role="alert" className="mt-2">
          <Banner tone="attention" icon={<AlertTriangleIcon aria-hidden />}>
            {problem}
          </Banner>
        </div>
      )}
      {isRejecting && (
        <RejectDialog
          onReject={(comment) => void decide('rejected', comment)}
          onClose={() => {
            setRejecting(false)
          }}
        />
      )}
    </>
  )
}

const decidedWords = {
  approved: 'Approved. It is the official value now.',
  rejected: 'Rejected. The official value stays.',
  withdrawn: 'Withdrawn.',
} as const
