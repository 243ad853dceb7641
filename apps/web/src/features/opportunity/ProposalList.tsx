import type { OpportunityView, Proposal } from '@fulqrun/schema'
import { useState } from 'react'
import { useRecordScope } from '../../fields/record-scope.tsx'
import { Button } from '../../ui/Button.tsx'
import { Section } from '../../ui/Section.tsx'
import { ProposalCard } from '../conflicts/ProposalCard.tsx'
import { useRecordMarks } from '../conflicts/record-marks.tsx'
import { groupProposals } from './proposal-groups.ts'

const shownDecided = 8

/** What people want official values to be: side by side where several wait for one field, then what was decided. */
export function ProposalList({ view }: { readonly view: OpportunityView }) {
  const [isOpen, setOpen] = useState(false)
  const { waiting, decided } = groupProposals(view.proposals)
  const shown = isOpen ? decided : decided.slice(0, shownDecided)
  const count = view.proposals.length
  return (
    <Section title="Proposals" meta={count === 0 ? undefined : count}>
      {count === 0 ? (
        <p className="text-sm text-ink-3">
          Nobody has proposed another value. Use Propose beside an official value when it should change.
        </p>
      ) : (
        <ul className="flex flex-col divide-y divide-line">
          {waiting.map((group) => (
            <li key={group.path} className="py-3 first:pt-0 last:pb-0">
              <WaitingGroup view={view} proposals={group.proposals} />
            </li>
          ))}
          {shown.map((proposal) => (
            <li key={proposal.id} className="py-3 first:pt-0 last:pb-0">
              <Item view={view} proposal={proposal} />
            </li>
          ))}
        </ul>
      )}
      {decided.length > shownDecided && !isOpen && (
        <Button
          className="mt-2"
          onPress={() => {
            setOpen(true)
          }}
        >
          Show all {count}
        </Button>
      )}
    </Section>
  )
}

/** Several wishes for one value: whoever decides sees them beside each other and approves one. */
function WaitingGroup({
  view,
  proposals,
}: {
  readonly view: OpportunityView
  readonly proposals: readonly Proposal[]
}) {
  const [first] = proposals
  if (first === undefined) return null
  if (proposals.length === 1) return <Item view={view} proposal={first} />
  return (
    <>
      <p className="mb-2 text-sm text-ink-2">
        {proposals.length} people want another value here. Approving one leaves the others to be answered.
      </p>
      <ul className="grid gap-2 sm:grid-cols-2">
        {proposals.map((proposal) => (
          <li key={proposal.id} className="min-w-0 rounded-md border border-line p-3">
            <Item view={view} proposal={proposal} />
          </li>
        ))}
      </ul>
    </>
  )
}

function Item({ view, proposal }: { readonly view: OpportunityView; readonly proposal: Proposal }) {
  const { open } = useRecordScope()
  const { facts } = useRecordMarks()
  return <ProposalCard open={open} view={view} proposal={proposal} decisions={facts.decisions} />
}
