import { type DocumentKind, isDocumentKind } from '@fulqrun/protocol'

/** The parts of the rules screen, by what stands in its address. */
export const rulesViews = ['table', 'approvals', 'try', 'changes'] as const
export type RulesView = (typeof rulesViews)[number]

export interface RulesSearch {
  readonly view?: RulesView | undefined
  readonly kind?: DocumentKind | undefined
  /** The field that the bench starts with. */
  readonly path?: string | undefined
}

export function parseRulesSearch(search: Readonly<Record<string, unknown>>): RulesSearch {
  const { kind, path } = search
  const view = rulesViews.find((known) => known === search['view'])
  return {
    ...(view === undefined ? {} : { view }),
    ...(isDocumentKind(kind) ? { kind } : {}),
    ...(typeof path === 'string' && path !== '' ? { path } : {}),
  }
}
