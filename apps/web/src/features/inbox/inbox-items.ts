/** What waits for this person, read from the summaries of the catalogue on this device, so offline too. */
import { type DocumentKind, type DocumentName, parseDocumentName, type Role } from '@fulqrun/protocol'
import type { AttentionItem } from '@fulqrun/schema'
import type { ListedEntry, RefusedEdit } from '@fulqrun/sync'
import type { DecidedEntry } from '../conflicts/decided-log.ts'
import { attentionOf } from './attention.ts'
import { mayApproveAny, mayApproveAt } from './inbox-roles.ts'
import { type InboxTab, inboxTabs } from './inbox-tabs.ts'

/** One line of the inbox. */
export interface InboxItem {
  /** Unique in the inbox, stable while the item waits. */
  readonly key: string
  readonly tab: InboxTab
  readonly document: DocumentName
  readonly kind: DocumentKind
  /** Of the record. */
  readonly title: string
  readonly type: 'conflict' | 'proposal' | 'refused'
  /** Of the conflict, proposal or refused edit. */
  readonly id: string
  /** Absent for a refused edit, which can be about several fields. */
  readonly path?: string | undefined
  /** ms since 1970 UTC. */
  readonly since: number
  /** User ids: who wrote the values, or who proposed. */
  readonly people: readonly string[]
  /** This person is one of them. */
  readonly isMine: boolean
}

export interface InboxFacts {
  readonly entries: readonly ListedEntry[]
  readonly refused: readonly RefusedEdit[]
  readonly decided: readonly DecidedEntry[]
  readonly userId: string
  readonly role: Role
}

/** How many of a tab's items are this person's to do or to read; together they are the number at the inbox. */
export function ownCount(tab: InboxTab, items: readonly Pick<InboxItem, 'isMine'>[]): number {
  if (tab === 'sent' || tab === 'done') return 0
  return tab === 'conflicts' ? items.filter(({ isMine }) => isMine).length : items.length
}

/** Where an item of a summary belongs for this person; undefined when it asks nothing of them. */
function tabOf({ type, people, path }: AttentionItem, userId: string, role: Role): InboxTab | undefined {
  const isMine = people.includes(userId)
  switch (type) {
    case 'conflict':
      return 'conflicts'
    case 'proposal':
      if (isMine) return 'sent'
      return mayApproveAt(role, path) ? 'approvals' : undefined
    case 'replaced':
    case 'decided':
      return isMine ? 'outcomes' : undefined
  }
}

function itemsOf(entry: ListedEntry, userId: string, role: Role): readonly InboxItem[] {
  return attentionOf(entry.summary).flatMap((attention) => {
    const tab = tabOf(attention, userId, role)
    if (tab === undefined) return []
    const { id, type, path, since, people } = attention
    return {
      key: `${entry.name}#${id}`,
      tab,
      document: entry.name,
      kind: entry.kind,
      title: entry.title,
      type: type === 'proposal' || type === 'decided' ? 'proposal' : 'conflict',
      id,
      path,
      since,
      people,
      isMine: people.includes(userId),
    } satisfies InboxItem
  })
}

function refusedItem({ id, document, title, at }: RefusedEdit, userId: string): InboxItem {
  return {
    key: `${document}#${id}`,
    tab: 'refused',
    document,
    kind: parseDocumentName(document)?.kind ?? 'opportunity',
    title,
    type: 'refused',
    id,
    since: at,
    people: [userId],
    isMine: true,
  }
}

function doneItem({ document, type, id, path, at }: DecidedEntry, title: string, userId: string): InboxItem {
  return {
    key: `${document}#${id}`,
    tab: 'done',
    document,
    kind: parseDocumentName(document)?.kind ?? 'opportunity',
    title,
    type,
    id,
    path,
    since: at,
    people: [userId],
    isMine: true,
  }
}

/** Those of this person first, then the newest. */
function inOrder(items: readonly InboxItem[]): readonly InboxItem[] {
  return items.toSorted(
    (a, b) =>
      Number(b.isMine) - Number(a.isMine) ||
      b.since - a.since ||
      (a.key < b.key ? -1 : a.key > b.key ? 1 : 0),
  )
}

/** Everything by tab. */
export function inboxItems(facts: InboxFacts): Readonly<Record<InboxTab, readonly InboxItem[]>> {
  const { entries, refused, decided, userId, role } = facts
  const titles = new Map(entries.map(({ name, title }) => [name, title]))
  const waiting = entries.flatMap((entry) => itemsOf(entry, userId, role))
  const at = (tab: InboxTab) => inOrder(waiting.filter((item) => item.tab === tab))
  return {
    conflicts: at('conflicts'),
    approvals: at('approvals'),
    sent: at('sent'),
    outcomes: at('outcomes'),
    refused: refused.map((edit) => refusedItem(edit, userId)),
    done: decided.map((entry) =>
      doneItem(entry, titles.get(entry.document) ?? 'A record that is not listed here any more', userId),
    ),
  }
}

/** The tabs that this person has: approvals are for those who may approve. */
export function tabsFor(role: Role): readonly InboxTab[] {
  return inboxTabs.filter((tab) => {
    if (tab === 'approvals') return mayApproveAny(role)
    return tab !== 'sent' || role !== 'compliance'
  })
}

/** The tab to open first: the one that an address asks for, else the first in which something waits. */
export function firstTab(
  items: Readonly<Record<InboxTab, readonly InboxItem[]>>,
  tabs: readonly InboxTab[],
  wanted: InboxTab | undefined,
): InboxTab {
  if (wanted !== undefined && tabs.includes(wanted)) return wanted
  const waiting = tabs.find((tab) => tab !== 'done' && tab !== 'sent' && items[tab].length > 0)
  return waiting ?? 'conflicts'
}

/**
 * Which item is shown: the chosen one, or, once it is gone from the list, the one that took its place. `lastIndex` is
 * where the chosen one was seen last. Undefined for an empty list.
 */
export function shownItem(
  items: readonly InboxItem[],
  chosen: string | undefined,
  lastIndex: number,
): InboxItem | undefined {
  return items.find(({ key }) => key === chosen) ?? items[Math.max(0, Math.min(lastIndex, items.length - 1))]
}
