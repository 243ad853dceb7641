import type { AttentionItem } from '@fulqrun/schema'

const types: ReadonlySet<unknown> = new Set(['conflict', 'replaced', 'proposal', 'decided'])

function isAttention(value: unknown): value is AttentionItem {
  if (typeof value !== 'object' || value === null) return false
  const { id, type, path, since, people } = value as Readonly<Record<string, unknown>>
  return (
    typeof id === 'string' &&
    types.has(type) &&
    typeof path === 'string' &&
    typeof since === 'number' &&
    Array.isArray(people)
  )
}

/** What waits in a record, from its summary; what an older or newer version wrote and does not fit is left out. */
export function attentionOf(summary: Readonly<Record<string, unknown>>): readonly AttentionItem[] {
  const { attention } = summary
  return Array.isArray(attention) ? attention.filter(isAttention) : []
}

/** Whether somebody has to choose between values in a record: lists mark its line. */
export function waitsForChoice(summary: Readonly<Record<string, unknown>>): boolean {
  return attentionOf(summary).some(({ type }) => type === 'conflict')
}
