import type { ImportKind, ImportOutcome, ImportVerdict } from '@fulqrun/protocol'
import { importColumn, optionLabel } from '@fulqrun/schema'
import type { Tone } from '../../ui/Badge.tsx'

export const outcomeWords: Readonly<Record<ImportOutcome, { readonly text: string; readonly tone: Tone }>> = {
  create: { text: 'New', tone: 'good' },
  change: { text: 'Updates', tone: 'accent' },
  duplicate: { text: 'Already here', tone: 'attention' },
  same: { text: 'Nothing new', tone: 'neutral' },
  refused: { text: 'Not possible', tone: 'conflict' },
}

export function columnLabel(kind: ImportKind, path: string): string {
  return importColumn(kind, path)?.label ?? path
}

export interface ValueWords {
  readonly kind: ImportKind
  readonly personName: (id: string) => string
}

export function valueWords({ kind, personName }: ValueWords, path: string, value: unknown): string {
  const spec = importColumn(kind, path)?.spec
  if (value === undefined || value === null || value === '') return 'empty'
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  if (typeof value === 'number') return value.toLocaleString('en-US')
  if (Array.isArray(value)) return value.map(String).join(', ')
  if (typeof value !== 'string') return ''
  if (spec?.type === 'person') return personName(value)
  return spec === undefined ? value : optionLabel(spec, value)
}

export function problemWords(kind: ImportKind, { path, message }: ImportVerdict['problems'][number]): string {
  return path === undefined ? message : `${columnLabel(kind, path)}: ${message}`
}

/** Why something of a row did not come in, for the file of what was left. */
export function whyLeft(kind: ImportKind, verdict: ImportVerdict): string {
  if (verdict.outcome === 'duplicate') return `Already here as ${verdict.title ?? 'a record'}, left as it is`
  const reasons = verdict.problems.map((problem) => problemWords(kind, problem))
  const kept = verdict.kept.map(({ path, why }) => `${columnLabel(kind, path)} was left as it is: ${why}`)
  return [...reasons, ...kept].join('. ')
}
