import type { PolicyRow } from '@fulqrun/rules'
import { isChangeable } from './strategy-words.ts'

export interface RuleFilter {
  /** What is looked for in the names of fields and parts. */
  readonly text: string
  readonly onlyChangeable: boolean
}

export interface RuleGroup {
  readonly part: string
  readonly rows: readonly PolicyRow[]
}

function matches({ label, part, policy, overridden }: PolicyRow, filter: RuleFilter): boolean {
  if (filter.onlyChangeable && !isChangeable(policy) && !overridden) return false
  const wanted = filter.text.trim().toLowerCase()
  return wanted === '' || `${part} ${label}`.toLowerCase().includes(wanted)
}

/** The rows that a filter lets through, under the parts of the record, in the record's order. */
export function groupRules(rows: readonly PolicyRow[], filter: RuleFilter): readonly RuleGroup[] {
  const groups = new Map<string, PolicyRow[]>()
  for (const row of rows) {
    if (!matches(row, filter)) continue
    const group = groups.get(row.part) ?? []
    group.push(row)
    groups.set(row.part, group)
  }
  return [...groups].map(([part, rowsOfPart]) => ({ part, rows: rowsOfPart }))
}
