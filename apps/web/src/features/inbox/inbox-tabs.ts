export const inboxTabs = ['conflicts', 'approvals', 'sent', 'outcomes', 'refused', 'done'] as const
export type InboxTab = (typeof inboxTabs)[number]

const tabLabels: Record<InboxTab, string> = {
  conflicts: 'Conflicts',
  approvals: 'Approvals',
  sent: 'Sent',
  outcomes: 'Replaced or decided',
  refused: 'Not accepted',
  done: 'Done',
}

export function tabLabel(tab: InboxTab): string {
  return tabLabels[tab]
}
