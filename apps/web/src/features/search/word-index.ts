/**
 * Which records hold which words: a radix tree of words (MiniSearch's), each with the records that hold it. Records are
 * numbered in the order in which they came, so that a question of several words is counting in two arrays: common words
 * cost as little as rare ones, which is what an answer within a few milliseconds for every key needs (decision 0016).
 */
import type { DocumentName } from '@fulqrun/protocol'
import SearchableMap from 'minisearch/SearchableMap'
import { bestOf } from './best-of.ts'
import { fold, wordsOf } from './fold.ts'

/** How much the place of a word counts: 0 for what is by the way, 2 for the title. */
export type Rank = 0 | 1 | 2
const rankWeights: Readonly<Record<Rank, number>> = { 0: 1, 1: 1.5, 2: 3 }

export interface WordField {
  readonly text: string
  readonly rank: Rank
}

/** How loosely a word is taken. */
export interface Looseness {
  /** Whether it may be the beginning of a longer one. */
  readonly isBeginning: boolean
  /** How many letters may be wrong, missing or too many. */
  readonly slips: number
}

export interface AskedWord extends Looseness {
  /** Folded. */
  readonly word: string
}

export interface WordMatch {
  readonly name: DocumentName
  /** Its words that were taken for those that were asked, in their order. */
  readonly words: readonly string[]
}

/** A place is a record's number, and in its last bits the best rank that the word has there. */
const rankBits = 2
const rankMask = 3

interface Term {
  readonly word: string
  readonly weight: number
  readonly places: readonly number[]
}

/** What is kept of an index: the words, how many records hold each, and which. */
export interface SavedWords {
  readonly names: readonly DocumentName[]
  readonly words: readonly string[]
  readonly counts: readonly number[]
  readonly places: Uint32Array
}

/** From here on numbers of records that are gone are taken out of the words. */
const gonePart = 0.25
const goneAtLeast = 1_000
/** More words than anybody looks for; what follows them is not asked. */
const maxWords = 32

export class WordIndex {
  #tree = new SearchableMap<number[]>()
  /** By number; undefined where the record is gone or has been put in again. */
  #names: (DocumentName | undefined)[] = []
  #numbers = new Map<DocumentName, number>()

  get size(): number {
    return this.#numbers.size
  }

  has(name: DocumentName): boolean {
    return this.#numbers.has(name)
  }

  /** Puts a record in, or in again. */
  put(name: DocumentName, fields: readonly WordField[]): void {
    this.remove(name)
    const number = this.#names.length
    this.#names.push(name)
    this.#numbers.set(name, number)
    for (const [word, rank] of bestRanks(fields)) {
      const places = this.#tree.get(word)
      if (places === undefined) this.#tree.set(word, [(number << rankBits) | rank])
      else places.push((number << rankBits) | rank)
    }
  }

