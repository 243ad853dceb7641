import type { InboxItem } from './inbox-items.ts'
import type { InboxTab } from './inbox-tabs.ts'

/** What a tab says when nothing is in it: what would be here, and that there is none. */
export function emptyWords(tab: InboxTab): { readonly title: string; readonly text: string } {
  switch (tab) {
    case 'conflicts':
      return {
        title: 'Nothing to decide',
        text: 'When two people change the same field apart from each other and no rule settles it, it waits here.',
      }
    case 'approvals':
      return { title: 'Nothing to approve', text: 'Proposals for official values and stages wait here.' }
    case 'sent':
      return { title: 'No proposal of yours waits', text: 'What you propose waits here until it is decided.' }
    case 'outcomes':
      return {
        title: 'Nothing new',
        text: 'When a value of yours is replaced, or a proposal of yours is decided, you read it here.',
      }
    case 'refused':
      return {
        title: 'Everything was accepted',
        text: 'Edits that the server does not take stay here, readable.',
      }
    case 'done':
      return {
        title: 'Nothing decided lately',
        text: 'What you decide on this device is listed here, with the way back.',
      }
  }
}

/** Who an item is about, for its line: `You and Ben Okafor`. */
export function peopleWords(
  { people, tab }: Pick<InboxItem, 'people' | 'tab'>,
  { userId, nameOf }: { readonly userId: string; readonly nameOf: (id: string) => string },
): string {
  // What concerns nobody but this person needs no names.
  if (tab !== 'conflicts' && tab !== 'approvals') return ''
  const names = people.map((id) => (id === userId ? 'You' : nameOf(id)))
  const mineFirst = [...names.filter((name) => name === 'You'), ...names.filter((name) => name !== 'You')]
  return mineFirst.join(', ')
}

const lineWords: Readonly<Record<string, string>> = {
  conflicts: 'Different values',
  approvals: 'Waits for approval',
  sent: 'Waits for an answer',
  refused: 'Not accepted',
  done: 'Decided',
}

/** What happened, in a few words. */
export function stateWords({ tab, type }: Pick<InboxItem, 'tab' | 'type'>): string {
  if (tab === 'outcomes') return type === 'proposal' ? 'Your proposal was decided' : 'Your value was replaced'
  return lineWords[tab] ?? ''
}
