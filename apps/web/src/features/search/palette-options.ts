/** What the palette offers for what is typed, in its order. */
import type { DocumentKind, DocumentName } from '@fulqrun/protocol'
import type { ListedEntry } from '@fulqrun/sync'
import type { Command } from './commands.ts'
import type { SearchHit } from './search-index.ts'

export type PaletteOption =
  | { readonly type: 'recent'; readonly id: DocumentName; readonly title: string }
  | { readonly type: 'hit'; readonly id: DocumentName; readonly hit: SearchHit }
  | { readonly type: 'command'; readonly id: Command['id']; readonly command: Command }

export interface PaletteSection {
  readonly title: string
  readonly options: readonly PaletteOption[]
}

const kindTitles: readonly { readonly kind: DocumentKind; readonly title: string }[] = [
  { kind: 'opportunity', title: 'Opportunities' },
  { kind: 'contact', title: 'Contacts' },
  { kind: 'kpi', title: 'KPIs' },
]

export interface Offered {
  readonly recent: readonly ListedEntry[]
  readonly hits: readonly SearchHit[]
  readonly commands: readonly Command[]
}

/** Sections with something in them. */
export function paletteSections({ recent, hits, commands }: Offered): readonly PaletteSection[] {
  const sections: readonly PaletteSection[] = [
    { title: 'Recent', options: recent.map(({ name, title }) => ({ type: 'recent', id: name, title })) },
    ...kindTitles.map(({ kind, title }) => ({
      title,
      options: hits
        .filter((hit) => hit.kind === kind)
        .map((hit) => ({ type: 'hit' as const, id: hit.name, hit })),
    })),
    {
      title: 'Commands',
      options: commands.map((command) => ({ type: 'command', id: command.id, command })),
    },
  ]
  return sections.filter(({ options }) => options.length > 0)
}

/** The option that many steps on, around the ends; from none, the first or the last. */
export function stepOption(
  options: readonly PaletteOption[],
  active: string | undefined,
  by: 1 | -1,
): string | undefined {
  const at = options.findIndex(({ id }) => id === active)
  if (at < 0) return options.at(by === 1 ? 0 : -1)?.id
  return options[(at + by + options.length) % options.length]?.id
}
