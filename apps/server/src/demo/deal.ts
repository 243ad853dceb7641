import type { StageId } from '@fulqrun/schema'
import type { AuthorId } from './authors.ts'
import type { Calendar } from './calendar.ts'
import { type Hcp, hcpAt } from './hcps.ts'
import { type Hospital, hospitalOf } from './hospitals.ts'
import { allPlans, type OpportunityPlan } from './opportunity-plans.ts'
import { type Product, products } from './products.ts'
import { type Random, randomFor } from './random.ts'
import { recordId } from './record-id.ts'

/** A planned opportunity with everything that its story, its texts and its notes refer to. */
export interface Deal {
  readonly plan: OpportunityPlan
  readonly id: string
  readonly name: string
  readonly organizationId: string
  readonly hospital: Hospital
  readonly product: Product
  readonly owner: AuthorId
  /** The colleague who works on it too. */
  readonly partner: AuthorId
  /** Who sets its official values. */
  readonly finance: AuthorId
  readonly champion: Hcp
  readonly buyer: Hcp
  /** Somebody else on the customer's side who has a say. */
  readonly influencer: Hcp
  /** Patients a year whom the deal is about. */
  readonly patients: number
  /** How many of the four open stages it has been through, 0 for prospecting. */
  readonly reached: number
  readonly closed: boolean
  /** Place among the deals of the same hospital. */
  readonly turn: number
  /** How complete the team keeps the answers, 0 to 1. */
  readonly diligence: number
  readonly ageDays: number
  /** Days since somebody last did something. */
  readonly quietDays: number
  readonly random: Random
  readonly calendar: Calendar
}

const reachedBy: Readonly<Record<StageId, number>> = {
  prospecting: 0,
  engaging: 1,
  advancing: 2,
  key_decision: 3,
  closed_won: 3,
  closed_lost: 2,
}

const ages: Readonly<Record<StageId, readonly [number, number]>> = {
  prospecting: [9, 40],
  engaging: [40, 95],
  advancing: [80, 160],
  key_decision: [120, 230],
  closed_won: [150, 320],
  closed_lost: [140, 290],
}

/** No deal is older than this. */
export const oldestDealDays = Math.max(...Object.values(ages).map(([, oldest]) => oldest))

/** Brings a plan to life; the same plan and `now` always give the same deal. */
export function planDeal(plan: OpportunityPlan, calendar: Calendar): Deal {
  const label = `${plan.hospital} ${plan.product} ${plan.deal}`
  const random = randomFor(`deal ${label}`)
  const hospital = hospitalOf(plan.hospital)
  const product = products[plan.product]
  const ageDays = random.integer(...ages[plan.stage])
  const closed = plan.stage === 'closed_won' || plan.stage === 'closed_lost'
  const stale = random.chance(0.1)
  return {
    plan,
    id: recordId(calendar.time(ageDays, 9), random),
    name: `${product.name} ${plan.deal} at ${hospital.short}`,
    hospital,
    product,
    ...teamOf(hospital, random),
    ...customersOf(hospital, plan),
    patients: random.integer(6, 42) * 10,
    reached: reachedBy[plan.stage],
    closed,
    turn: allPlans.filter(({ hospital: id }) => id === plan.hospital).indexOf(plan),
    diligence: random.next(),
    ageDays,
    quietDays: closed
      ? random.integer(12, 80)
      : stale
        ? Math.min(random.integer(16, 34), ageDays - 5)
        : random.integer(0, 7),
    random,
    calendar,
  }
}

function teamOf(
  { territoryId }: Hospital,
  random: Random,
): Pick<Deal, 'owner' | 'partner' | 'finance' | 'organizationId'> {
  if (territoryId === 'rival-west')
    return { owner: 'eve', partner: 'eve', finance: 'ledger', organizationId: 'rival' }
  const organizationId = 'meridian'
  if (territoryId === 'meridian-south')
    return { owner: 'mia', partner: random.chance(0.2) ? 'adam' : 'mia', finance: 'finn', organizationId }
  const owner = random.pick(['ana', 'ben'] as const)
  const partner = random.chance(0.25) ? 'mia' : owner === 'ana' ? 'ben' : 'ana'
  return { owner, partner, finance: 'finn', organizationId }
}

/** The specialist champions what is in their field; elsewhere it is the pharmacist. */
function customersOf(
  hospital: Hospital,
  plan: OpportunityPlan,
): Pick<Deal, 'champion' | 'buyer' | 'influencer'> {
  const must = (hcp: Hcp | undefined): Hcp => {
    if (hcp === undefined) throw new RangeError(`nobody known at ${hospital.id}`)
    return hcp
  }
  const specialist = must(hcpAt(hospital.id, 'specialist'))
  const colleague = must(hcpAt(hospital.id, 'colleague'))
  const pharmacist = hcpAt(hospital.id, 'pharmacy') ?? colleague
  const buyer = hcpAt(hospital.id, 'leader') ?? colleague
  return specialist.focus === plan.product
    ? { champion: specialist, buyer, influencer: pharmacist }
    : { champion: pharmacist, buyer, influencer: colleague }
}
