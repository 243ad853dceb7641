/** What finance has typed into the form of official values, against what is official. */
import { checkValue, fieldSpec, type FieldSpec, type Financials } from '@fulqrun/schema'
import { draftOf, parseDraft, sameValue } from '../../fields/draft.ts'

const keys = ['amount', 'discount', 'margin', 'currency'] as const

export const officialSpecs: readonly FieldSpec[] = keys.flatMap(
  (key) => fieldSpec('opportunity', `financials.${key}`) ?? [],
)

export type OfficialDrafts = Readonly<Record<string, string>>

export function officialValue(financials: Financials, key: string): unknown {
  return (financials as Readonly<Record<string, unknown>>)[key]
}

export function draftsOf(financials: Financials): OfficialDrafts {
  return Object.fromEntries(keys.map((key) => [key, draftOf(officialValue(financials, key))]))
}

/** What differs from the official values that the form stands on: only that is sent. */
export function changedValues(drafts: OfficialDrafts, base: Financials): Record<string, unknown> {
  const changed: Record<string, unknown> = {}
  for (const spec of officialSpecs) {
    const value = parseDraft(spec, drafts[spec.key] ?? '')
    if (value !== undefined && !sameValue(value, officialValue(base, spec.key))) changed[spec.key] = value
  }
  return changed
}

/** Problems by field key; nothing that can be sent has one. */
export function draftProblems(drafts: OfficialDrafts): Readonly<Record<string, string>> {
  return Object.fromEntries(
    officialSpecs.flatMap((spec) => {
      const value = parseDraft(spec, drafts[spec.key] ?? '')
      const issue = value === undefined ? undefined : checkValue('opportunity', spec.path, value)
      return issue === undefined ? [] : [[spec.key, issue.message]]
    }),
  )
}

/**
 * Puts the form on newer official values: what was typed stays, what was not touched follows. Otherwise saving would
 * set everything that somebody else has just changed back to what this form was opened with.
 */
export function rebaseDrafts(drafts: OfficialDrafts, from: Financials, to: Financials): OfficialDrafts {
  const changed = changedValues(drafts, from)
  return {
    ...draftsOf(to),
    ...Object.fromEntries(Object.keys(changed).map((key) => [key, drafts[key] ?? ''])),
  }
}
