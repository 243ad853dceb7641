import {
  type DocumentKind,
  type NotificationKind,
  parseDocumentName,
  type PushMessage,
} from '@fulqrun/protocol'
import { fieldSpec, kpiDefinition, parsePath } from '@fulqrun/schema'
import type { Notice } from './notice.ts'

/** So many lines are read on a lock screen; the rest is counted. */
const maxLines = 3
/** Titles come from people: cut so that a push stays far below what push services take. */
const maxTitle = 120

/**
 * The push about one record. Without preview it names neither the record, nor a person, nor a field (NOT-4): it is read
 * on lock screens, by whoever passes.
 */
export function recordMessage(
  notices: readonly Notice[],
  { title, isPreviewed }: { readonly title: string; readonly isPreviewed: boolean },
): PushMessage | undefined {
  const [first] = notices
  if (first === undefined) return undefined
  const words = notices.map((notice) => (isPreviewed ? fullWords(notice) : plainWords(notice)))
  return {
    title: isPreviewed ? cut(title, maxTitle) : 'FulQrun',
    body: inLines(words),
    tag: first.document,
    url: notices.length === 1 ? addressOf(first) : listAddress(first.kind),
  }
}

const kindWords: Readonly<Record<NotificationKind, (count: number) => string>> = {
  conflicts: (count) => `${count} to choose between values`,
  approvals: (count) => `${count} about proposals`,
  replaced: (count) => `${count} about values that were replaced`,
  kpis: (count) => `${count} about KPIs`,
}

/** One push about many records: at the end of quiet hours, or when very much happens at once. Names none of them. */
export function digestMessage(
  counts: ReadonlyMap<NotificationKind, number>,
  { isAfterQuiet }: { readonly isAfterQuiet: boolean },
): PushMessage | undefined {
  const parts = [...counts].filter(([, count]) => count > 0)
  if (parts.length === 0) return undefined
  const total = parts.reduce((sum, [, count]) => sum + count, 0)
  return {
    title: `${isAfterQuiet ? 'In your quiet hours' : 'FulQrun'}: ${total === 1 ? '1 notice' : `${total} notices`}`,
    body: parts.map(([kind, count]) => kindWords[kind](count)).join('\n'),
    tag: 'digest',
    url: parts.length === 1 ? listAddress(parts[0]?.[0] ?? 'conflicts') : '/inbox',
  }
}

export const testMessage: PushMessage = {
  title: 'Notices work on this device',
  body: 'This is the one that you asked for.',
  tag: 'test',
  url: '/settings',
}

function fullWords({ reason, path, document, authorName }: Notice): string {
  const label = labelOf(parseDocumentName(document)?.kind ?? 'opportunity', path)
  switch (reason) {
    case 'conflict':
      return `${label}: ${authorName} and you entered different values. Choose one.`
    case 'proposal':
      return `${label}: ${authorName} proposes another value. It waits for your word.`
    case 'approved':
      return `${label}: ${authorName} approved your proposal.`
    case 'rejected':
      return `${label}: ${authorName} did not approve your proposal.`
    case 'replaced':
      return `${label}: settled by ${authorName}. See what became of your value.`
    case 'kpi':
      return `${label} has another value.`
  }
}

function plainWords({ reason }: Notice): string {
  switch (reason) {
    case 'conflict':
      return 'Values wait for your choice.'
    case 'proposal':
      return 'A proposal waits for your word.'
    case 'approved':
    case 'rejected':
      return 'A proposal of yours was decided.'
    case 'replaced':
      return 'See what became of a value of yours.'
    case 'kpi':
      return 'A KPI has another value.'
  }
}

function labelOf(kind: DocumentKind, path: string): string {
  const { root, id, key } = parsePath(path)
  if (kind === 'kpi') {
    const definition = [key, id].flatMap((part) => (part === undefined ? [] : (kpiDefinition(part) ?? [])))
    if (definition[0] !== undefined) return definition[0].label
  }
  return fieldSpec(kind, path)?.label ?? (id === undefined ? 'A value' : entryLabel(root))
}

function entryLabel(root: string): string {
  return `An entry in ${root}`
}

/** The same words are said once; what does not fit is counted. */
function inLines(words: readonly string[]): string {
  const distinct = [...new Set(words)]
  const shown = distinct.slice(0, maxLines)
  const more = distinct.length - shown.length
  return [...shown.map((line) => cut(line, 300)), ...(more > 0 ? [`and ${more} more`] : [])].join('\n')
}

function cut(text: string, max: number): string {
  // By characters, not by halves of them.
  const characters = Array.from(text)
  return characters.length <= max ? text : `${characters.slice(0, max - 1).join('')}…`
}

const tabs: Readonly<Record<NotificationKind, string>> = {
  conflicts: '/inbox?tab=conflicts',
  approvals: '/inbox?tab=approvals',
  replaced: '/inbox?tab=outcomes',
  kpis: '/kpis',
}

function listAddress(kind: NotificationKind): string {
  return tabs[kind]
}

function addressOf({ kind, reason, document, id }: Notice): string {
  if (kind === 'kpis' || id === undefined) return listAddress(kind)
  const list = reason === 'approved' || reason === 'rejected' ? tabs.replaced : tabs[kind]
  return `${list}&item=${encodeURIComponent(`${document}#${id}`)}`
}
