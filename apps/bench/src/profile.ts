import { readFileSync } from 'node:fs'
import { formatTable } from './report.ts'

/**
 * Ranks a CPU profile: `node apps/bench/src/profile.ts <file.cpuprofile> [lines]`. Self time is spent in the function's
 * own code, total time also in what it calls; both in percent of the time in which the thread was not idle.
 */

interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  readonly children?: readonly number[]
}

interface Profile {
  readonly nodes: readonly ProfileNode[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

interface Place {
  readonly place: string
  self: number
  total: number
}

const idle = new Set(['(idle)', '(root)'])
/** Starting the profiler blocks the thread and is not the server's work. */
const ownWork = 'startProfile'

function nameOf({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string {
  const path = url.replace(/^.*\/node_modules\//, '').replace(/^file:\/\/.*?\/((?:apps|packages)\/)/, '$1')
  const name = functionName === '' ? '(anonymous)' : functionName
  return url === '' ? name : `${name} ${path}:${lineNumber + 1}`
}

/** Busy microseconds per function, and their sum. */
function rank(profile: Profile): { readonly places: readonly Place[]; readonly busy: number } {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  const parents = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])),
  )
  const places = new Map<string, Place>()
  let busy = 0
  for (const [index, id] of profile.samples.entries()) {
    const node = nodes.get(id)
    const spent = profile.timeDeltas[index] ?? 0
    if (node === undefined || idle.has(node.callFrame.functionName) || isOwnWork(nodes, parents, id)) continue
    busy += spent
    addSample({ nodes, parents, places }, id, spent)
  }
  return { places: [...places.values()], busy }
}

function isOwnWork(
  nodes: ReadonlyMap<number, ProfileNode>,
  parents: ReadonlyMap<number, number>,
  leaf: number,
): boolean {
  for (let id: number | undefined = leaf; id !== undefined; id = parents.get(id))
    if (nodes.get(id)?.callFrame.functionName === ownWork) return true
  return false
}

interface Index {
  readonly nodes: ReadonlyMap<number, ProfileNode>
  readonly parents: ReadonlyMap<number, number>
  readonly places: Map<string, Place>
}

function addSample({ nodes, parents, places }: Index, leaf: number, spent: number): void {
  // A recursive function counts once per sample.
  const counted = new Set<Place>()
  for (let id: number | undefined = leaf; id !== undefined; id = parents.get(id)) {
    const node = nodes.get(id)
    if (node === undefined || idle.has(node.callFrame.functionName)) continue
    const name = nameOf(node)
    const place = places.get(name) ?? { place: name, self: 0, total: 0 }
    places.set(name, place)
    if (id === leaf) place.self += spent
    if (!counted.has(place)) place.total += spent
    counted.add(place)
  }
}

function formatRanking(profile: Profile, lines: number): string {
  const { places, busy } = rank(profile)
  const percent = (time: number): string => ((100 * time) / busy).toFixed(1)
  const table = (title: string, by: 'self' | 'total'): string =>
    formatTable(
      title,
      ['function', 'self %', 'total %'],
      places
        .toSorted((a, b) => b[by] - a[by])
        .slice(0, lines)
        .map((place) => [place.place, percent(place.self), percent(place.total)]),
    )
  return [
    `${Math.round(busy / 1000)} ms busy`,
    table('By own time', 'self'),
    table('By own and called time', 'total'),
  ].join('\n\n')
}

const [file, lines = '25'] = process.argv.slice(2)
if (file === undefined) {
  console.error('usage: node apps/bench/src/profile.ts <file.cpuprofile> [lines]')
  process.exitCode = 2
} else {
  console.log(formatRanking(JSON.parse(readFileSync(file, 'utf8')) as Profile, Number(lines)))
}
