import type { DocumentKind } from '@fulqrun/protocol'
import type * as Y from 'yjs'
import { readAttention, type AttentionItem } from './attention.ts'
import { summarizeConsent, type ConsentSummary } from './consent.ts'
import { kpiIds, type KpiId } from './kpi-definitions.ts'
import { scoreMeddpicc } from './meddpicc-score.ts'
import { stageProbability, type StageId } from './opportunity-spec.ts'
import { readContact, readKpi, readOpportunity } from './read.ts'
import type { Activity, ContactView, KpiView, OpportunityView } from './views.ts'

/** What lists show of a record, small and plain JSON; the catalogue stores it. */
export interface OpportunitySummary {
  readonly stage: StageId
  readonly account?: string | undefined
  readonly product?: string | undefined
  /** User id. */
  readonly owner?: string | undefined
  readonly closeDate?: string | undefined
  /** Official amount; absent until finance has set one. */
  readonly amount?: number | undefined
  readonly currency: string
  /** Stated, or that of the stage. */
  readonly probability: number
  readonly meddpiccScore: number
  readonly nextActivity?: NextActivity | undefined
  readonly nextStep?: string | undefined
  readonly openProposals: number
}

export interface NextActivity {
  readonly subject: string
  readonly type: Activity['type']
  readonly dueDate: string
}

export interface ContactSummary extends ConsentSummary {
  readonly specialty?: string | undefined
  readonly segment?: ContactView['fields']['segment']
  readonly organization?: string | undefined
  readonly city?: string | undefined
  readonly phone?: string | undefined
  readonly email?: string | undefined
  readonly npi?: string | undefined
  /** Day of the last completed activity. */
  readonly lastContact?: string | undefined
}

export interface KpiSummary {
  readonly period: string
  readonly headline: readonly {
    readonly id: KpiId
    readonly value: number
    readonly target?: number | undefined
    readonly previous?: number | undefined
  }[]
  /** Newest as-of time of the values, ms. */
  readonly asOf?: number | undefined
}

export type Summarized =
  | { readonly title: string; readonly summary: OpportunitySummary }
  | { readonly title: string; readonly summary: ContactSummary }
  | { readonly title: string; readonly summary: KpiSummary }

const summarizers: Readonly<Record<DocumentKind, (doc: Y.Doc) => Summarized>> = {
  opportunity: (doc) => summarizeOpportunity(readOpportunity(doc).view),
  contact: (doc) => summarizeContact(readContact(doc).view),
  kpi: (doc) => summarizeKpi(readKpi(doc).view),
}

/** What waits for a person in the record; the same for every kind. */
export interface Attention {
  /** Absent when nothing does. */
  readonly attention?: readonly AttentionItem[] | undefined
}

/** Title and summary of a document, whatever state it is in. */
export function summarize(
  doc: Y.Doc,
  kind: DocumentKind,
): { readonly title: string; readonly summary: Summarized['summary'] & Attention } {
  const { title, summary } = summarizers[kind](doc)
  const attention = readAttention(doc)
  return { title, summary: attention.length === 0 ? summary : { ...summary, attention } }
}

/** Drops what is undefined, so that a summary is the same before and after JSON. */
function compact<T extends object>(summary: T): T {
  return Object.fromEntries(Object.entries(summary).filter(([, value]) => value !== undefined)) as T
}

export function summarizeOpportunity(view: OpportunityView): {
  readonly title: string
  readonly summary: OpportunitySummary
} {
  const { fields, financials } = view
  return {
    title: fields.name || 'Untitled opportunity',
    summary: compact<OpportunitySummary>({
      stage: fields.stage,
      account: fields.account,
      product: fields.product,
      owner: fields.ownerId,
      closeDate: fields.closeDate,
      amount: financials.amount,
      currency: financials.currency,
      probability: fields.probability ?? stageProbability(fields.stage),
      meddpiccScore: scoreMeddpicc(view).overall,
      nextActivity: nextActivity(view.activities),
      nextStep: fields.nextStep,
      openProposals: view.proposals.filter(({ status }) => status === 'waiting').length,
    }),
  }
}

/** The planned activity that is due first, overdue ones included. */
export function nextActivity(activities: readonly Activity[]): NextActivity | undefined {
  let next: NextActivity | undefined
  for (const { status, dueDate, subject, type } of activities)
    if (status === 'pending' && dueDate !== undefined && (!next || dueDate < next.dueDate))
      next = { subject, type, dueDate }
  return next
}

/** When somebody of the team was last in touch: the day of completion, else the day it was due. */
function lastContact(activities: readonly Activity[]): string | undefined {
  const days = activities.flatMap(({ status, completedAt, dueDate }) => {
    if (status !== 'completed') return []
    return completedAt === undefined ? (dueDate ?? []) : new Date(completedAt).toISOString().slice(0, 10)
  })
  return days.sort().at(-1)
}

export function contactName({ fields }: ContactView): string {
  const name = [fields.firstName, fields.lastName].filter((part) => part !== '').join(' ')
  if (name === '') return 'Unnamed contact'
  return fields.credentials ? `${name}, ${fields.credentials}` : name
}

export function summarizeContact(view: ContactView): {
  readonly title: string
  readonly summary: ContactSummary
} {
  const { fields, affiliations } = view
  const current = affiliations.find(({ isPrimary }) => isPrimary) ?? affiliations[0]
  return {
    title: contactName(view),
    summary: compact<ContactSummary>({
      specialty: fields.specialty,
      segment: fields.segment,
      organization: current?.organization || undefined,
      city: fields.city,
      phone: fields.phone ?? fields.mobile,
      email: fields.email,
      npi: fields.npi,
      lastContact: lastContact(view.activities),
      ...summarizeConsent(view),
    }),
  }
}

/** KPIs that lists show first, in this order. */
const headlineIds: readonly KpiId[] = ['trx', 'nrx', 'market_share', 'growth', 'quota_attainment', 'reach']

export function summarizeKpi(view: KpiView): { readonly title: string; readonly summary: KpiSummary } {
  const { fields, values, targets } = view
  const times = kpiIds.flatMap((id) => values[id]?.asOf ?? [])
  return {
    title: fields.title || fields.period || 'Untitled KPI set',
    summary: compact<KpiSummary>({
      period: fields.period,
      headline: headlineIds.flatMap((id) => {
        const entry = values[id]
        if (!entry) return []
        return [compact({ id, value: entry.value, target: targets[id], previous: entry.previous })]
      }),
      asOf: times.length === 0 ? undefined : Math.max(...times),
    }),
  }
}
