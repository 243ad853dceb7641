import { type CatalogueEntry, parseDocumentName } from '@fulqrun/protocol'

/** The KPI set that is looked at, as it stands in the address of the page. */
export interface KpiSearch {
  readonly territory?: string | undefined
  /** `2026-Q3`. */
  readonly quarter?: string | undefined
}

const quarterPattern = /^\d{4}-Q[1-4]$/

export function parseKpiSearch(search: Readonly<Record<string, unknown>>): KpiSearch {
  const { territory, quarter } = search
  return {
    ...(typeof territory === 'string' && territory !== '' ? { territory } : {}),
    ...(typeof quarter === 'string' && quarterPattern.test(quarter) ? { quarter } : {}),
  }
}

/** Quarter of a calendar day (ISO date). */
export function quarterOf(day: string): string {
  const month = Number(day.slice(5, 7))
  return `${day.slice(0, 4)}-Q${Math.ceil(month / 3)}`
}

/** `2026-Q3` as `Q3 2026`. */
export function quarterLabel(quarter: string): string {
  const [year = '', part = ''] = quarter.split('-')
  return `${part} ${year}`
}

export interface KpiSet {
  readonly entry: CatalogueEntry
  readonly territoryId: string
  readonly quarter: string
}

/** The KPI sets in a catalogue; entries without a readable quarter are left out. */
export function kpiSets(entries: readonly CatalogueEntry[]): readonly KpiSet[] {
  return entries.flatMap((entry) => {
    const quarter = entry.summary['period']
    if (
      typeof quarter !== 'string' ||
      !quarterPattern.test(quarter) ||
      parseDocumentName(entry.name) === undefined
    )
      return []
    return [{ entry, territoryId: entry.territoryId, quarter }]
  })
}

/** Newest first. */
export function quartersOf(sets: readonly KpiSet[]): readonly string[] {
  return [...new Set(sets.map(({ quarter }) => quarter))].sort().toReversed()
}

export interface KpiChoice {
  readonly territoryId: string | undefined
  readonly quarter: string | undefined
  /** Undefined when there is no set for this territory and quarter. */
  readonly set: KpiSet | undefined
}

/** What to show for an address: what it asks for, else the first territory and the current or newest quarter. */
export function chooseKpiSet(
  sets: readonly KpiSet[],
  search: KpiSearch,
  defaults: { readonly territoryId: string | undefined; readonly today: string },
): KpiChoice {
  const territoryId = search.territory ?? defaults.territoryId ?? sets[0]?.territoryId
  const own = quartersOf(sets.filter((set) => set.territoryId === territoryId))
  const current = quarterOf(defaults.today)
  const quarter = search.quarter ?? own.find((candidate) => candidate <= current) ?? own[0]
  return {
    territoryId,
    quarter,
    set: sets.find((set) => set.territoryId === territoryId && set.quarter === quarter),
  }
}
