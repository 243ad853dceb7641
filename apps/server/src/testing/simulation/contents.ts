import * as Y from 'yjs'

/** Everything that a document holds by root, as text that is the same on every replica. */
export function contentOf(doc: Y.Doc): ReadonlyMap<string, string> {
  const roots = [...doc.share].flatMap(([name, type]): [string, string][] => {
    const value = type instanceof Y.AbstractType ? (type.toJSON() as unknown) : undefined
    const text = JSON.stringify(sorted(value)) ?? ''
    return ['""', '{}', '[]', ''].includes(text) ? [] : [[name, text]]
  })
  return new Map(roots)
}

/** Replicas keep the keys of a map in the order in which they came. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]))
}

/** The first root in which two contents differ, in words; undefined when they are equal. */
export function differenceOf(
  found: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, string>,
): string | undefined {
  for (const name of new Set([...found.keys(), ...wanted.keys()])) {
    const [is, should] = [found.get(name) ?? 'nothing', wanted.get(name) ?? 'nothing']
    if (is !== should) return `${name} is ${is.slice(0, 200)}, at the server ${should.slice(0, 200)}`
  }
  return undefined
}

/** How often a text stands in what a document shows of its notes and activities. */
export function timesIn(content: ReadonlyMap<string, string>, mark: string): number {
  const shown = [...content].flatMap(([name, text]) => (['notes', 'activities'].includes(name) ? [text] : []))
  return shown.join(' ').split(mark).length - 1
}
