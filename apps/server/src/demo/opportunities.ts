import type { Calendar } from './calendar.ts'
import { planDeal } from './deal.ts'
import { allPlans, type OpportunityPlan } from './opportunity-plans.ts'
import { opportunitySteps } from './opportunity-story.ts'
import { type RecordedDocument, recordDocument } from './recorded-document.ts'

export function recordOpportunities(calendar: Calendar): RecordedDocument[] {
  return allPlans.map((plan) => recordOpportunity(plan, calendar))
}

function recordOpportunity(plan: OpportunityPlan, calendar: Calendar): RecordedDocument {
  const deal = planDeal(plan, calendar)
  const { id, organizationId, hospital } = deal
  const identity = { organizationId, territoryId: hospital.territoryId, kind: 'opportunity', id } as const
  return recordDocument(identity, opportunitySteps(deal), calendar.now)
}
