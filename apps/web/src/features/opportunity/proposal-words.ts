/** What a proposal says about itself, in the words of UX 4.2. Values come formatted; names come resolved. */
import type { Role } from '@fulqrun/protocol'
import type { ApprovalLimits } from '@fulqrun/rules'
import type { Proposal, ProposalStatus } from '@fulqrun/schema'
import { formatNumber } from '../../fields/format.ts'

export interface ProposalFacts {
  readonly status: ProposalStatus
  /** What was decided on this device and waits to be sent. */
  readonly decidedHere?: 'approved' | 'rejected' | 'withdrawn' | undefined
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

const decidedHereWords = { approved: 'approved', rejected: 'rejected', withdrawn: 'withdrew' } as const

function decidedHereWordsOf(
  decision: 'approved' | 'rejected' | 'withdrawn',
  { wanted, official }: ProposalFacts,
): ProposalWords {
  const sentence = `You ${decidedHereWords[decision]} ${wanted}. ${official} is official until it is sent.`
  return { state: 'Decided, waiting to send', sentence, tone: 'attention' }
}

export function proposalWords(facts: ProposalFacts): ProposalWords {
  const { wanted, official, decidedBy, decidedHere } = facts
  const by = decidedBy === undefined ? '' : ` by ${decidedBy}`
  if (facts.status === 'waiting' && decidedHere !== undefined) return decidedHereWordsOf(decidedHere, facts)
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
      return {
        state: 'Replaced',
        sentence: `${wanted} was replaced by a newer proposal of the same person`,
        tone: 'neutral',
      }
  }
}

export interface StaleFacts {
  /** Version of the official values that the author saw, and the one of now; where the record counts them. */
  readonly baseVersion: number | undefined
  readonly version: number | undefined
  /** The official value that the author saw, and the one of now, formatted. */
  readonly base: string | undefined
  readonly official: string
}

/** That the official value has moved on since the proposal was made; undefined when it has not. */
export function staleWords({ baseVersion, version, base, official }: StaleFacts): string | undefined {
  if (base !== undefined && base !== official) {
    const made =
      baseVersion === undefined
        ? `Made when ${base} was official`
        : `Made against version ${baseVersion} (${base})`
    return version === undefined || version === baseVersion
      ? `${made}; it is ${official} now`
      : `${made}; official is now version ${version} (${official})`
  }
  return undefined
}

/** Who may turn a proposal into the official value, in one sentence for those who may not. */
export function whoDecides(
  { path }: Pick<Proposal, 'path'>,
  { managerMaxAmount, managerMaxDiscount }: ApprovalLimits,
): string {
  if (path === 'fields.stage') return 'A manager decides.'
  if (path === 'financials.amount')
    return `Finance decides, or a manager up to ${formatNumber(managerMaxAmount)}.`
  if (path === 'financials.discount')
    return `Finance decides, or a manager up to ${formatNumber(managerMaxDiscount)} %.`
  return 'Finance or a manager decides.'
}

const answered = {
  approved: (value: string) => `Approved ${value}`,
  rejected: (value: string) => `Rejected ${value}. The official value stays.`,
  withdrawn: (value: string) => `Withdrew ${value}`,
} as const

/** What the toast says after an answer. */
export function answeredWords(decision: keyof typeof answered, wanted: string): string {
  return answered[decision](wanted)
}

/** Who may set official values directly. */
export function maySetOfficial(role: Role): boolean {
  return role === 'finance'
}
