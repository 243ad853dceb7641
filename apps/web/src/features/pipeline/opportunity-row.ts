import { type CatalogueEntry, type DocumentName, parseDocumentName } from '@fulqrun/protocol'
import { type NextActivity, type StageId, stageProbability, stages } from '@fulqrun/schema'
import { waitsForChoice } from '../inbox/attention.ts'

/** One opportunity in a list, read from its catalogue summary. */
export interface OpportunityRow {
  readonly name: DocumentName
  /** The uuid in its address. */
  readonly id: string
  readonly title: string
  readonly territoryId: string
  readonly stage: StageId
  readonly account?: string | undefined
  readonly product?: string | undefined
  readonly ownerId?: string | undefined
  /** ISO date. */
  readonly closeDate?: string | undefined
  /** Official amount; absent until finance has set one. */
  readonly amount?: number | undefined
  readonly currency: string
  /** Percent. */
  readonly probability: number
  /** 0 to 100. */
  readonly meddpiccScore: number
  readonly nextActivity?: NextActivity | undefined
  readonly openProposals: number
  /** People wrote different values, and somebody has to choose. */
  readonly waitsForChoice: boolean
}

type Unread = Readonly<Record<string, unknown>>

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

const amountOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined

export function isStage(value: unknown): value is StageId {
  return stages.some((stage) => stage.value === value)
}

function nextActivityOf(value: unknown): NextActivity | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { subject, type, dueDate } = value as Unread
  if (text(dueDate) === undefined) return undefined
  return {
    subject: text(subject) ?? 'Activity',
    type: type as NextActivity['type'],
    dueDate: String(dueDate),
  }
}

/** A catalogue entry, as the server or this device lists it. */
export type ListedOpportunity = CatalogueEntry

const rows = new WeakMap<CatalogueEntry, OpportunityRow>()

/** The row of an entry; the same one until the entry changes, so that only what changed is read and drawn again. */
export function opportunityRow(entry: ListedOpportunity): OpportunityRow {
  const row = rows.get(entry) ?? readRow(entry)
  rows.set(entry, row)
  return row
}

/** Reads a summary that an older or newer version may have written: what does not fit is left out. */
function readRow({ name, title, territoryId, summary }: ListedOpportunity): OpportunityRow {
  const stage = isStage(summary['stage']) ? summary['stage'] : 'prospecting'
  return {
    name,
    id: parseDocumentName(name)?.id ?? '',
    title,
    territoryId,
    stage,
    account: text(summary['account']),
    product: text(summary['product']),
    ownerId: text(summary['owner']),
    closeDate: text(summary['closeDate']),
    amount: amountOf(summary['amount']),
    currency: text(summary['currency']) ?? 'USD',
    probability: amountOf(summary['probability']) ?? stageProbability(stage),
    meddpiccScore: amountOf(summary['meddpiccScore']) ?? 0,
    nextActivity: nextActivityOf(summary['nextActivity']),
    openProposals: amountOf(summary['openProposals']) ?? 0,
    waitsForChoice: waitsForChoice(summary),
  }
}

export function isOpenStage(stage: StageId): boolean {
  return stages.some(({ value, open }) => value === stage && open)
}

export type DueMark = 'overdue' | 'today' | 'planned' | 'none'

/** Where the next activity stands against a calendar day (ISO date). */
export function dueMark(dueDate: string | undefined, today: string): DueMark {
  if (dueDate === undefined) return 'none'
  if (dueDate < today) return 'overdue'
  return dueDate === today ? 'today' : 'planned'
}

/** An open opportunity whose close date or next activity lies before today. */
export function isOverdue(row: OpportunityRow, today: string): boolean {
  if (!isOpenStage(row.stage)) return false
  const closesLate = row.closeDate !== undefined && row.closeDate < today
  return closesLate || dueMark(row.nextActivity?.dueDate, today) === 'overdue'
}
