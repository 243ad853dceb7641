import { type Batch, emptyBatch } from '../store/document-store.ts'
import { createCalendar } from './calendar.ts'
import { recordContacts } from './contacts.ts'
import { recordKpiSets } from './kpi-sets.ts'
import { recordOpportunities } from './opportunities.ts'

/**
 * Everything that the demo organizations have written so far, as one batch for an empty log, in the order in which it
 * happened. Deterministic: the same `now` (ms) gives the same bytes.
 */
export function buildDemoBatch({ now }: { readonly now: number }): Batch {
  const calendar = createCalendar(now)
  const documents = [
    ...recordOpportunities(calendar),
    ...recordContacts(calendar),
    ...recordKpiSets(calendar),
  ]
  return {
    ...emptyBatch,
    entries: documents
      .flatMap(({ entries }) => entries)
      .toSorted((one, other) => one.receivedAt - other.receivedAt),
    descriptions: documents.map(({ description }) => description),
  }
}
