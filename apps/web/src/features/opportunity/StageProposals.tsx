import { unmetCriteria } from '@fulqrun/rules'
import { decideOnProposal, type OpportunityView, type Proposal, readDecisions } from '@fulqrun/schema'
import { useView } from '../../data/view.ts'
import { useDocumentState, useMe, usePersonName, useWorkspace } from '../../data/workspace.tsx'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Banner } from '../../ui/Banner.tsx'
import { Button } from '../../ui/Button.tsx'
import { HourglassIcon } from '../../ui/icons.ts'
import { isStage } from '../pipeline/opportunity-row.ts'
import { AnswerButtons } from './AnswerButtons.tsx'
import { gateSentence, stageAuthority, waitingStages, waitingStageSentence } from './stage-gate-words.ts'

/** Wishes for another stage that wait for an answer, beside the stage that stands. */
export function StageProposals({ view }: { readonly view: OpportunityView }) {
  const waiting = waitingStages(view.proposals, view.fields.stage)
  if (waiting.length === 0) return null
  return (
    <ul aria-label="Asked for" className="flex flex-col gap-1">
      {waiting.map((proposal) => (
        <li key={proposal.id}>
          <StageProposal view={view} proposal={proposal} />
        </li>
      ))}
    </ul>
  )
}

function StageProposal({ view, proposal }: { readonly view: OpportunityView; readonly proposal: Proposal }) {
  const me = useMe()
  const personName = usePersonName()
  const { open, canWrite } = useRecordScope()
  const { pending } = useDocumentState(open)
  const isDecided = useView(open, readDecisions).some(
    (decision) => decision.type === 'proposal' && decision.proposal === proposal.id,
  )
  const isMine = proposal.author === me.user.id
  const facts = { isMine, author: personName(proposal.author), authority: stageAuthority(me.role) }
  const wanted = isStage(proposal.value) ? proposal.value : 'prospecting'
  const why = gateSentence(wanted, unmetCriteria(view, view.fields.stage, wanted))
  return (
    <Banner
      tone="attention"
      icon={<HourglassIcon aria-hidden />}
      action={
        isDecided ? 'Answered on this device.' : canWrite && <Answers proposal={proposal} isMine={isMine} />
      }
    >
      <span className="font-medium">{waitingStageSentence({ ...facts, wanted, isSent: pending === 0 })}</span>
      {why !== undefined && <span> {why}</span>}
      {proposal.reason !== undefined && <span className="wrap-anywhere"> Reason: {proposal.reason}</span>}
    </Banner>
  )
}

/** Its author may take it back; a manager answers, but never themselves. */
function Answers({ proposal, isMine }: { readonly proposal: Proposal; readonly isMine: boolean }) {
  const me = useMe()
  const { open } = useRecordScope()
  const workspace = useWorkspace()
  const decide = (decision: 'approved' | 'rejected' | 'withdrawn', comment?: string) => {
    decideOnProposal(open.doc, proposal.id, decision, { now: workspace.now(), comment })
  }
  if (isMine) {
    return (
      <Button
        size="sm"
        onPress={() => {
          decide('withdrawn')
        }}
      >
        Withdraw
      </Button>
    )
  }
  if (stageAuthority(me.role) === 'ask') return null
  return (
    <span className="flex gap-2">
      <AnswerButtons onAnswer={decide} />
    </span>
  )
}
