import type { Proposal } from '@fulqrun/schema'

export interface ProposalGroups {
  /** Waiting ones by the field that they are about, the group with the oldest one first. */
  readonly waiting: readonly { readonly path: string; readonly proposals: readonly Proposal[] }[]
  /** The latest decision first. */
  readonly decided: readonly Proposal[]
}

/** `proposals` are oldest first. */
export function groupProposals(proposals: readonly Proposal[]): ProposalGroups {
  const waiting = new Map<string, Proposal[]>()
  for (const proposal of proposals) {
    if (proposal.status !== 'waiting') continue
    const group = waiting.get(proposal.path)
    if (group === undefined) waiting.set(proposal.path, [proposal])
    else group.push(proposal)
  }
  const decided = proposals
    .filter(({ status }) => status !== 'waiting')
    .toSorted((a, b) => (b.decidedAt ?? b.proposedAt) - (a.decidedAt ?? a.proposedAt))
  return { waiting: [...waiting].map(([path, members]) => ({ path, proposals: members })), decided }
}
