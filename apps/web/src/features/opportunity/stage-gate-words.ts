/** What a person reads when a stage needs more than is known about the deal, and while a wish for a stage waits. */
import type { Role } from '@fulqrun/protocol'
import { type GateCriterion, mayOverrideGates, strictestCriteria } from '@fulqrun/rules'
import { type MeddpiccPillarId, meddpiccPillars, type Proposal, type StageId, stages } from '@fulqrun/schema'

export function stageLabel(stage: StageId): string {
  return stages.find(({ value }) => value === stage)?.label ?? stage
}

/** Managers move a deal past a gate for a reason they give (GAT-1); everybody else asks for it. */
export type StageAuthority = 'ask' | 'override'

export function stageAuthority(role: Role): StageAuthority {
  return mayOverrideGates(role) ? 'override' : 'ask'
}

export interface GateWords {
  readonly title: string
  readonly lead: string
  /** On the button. */
  readonly action: string
  readonly reasonHelp: string
  /** When it was done. */
  readonly done: string
}

export function gateWords(to: StageId, missing: number, authority: StageAuthority): GateWords {
  const stage = stageLabel(to)
  const needs = missing === 1 ? 'One thing is' : `${missing} things are`
  const title = `${stage} needs more`
  return authority === 'override'
    ? {
        title,
        lead: `${needs} not known well enough yet. You may move the deal anyway.`,
        action: 'Move anyway',
        reasonHelp: 'Kept in the history beside the move.',
        done: `Moving to ${stage}, with your reason.`,
      }
    : {
        title,
        lead: `${needs} not known well enough yet. Fill in what is missing, or ask your manager.`,
        action: 'Ask for it anyway',
        reasonHelp: 'Shown to your manager, and kept in the history.',
        done: `Asked for ${stage}. Your manager decides.`,
      }
}

export interface MissingWords {
  readonly pillar: MeddpiccPillarId
  /** "Paper process completed". */
  readonly label: string
  /** "Paper process 40, needs 70". */
  readonly detail: string
  readonly score: number
  readonly threshold: number
}

/** What is missing, each pillar once with its highest requirement. */
export function missingWords(unmet: readonly GateCriterion[]): readonly MissingWords[] {
  return strictestCriteria(unmet).map(({ pillar, label, score, threshold }) => ({
    pillar,
    label,
    detail: `${pillarLabel(pillar)} ${score}, needs ${threshold}`,
    score,
    threshold,
  }))
}

/** "The gate to Closed won is not met: Paper process 40, needs 70." Undefined when nothing is missing any more. */
export function gateSentence(to: StageId, unmet: readonly GateCriterion[]): string | undefined {
  const missing = missingWords(unmet)
  if (missing.length === 0) return undefined
  return `The gate to ${stageLabel(to)} is not met: ${missing.map(({ detail }) => detail).join('; ')}.`
}

function pillarLabel(pillar: MeddpiccPillarId): string {
  return meddpiccPillars.find(({ id }) => id === pillar)?.label ?? pillar
}

/** Wishes for another stage that nobody has answered yet, the newest first. */
export function waitingStages(proposals: readonly Proposal[], stage: StageId): readonly Proposal[] {
  return proposals
    .filter(({ path, status, value }) => path === 'fields.stage' && status === 'waiting' && value !== stage)
    .toSorted((a, b) => b.proposedAt - a.proposedAt)
}

export interface WaitingFacts {
  readonly wanted: StageId
  readonly author: string
  readonly isMine: boolean
  readonly authority: StageAuthority
  /** False while this device has changes that the server has not confirmed. */
  readonly isSent: boolean
}

/** "You asked for Key decision. Your manager decides." */
export function waitingStageSentence({ wanted, author, isMine, authority, isSent }: WaitingFacts): string {
  const who = isMine ? 'You' : author
  if (isMine && !isSent) return `You asked for ${stageLabel(wanted)}. It will be sent when you reconnect.`
  const decides = isMine ? 'Your manager decides.' : authority === 'override' ? '' : 'A manager decides.'
  return `${who} asked for ${stageLabel(wanted)}. ${decides}`.trim()
}
