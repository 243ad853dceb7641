/**
 * Measures search as somebody types, over 10,000 records with notes of about 600 characters: per keystroke, what the
 * search worker needs to answer. Run: `node apps/web/scripts/search-latency.ts`.
 */
import { type DocumentName, formatDocumentName } from '@fulqrun/protocol'
import { packTexts, unpackTexts } from '../src/features/search/saved-texts.ts'
import type { SearchEntry } from '../src/features/search/search-entry.ts'
import { SearchIndex } from '../src/features/search/search-index.ts'

const records = 10_000
const noteWords = 90

let seed = 7
/** Reproducible numbers in [0, 1). */
function random(): number {
  seed = (seed * 1_664_525 + 1_013_904_223) >>> 0
  return seed / 4_294_967_296
}

const syllables = Array.from('bcdfghlmnprstv').flatMap((first) =>
  ['a', 'e', 'i', 'o', 'ar', 'en', 'is', 'u'].map((rest) => first + rest),
)

/** Real texts have few common and many rare words: so have these. */
const vocabulary = Array.from({ length: 20_000 }, () =>
  Array.from(
    { length: 2 + Math.floor(random() * 3) },
    () => syllables[Math.floor(random() * syllables.length)],
  ).join(''),
)
const word = () => vocabulary[Math.floor(vocabulary.length * random() ** 3)] ?? ''
const words = (count: number) => Array.from({ length: count }, word).join(' ')

function makeEntry(number: number): SearchEntry {
  const name: DocumentName = formatDocumentName({
    organizationId: 'org',
    kind: 'opportunity',
    id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
  })
  return {
    name,
    kind: 'opportunity',
    title: words(4),
    account: words(2),
    owner: words(2),
    more: words(8),
    head: 1,
    updatedAt: number,
  }
}

function timed<T>(what: string, run: () => T): T {
  const started = performance.now()
  const result = run()
  process.stdout.write(`${what}: ${Math.round(performance.now() - started)} ms\n`)
  return result
}

const entries = Array.from({ length: records }, (_, number) => makeEntry(number))
const texts = entries.map(() => words(noteWords))
const index = new SearchIndex()
timed(`index the list of ${records} records`, () => {
  for (const entry of entries) index.put(entry)
})
timed('index their texts', () => {
  for (const [at, entry] of entries.entries()) index.putText(entry.name, { head: 1, text: texts[at] ?? '' })
})
const saved = timed('make the texts ready to be kept', () => packTexts(index.save()))
process.stdout.write(`kept: ${(saved.bytes.length / 1_000_000).toFixed(1)} MB\n`)
timed('read them at a start', () => {
  new SearchIndex().load(unpackTexts(saved))
})

/** A word of a record: of its line in the list, or of its notes. */
function wordOf(at: number): string {
  const entry = entries[at]
  const own = `${entry?.title ?? ''} ${random() < 0.3 ? (texts[at] ?? '') : (entry?.account ?? '')}`.split(
    ' ',
  )
  return own[Math.floor(random() * own.length)] ?? ''
}

/** What 60 people type to find a record: one to three of its words, every fifth with two letters swapped. */
const typed = Array.from({ length: 60 }, () => {
  const at = Math.floor(random() * records)
  const asked = Array.from({ length: 1 + Math.floor(random() * 3) }, () => wordOf(at))
  return asked
    .map((one) => (random() < 0.2 ? `${one[1] ?? ''}${one[0] ?? ''}${one.slice(2)}` : one))
    .join(' ')
})
const times = typed.flatMap((query) =>
  Array.from(query, (_, at) => {
    const started = performance.now()
    index.find({ query: query.slice(0, at + 1), limit: 50 })
    return performance.now() - started
  }),
)
times.sort((a, b) => a - b)
const quantile = (part: number) => (times[Math.floor((times.length - 1) * part)] ?? 0).toFixed(1)
process.stdout.write(
  `${times.length} keystrokes: p50 ${quantile(0.5)} ms, p95 ${quantile(0.95)} ms, max ${quantile(1)} ms\n`,
)
