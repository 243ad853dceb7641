const sections = ['overview', 'consent', 'samples', 'activities', 'notes', 'history'] as const
export type ContactSection = (typeof sections)[number]

const labels: Record<ContactSection, string> = {
  overview: 'Overview',
  consent: 'Consent',
  samples: 'Samples',
  activities: 'Activities',
  notes: 'Notes',
  history: 'History',
}

/** The tab that an address asks for; the overview for anything else. */
export function parseContactSection(value: unknown): ContactSection {
  return sections.find((section) => section === value) ?? 'overview'
}

export function contactSectionLabel(section: string): string {
  return labels[parseContactSection(section)]
}

export interface RecordSearch {
  /** Id of the tab that is open. */
  readonly tab?: string | undefined
}

/** For the addresses of all record pages; each page knows its own tabs. */
export function parseRecordSearch({ tab }: Readonly<Record<string, unknown>>): RecordSearch {
  return typeof tab === 'string' ? { tab } : {}
}
