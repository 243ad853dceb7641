/**
 * Fails when the web app has grown over its budget (UX.md section 2): what the first paint needs, and what any lazily
 * loaded part adds to it. Reads Vite's manifest of `apps/web/dist`; sizes are gzip, in KB of 1,000 bytes.
 */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const budgets = { initialKb: 260, lazyKb: 140 }

interface Chunk {
  readonly file: string
  readonly isEntry?: boolean
  readonly imports?: readonly string[]
  readonly dynamicImports?: readonly string[]
}

type Manifest = Readonly<Record<string, Chunk>>

const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8')) as Manifest

const sizes = new Map<string, number>()

function sizeOf(key: string): number {
  const file = manifest[key]?.file ?? ''
  const known = sizes.get(file)
  if (known !== undefined) return known
  const size = gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).byteLength
  sizes.set(file, size)
  return size
}

/** A chunk and everything it imports statically. */
function closure(key: string, found = new Set<string>()): Set<string> {
  if (found.has(key)) return found
  found.add(key)
  for (const next of manifest[key]?.imports ?? []) closure(next, found)
  return found
}

const totalKb = (keys: Iterable<string>) => [...keys].reduce((sum, key) => sum + sizeOf(key), 0) / 1000

const entry = Object.keys(manifest).find((key) => manifest[key]?.isEntry === true)
if (entry === undefined) throw new Error('no entry in the manifest: run `npm run build` first')
const initial = closure(entry)

function importersOf(key: string): readonly string[] {
  return Object.keys(manifest).filter((other) => manifest[other]?.dynamicImports?.includes(key) === true)
}

/** What is surely loaded by the time that something loads `key`: the initial chunks and what all its importers share. */
function loadedBefore(key: string): ReadonlySet<string> {
  const shared = importersOf(key)
    .map((importer) => closure(importer))
    .reduce((common, next) => common.intersection(next))
  return initial.union(shared)
}

const lazy = Object.keys(manifest)
  .filter((key) => importersOf(key).length > 0)
  .map((key) => ({ key, kb: totalKb(closure(key).difference(loadedBefore(key))) }))

const rows = [
  { name: 'initial', kb: totalKb(initial), budget: budgets.initialKb },
  ...lazy.map(({ key, kb }) => ({ name: key, kb, budget: budgets.lazyKb })),
]
for (const { name, kb, budget } of rows) {
  process.stdout.write(
    `${kb > budget ? 'OVER ' : 'ok   '} ${kb.toFixed(1).padStart(7)} KB of ${budget}  ${name}\n`,
  )
}
if (rows.some(({ kb, budget }) => kb > budget)) process.exitCode = 1
