/** What a proposal says about itself, in the words of UX 4.2. Values come formatted; names come resolved. */
import type { Role } from '@fulqrun/protocol'
import type { ProposalStatus } from '@fulqrun/schema'

export interface ProposalFacts {
  readonly status: ProposalStatus
  readonly isMine: boolean
  readonly author: string
  /** The wanted value and the official one of now, formatted. */
  readonly wanted: string
  readonly official: string
  readonly decidedBy?: string | undefined
  /** False while this device has changes that the server has not confirmed. */
  readonly isSent: boolean
}

export interface ProposalWords {
  /** One or two words for the badge. */
  readonly state: string
  readonly sentence: string
  readonly tone: 'attention' | 'good' | 'conflict' | 'neutral'
}

function waitingWords({ isMine, author, wanted, official, isSent }: ProposalFacts): ProposalWords {
  const whose = isMine ? 'Your proposal' : `Proposal of ${author}:`
  const sentence = `${whose} ${wanted} - official ${official} until approved`
  return isMine && !isSent
    ? {
        state: 'Not sent yet',
        sentence: `${sentence}. It will be sent when you reconnect.`,
        tone: 'attention',
      }
    : { state: 'Waiting', sentence, tone: 'attention' }
}

export function proposalWords(facts: ProposalFacts): ProposalWords {
  const { wanted, official, decidedBy } = facts
  const by = decidedBy === undefined ? '' : ` by ${decidedBy}`
  switch (facts.status) {
    case 'waiting':
      return waitingWords(facts)
    case 'approved':
      return {
        state: 'Approved',
        sentence:
          wanted === official
            ? `Approved${by}: ${wanted} is official`
            : `Approved${by} as ${wanted}; the official value has changed to ${official} since`,
        tone: 'good',
      }
    case 'rejected':
      return {
        state: 'Not approved',
        sentence: `Not approved${by}: ${official} stays`,
        tone: 'conflict',
      }
    case 'withdrawn':
      return { state: 'Withdrawn', sentence: `${wanted} was withdrawn`, tone: 'neutral' }
    default:
      return { state: 'Replaced', sentence: `${wanted} was replaced by a newer value`, tone: 'neutral' }
  }
}

/** Who may turn a proposal into the official value (DOMAIN section 7; the server checks again). */
export function mayDecide(role: Role): boolean {
  return role === 'finance' || role === 'manager'
}

/** Who may set official values directly. */
export function maySetOfficial(role: Role): boolean {
  return role === 'finance'
}