  remove(name: DocumentName): void {
    const number = this.#numbers.get(name)
    if (number === undefined) return
    this.#numbers.delete(name)
    this.#names[number] = undefined
    const gone = this.#names.length - this.#numbers.size
    if (gone >= goneAtLeast && gone > this.#names.length * gonePart) this.#take(this.save())
  }

  /** Names of the records that hold every one of the words, unordered. */
  all(asked: readonly AskedWord[]): readonly DocumentName[] {
    return this.#match(this.#ask(asked)).numbers.flatMap((number) => this.#names[number] ?? [])
  }

  /** The best of them; among equal ones those with the higher `orderOf`. Undefined leaves a record out. */
  best(
    asked: readonly AskedWord[],
    limit: number,
    orderOf: (name: DocumentName) => number | undefined,
  ): readonly WordMatch[] {
    const terms = this.#ask(asked)
    const { numbers, scores } = this.#match(terms)
    const order = (number: number) => {
      const name = this.#names[number]
      return (name === undefined ? undefined : orderOf(name)) ?? -Infinity
    }
    const best = bestOf(numbers, limit, (a, b) => {
      const [left = 0, right = 0] = [scores[a], scores[b]]
      return left === right ? order(a) > order(b) : left > right
    })
    return best.flatMap((number) => {
      const name = this.#names[number]
      if (name === undefined || orderOf(name) === undefined) return []
      return [{ name, words: terms.flatMap((fitting) => wordsAt(fitting, number)) }]
    })
  }

  /** By number, later ones first: those are more often the newer ones, which makes the best quicker to find. */
  #match(wanted: readonly (readonly Term[])[]): {
    readonly numbers: readonly number[]
    readonly scores: Float32Array
  } {
    const held = new Uint8Array(this.#names.length)
    const scores = new Float32Array(this.#names.length)
    const best = new Float32Array(this.#names.length)
    wanted.forEach((terms, before) => {
      for (const { weight, places } of terms) {
        for (const place of places) {
          const number = place >> rankBits
          const score = weight * rankWeights[(place & rankMask) as Rank]
          if (held[number] === before) {
            held[number] = before + 1
            best[number] = score
            scores[number] = (scores[number] ?? 0) + score
          } else if (held[number] === before + 1 && score > (best[number] ?? 0)) {
            scores[number] = (scores[number] ?? 0) + score - (best[number] ?? 0)
            best[number] = score
          }
        }
      }
    })
    const numbers: number[] = []
    for (let number = wanted.length === 0 ? -1 : held.length - 1; number >= 0; number -= 1)
      if (held[number] === wanted.length && this.#names[number] !== undefined) numbers.push(number)
    return { numbers, scores }
  }

  #ask(asked: readonly AskedWord[]): readonly (readonly Term[])[] {
    return asked.slice(0, maxWords).map((word) => this.#terms(word))
  }

  /** Words of the index that fit, with how well. The same word may fit in two ways. */
  #terms({ word, isBeginning, slips }: AskedWord): readonly Term[] {
    const terms: Term[] = []
    const exact = this.#tree.get(word)
    if (exact !== undefined) terms.push({ word, weight: 1, places: exact })
    if (isBeginning) {
      for (const [longer, places] of this.#tree.atPrefix(word).entries()) {
        const more = longer.length - word.length
        if (more > 0)
          terms.push({ word: longer, weight: (0.6 * longer.length) / (longer.length + 0.3 * more), places })
      }
    }
    if (slips > 0) {
      for (const [near, [places, wrong]] of this.#tree.fuzzyGet(word, slips)) {
        if (wrong > 0) terms.push({ word: near, weight: (0.3 * near.length) / (near.length + wrong), places })
      }
    }
    return terms
  }

  /** What {@link restore} takes back; records that are gone are not in it. */
  save(): SavedWords {
    const names: DocumentName[] = []
    const renumbered = this.#names.map((name) => (name === undefined ? -1 : names.push(name) - 1))
    const words: string[] = []
    const counts: number[] = []
    const all: number[] = []
    for (const [word, places] of this.#tree.entries()) {
      const before = all.length
      for (const place of places) {
        const number = renumbered[place >> rankBits] ?? -1
        if (number >= 0) all.push((number << rankBits) | (place & rankMask))
      }
      if (all.length === before) continue
      words.push(word)
      counts.push(all.length - before)
    }
    return { names, words, counts, places: Uint32Array.from(all) }
  }

  /** Replaces everything by what was saved. Throws when it does not fit together. */
  restore(saved: SavedWords): void {
    const total = saved.counts.reduce((sum, count) => sum + count, 0)
    if (saved.words.length !== saved.counts.length || total !== saved.places.length)
      throw new Error('the saved words do not fit together')
    this.#take(saved)
  }

  #take({ names, words, counts, places }: SavedWords): void {
    this.#names = [...names]
    this.#numbers = new Map(names.map((name, number) => [name, number]))
    this.#tree = new SearchableMap()
    let from = 0
    words.forEach((word, index) => {
      const to = from + (counts[index] ?? 0)
      this.#tree.set(word, [...places.subarray(from, to)])
      from = to
    })
  }
}

function bestRanks(fields: readonly WordField[]): ReadonlyMap<string, Rank> {
  const best = new Map<string, Rank>()
  for (const { text, rank } of fields) {
    for (const { word } of wordsOf(text)) {
      const folded = fold(word)
      const before = best.get(folded)
      if (before === undefined || before < rank) best.set(folded, rank)
    }
  }
  return best
}

function wordsAt(terms: readonly Term[], number: number): readonly string[] {
  return terms.filter(({ places }) => holds(places, number)).map(({ word }) => word)
}

/** Places are in the order of their numbers. */
function holds(places: readonly number[], number: number): boolean {
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((places[middle] ?? Infinity) < number << rankBits) low = middle + 1
    else high = middle
  }
  return (places[low] ?? -1) >> rankBits === number
}
