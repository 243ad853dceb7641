/** The tabs of the record page, in the order of the strip; ids are in the URL and in presence. */
export const sections = [
  { id: 'overview', label: 'Overview' },
  { id: 'meddpicc', label: 'MEDDPICC' },
  { id: 'notes', label: 'Notes' },
  { id: 'financials', label: 'Financials' },
  { id: 'activities', label: 'Activities' },
  { id: 'history', label: 'History' },
] as const

export type SectionId = (typeof sections)[number]['id']

/** The section that a URL asks for; the overview for anything else. */
export function parseSection(value: unknown): SectionId {
  return sections.find(({ id }) => id === value)?.id ?? 'overview'
}

export function sectionLabel(id: string): string {
  return sections.find((section) => section.id === id)?.label ?? id
}
