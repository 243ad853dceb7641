import {
  type MeddpiccPillarId,
  meddpiccPillars,
  type OpportunityView,
  scoreMeddpicc,
  type StageId,
  stages,
} from '@fulqrun/schema'

/**
 * The gates of the PEAK process (DOMAIN 1.2): what has to be known about a deal before it counts as being in a stage.
 * Data and pure functions; admission enforces them (GAT-1), screens ask them before a move. Rules GAT-2 to GAT-5.
 *
 *     prospecting -> engaging -> advancing -> key_decision -> closed_won
 *                 gate        gate         gate            all three
 */

/** A gate has the name of the stage that it lets into. */
export type GateId = Extract<StageId, 'engaging' | 'advancing' | 'key_decision'>

interface GateRequirement {
  readonly gate: GateId
  /** What has to be so, as in "Champion identified". */
  readonly label: string
  readonly pillar: MeddpiccPillarId
  /** Score of the pillar from which the requirement is met, 0 to 100. */
  readonly threshold: number
}

/** A requirement that is not met. */
export interface GateCriterion extends GateRequirement {
  /** Score of the pillar as it is, 0 to 100. */
  readonly score: number
}

function gate(id: GateId, ...rows: readonly (readonly [string, MeddpiccPillarId, number])[]) {
  return rows.map(([label, pillar, threshold]): GateRequirement => ({ gate: id, label, pillar, threshold }))
}

/** In the order in which a deal passes them. */
export const stageGates: readonly GateRequirement[] = [
  ...gate(
    'engaging',
    ['Pain identified', 'identifyPain', 50],
    ['Champion identified', 'champion', 50],
    ['Budget confirmed', 'economicBuyer', 50],
  ),
  ...gate(
    'advancing',
    ['Economic buyer engaged', 'economicBuyer', 70],
    ['Decision criteria established', 'decisionCriteria', 60],
    ['Decision process mapped', 'decisionProcess', 60],
  ),
  ...gate(
    'key_decision',
    ['Paper process completed', 'paperProcess', 70],
    ['Competition neutralized', 'competition', 70],
    ['Champion committed', 'champion', 80],
  ),
]

/** Gates on the way from the start to a stage. */
const gatesUpTo: Readonly<Record<StageId, readonly GateId[]>> = {
  prospecting: [],
  engaging: ['engaging'],
  advancing: ['engaging', 'advancing'],
  key_decision: ['engaging', 'advancing', 'key_decision'],
  closed_won: ['engaging', 'advancing', 'key_decision'],
  closed_lost: [],
}

/** Gates that the deal is behind already. A closed deal is behind none: whoever opens it again starts over. */
function gatesBehind(from: StageId): readonly GateId[] {
  return stages.some(({ value, open }) => value === from && open) ? gatesUpTo[from] : []
}

/**
 * Gates that a move has to pass: every one between two open stages (none on the way back), all of them for a won deal,
 * none for a lost one, and for a closed deal that opens again all up to its stage. A new record moves from
 * `prospecting`. What is no stage has no gates: that such a value cannot stand is another rule (ADM-6).
 */
export function gatesOfMove(from: StageId, to: StageId): readonly GateId[] {
  if (from === to || !Object.hasOwn(gatesUpTo, to)) return []
  if (to === 'closed_won') return gatesUpTo.closed_won
  const behind = gatesBehind(from)
  return gatesUpTo[to].filter((id) => !behind.includes(id))
}

/**
 * What is missing for a move, in the order of the gates; empty when the move may be made. One pillar may be missing
 * twice, once per gate. Costs one scoring of the view; never throws, whatever the view or the stages hold.
 */
export function unmetCriteria(
  view: Pick<OpportunityView, 'fields' | 'texts'>,
  from: StageId,
  to: StageId,
): readonly GateCriterion[] {
  const gates = gatesOfMove(from, to)
  if (gates.length === 0) return []
  const scores = new Map(scoreMeddpicc(view).pillars.map(({ id, score }) => [id, score]))
  return stageGates
    .filter((requirement) => gates.includes(requirement.gate))
    .map((requirement) => ({ ...requirement, score: scores.get(requirement.pillar) ?? 0 }))
    .filter(({ score, threshold }) => score < threshold)
}

/** Of two requirements for one pillar the higher one, since meeting it meets both; in the order of the method. */
export function strictestCriteria(unmet: readonly GateCriterion[]): readonly GateCriterion[] {
  return meddpiccPillars.flatMap(({ id }) => {
    const ofPillar = unmet.filter(({ pillar }) => pillar === id)
    return ofPillar.toSorted((a, b) => b.threshold - a.threshold).slice(0, 1)
  })
}

/** One sentence for a person: "Key decision needs: paper process at 70 (now 40) and champion at 80 (now 60)." */
export function gateSentence(to: StageId, unmet: readonly GateCriterion[]): string {
  const stage = stages.find(({ value }) => value === to)?.label ?? to
  const needs = strictestCriteria(unmet).map(
    ({ pillar, threshold, score }) => `${pillarWords(pillar)} at ${threshold} (now ${score})`,
  )
  if (needs.length === 0) return `${stage} needs nothing more.`
  return `${stage} needs: ${[needs.slice(0, -1).join(', '), ...needs.slice(-1)].filter(Boolean).join(' and ')}.`
}

function pillarWords(pillar: MeddpiccPillarId): string {
  return (meddpiccPillars.find(({ id }) => id === pillar)?.label ?? pillar).toLowerCase()
}
