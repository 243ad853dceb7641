/**
 * Paths name one place in a document, in history, policies, `edited` and conflicts:
 * `fields.<key>`, `financials.<key>`, `notes`, `text:<name>`, `activities.<id>.<key>`, `proposals.<id>`.
 * A key may contain dots (`fields.meddpicc.metrics.urgency`), an id never does.
 */

export interface ParsedPath {
  readonly root: string
  /** Id of the entry, for roots that hold entries or JSON by id. */
  readonly id?: string | undefined
  /** Key of the field; absent for whole entries and for text. */
  readonly key?: string | undefined
}

/** Collections of all kinds; their entries are maps under a fresh id. */
export const collectionRoots = [
  'activities',
  'stakeholders',
  'consents',
  'licences',
  'affiliations',
  'samples',
  'signatures',
  'attachments',
] as const
export type CollectionRoot = (typeof collectionRoots)[number]

/** Roots that hold one plain JSON value per id. */
export const jsonRoots = ['proposals', 'conflicts', 'decisions'] as const

export const textPrefix = 'text:'

const rootsWithIds: ReadonlySet<string> = new Set([...collectionRoots, ...jsonRoots])

export function isCollectionRoot(root: string): root is CollectionRoot {
  return (collectionRoots as readonly string[]).includes(root)
}

/** Splits a path. Never fails: what has no known form is a root with a key. */
export function parsePath(path: string): ParsedPath {
  if (path.startsWith(textPrefix)) return { root: path }
  const [root, rest] = cut(path)
  if (rest === undefined) return { root }
  if (!rootsWithIds.has(root)) return { root, key: rest }
  const [id, key] = cut(rest)
  return key === undefined ? { root, id } : { root, id, key }
}

/** Joins the parts; the inverse of {@link parsePath}. */
export function formatPath({ root, id, key }: ParsedPath): string {
  return [root, id, key].filter((part) => part !== undefined).join('.')
}

function cut(text: string): [string, string | undefined] {
  const dot = text.indexOf('.')
  return dot < 0 ? [text, undefined] : [text.slice(0, dot), text.slice(dot + 1)]
}
