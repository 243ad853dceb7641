import { type InboxTab, inboxTabs } from './inbox-tabs.ts'

/** What the address of the inbox says. */
export interface InboxSearch {
  readonly tab?: InboxTab | undefined
  /** Key of the item that is open. */
  readonly item?: string | undefined
}

export function parseInboxSearch({ tab, item }: Readonly<Record<string, unknown>>): InboxSearch {
  const known = inboxTabs.find((candidate) => candidate === tab)
  return {
    ...(known === undefined ? {} : { tab: known }),
    ...(typeof item === 'string' && item !== '' ? { item } : {}),
  }
}
