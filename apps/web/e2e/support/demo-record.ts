import type { CatalogueEntry, CataloguePage } from '@fulqrun/protocol'
import type { Person } from '../../../server/src/testing/people.ts'

/** A record of the demo data. */
export interface DemoRecord {
  readonly id: string
  readonly name: CatalogueEntry['name']
  readonly title: string
  /** Where the app shows it. */
  readonly address: string
}

/** Everything that somebody may see, in a fixed order. */
export async function listRecords(person: Person): Promise<readonly CatalogueEntry[]> {
  const { entries } = await person.get<CataloguePage>('/api/catalogue')
  return entries.toSorted((a, b) => a.name.localeCompare(b.name))
}

/** True for opportunities of Ana and Ben that are neither new nor decided: they have numbers, notes and a history. */
export function isUnderWay({ kind, territoryId, summary }: CatalogueEntry): boolean {
  const stage = summary['stage']
  return (
    kind === 'opportunity' &&
    territoryId === 'meridian-north' &&
    (stage === 'engaging' || stage === 'advancing')
  )
}

export function recordOf({ name, kind, title }: CatalogueEntry): DemoRecord {
  const id = name.slice(name.lastIndexOf('/') + 1)
  return { id, name, title, address: `/${kind === 'contact' ? 'contacts' : 'opportunities'}/${id}` }
}
