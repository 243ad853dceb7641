import type {
  ChangeRecord,
  DocumentName,
  ImportKind,
  ImportOutcome,
  ImportRow,
  ImportVerdict,
} from '@fulqrun/protocol'
import { explainRule } from '@fulqrun/rules'
import { importColumn, importTitle, workplacePath } from '@fulqrun/schema'
import type { Kept } from './row-edit.ts'

/** What is told about a row, read from what admission made of it. */

export type Problem = ImportVerdict['problems'][number]

export function refused({ row }: ImportRow, problems: readonly Problem[]): ImportVerdict {
  return { row, outcome: 'refused', changes: [], proposed: [], kept: [], problems }
}

interface Result {
  readonly name: DocumentName
  readonly title?: string | undefined
  readonly outcome: ImportOutcome
  readonly changes: readonly ChangeRecord[]
  readonly kept?: readonly Kept[] | undefined
  readonly again?: true | undefined
}

export function verdictOf(
  { kind }: { readonly kind: ImportKind },
  { row, values }: ImportRow,
  { name, title, outcome, changes, kept = [], again }: Result,
): ImportVerdict {
  const told = changes.flatMap((change) => {
    const column = columnOf(kind, change)
    return column === undefined ? [] : [{ ...change, ...column }]
  })
  const proposed = told.filter(({ action }) => action === 'propose')
  const putBack = told.filter(
    ({ action, path }) => action === 'put-back' && proposed.every((wanted) => wanted.path !== path),
  )
  const why = ({ rule, label, before }: (typeof told)[number]) =>
    rule === undefined ? undefined : explainRule(rule, { label, stands: wordsOf(before) })
  return {
    row,
    outcome,
    name,
    title: title ?? importTitle(values),
    changes: told
      .filter(({ action }) => action === 'set' || action === 'delete')
      .map(({ path, before, after }) => ({ path, from: before, to: after })),
    proposed: proposed.map((change) => {
      const { path, before: from, after: to } = change
      return { path, from, to, why: why(change) }
    }),
    kept: [...kept, ...putBack.map((change) => ({ path: change.path, why: why(change) ?? '' }))],
    problems: [],
    ...(again === undefined ? {} : { again }),
  }
}

/** The column that a change is about; an added place of work is told by its name. */
function columnOf(kind: ImportKind, { path, after }: ChangeRecord) {
  const column = importColumn(kind, path)
  if (column !== undefined) return { path, label: column.label }
  if (!path.startsWith('affiliations.')) return undefined
  const organization = (after as { readonly organization?: unknown } | undefined)?.organization
  return organization === undefined
    ? undefined
    : { path: workplacePath, label: 'Place of work', after: organization }
}

function wordsOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}
