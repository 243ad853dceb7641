/**
 * The index itself: the words of the list, and the words that people wrote in the records whose copies are on this
 * device. Two indexes, because the first is asked from the first letter on and must be small, and because a record's
 * line in the list changes far more often than its notes.
 */
import type { DocumentKind, DocumentName } from '@fulqrun/protocol'
import MiniSearch, { type Options, type SearchOptions, type SearchResult } from 'minisearch'
import { fold, queryWords, wordsOf } from './fold.ts'
import type { SearchEntry } from './search-entry.ts'

export interface SearchHit {
  readonly name: DocumentName
  readonly kind: DocumentKind
  readonly title: string
  readonly account: string
  /** Other words that lists show. */
  readonly more: string
  /** Folded words of the record that were taken for what was typed. */
  readonly found: readonly string[]
  /** True when the list's line does not show it: it stands in notes, activities or answers. */
  readonly isInText: boolean
}

export interface SearchRequest {
  readonly query: string
  readonly kind?: DocumentKind | undefined
  readonly limit: number
}

interface Known {
  readonly entry: SearchEntry
  /** Log sequence of the copy whose text is indexed; undefined when none is. */
  readonly textHead: number | undefined
}

interface TextRecord {
  readonly id: DocumentName
  readonly title: string
  readonly text: string
}

const words = (text: string): string[] => wordsOf(text).map(({ word }) => word)

const listOptions: Options<SearchEntry> = {
  idField: 'name',
  fields: ['title', 'account', 'owner', 'more'],
  tokenize: words,
  processTerm: fold,
}

const textOptions: Options<TextRecord> = {
  fields: ['title', 'text'],
  tokenize: words,
  processTerm: fold,
}

/** Shorter words are beginnings of too many others to look for them in notes while somebody types. */
const shortestInText = 3
/** From here on also the beginnings of words in notes. */
const shortestBeginning = 4
/** One slip of the finger is forgiven from this length on; two, which swapped letters are, in long words. */
const shortestFuzzy = 4
const shortestTwice = 7

/** Every word counts, and each may be unfinished. */
const asTyped: SearchOptions = { combineWith: 'AND', prefix: true, weights: { fuzzy: 0.3, prefix: 0.6 } }

/** Asked only when few were found as typed: looking for what is nearly it takes many times as long. */
const nearly: SearchOptions = {
  ...asTyped,
  fuzzy: (term) => (term.length >= shortestTwice ? 2 : term.length >= shortestFuzzy ? 1 : false),
}
const few = 3

/** What a device keeps of the index between two starts. */
export interface SavedTexts {
  /** Name and log sequence of each text that is in there. */
  readonly heads: readonly (readonly [DocumentName, number])[]
  /** MiniSearch's own form. */
  readonly index: unknown
}

export class SearchIndex {
  readonly #known = new Map<DocumentName, Known>()
  readonly #list = new MiniSearch<SearchEntry>(listOptions)
  #texts = new MiniSearch<TextRecord>(textOptions)
  /** Heads of texts that were loaded and whose records have not been listed yet. */
  readonly #saved = new Map<DocumentName, number>()

  get size(): number {
    return this.#known.size
  }

  /** How many records' texts are in there. */
  get texts(): number {
    return this.#texts.documentCount
  }

  entry(name: DocumentName): SearchEntry | undefined {
    return this.#known.get(name)?.entry
  }

  textHead(name: DocumentName): number | undefined {
    return this.#known.get(name)?.textHead
  }

  /** Records whose text is not in there, or is older than the list says; newest first. */
  behind(): DocumentName[] {
    return [...this.#known.values()]
      .filter(({ entry, textHead }) => textHead === undefined || textHead < entry.head)
      .sort((a, b) => b.entry.updatedAt - a.entry.updatedAt)
      .map(({ entry }) => entry.name)
  }

  /** Adds or renews what the list says of a record. */
  put(entry: SearchEntry): void {
    const before = this.#known.get(entry.name)
    const isRenamed = before !== undefined && before.entry.title !== entry.title
    // The title stands beside the text too: a new one has the copy read again.
    const textHead = isRenamed ? undefined : (before?.textHead ?? this.#savedHead(entry.name))
    this.#known.set(entry.name, { entry, textHead })
    if (before !== undefined && isSameLine(before.entry, entry)) return
    if (before === undefined) this.#list.add(entry)
    else this.#list.replace(entry)
  }

  putText(name: DocumentName, { head, text }: { readonly head: number; readonly text: string }): void {
    const known = this.#known.get(name)
    if (known === undefined) return
    if (this.#texts.has(name)) this.#texts.discard(name)
    this.#texts.add({ id: name, title: known.entry.title, text })
    this.#known.set(name, { ...known, textHead: head })
  }

  /** Forgets a record and everything that was written in it. */
  remove(name: DocumentName): void {
    if (this.#known.delete(name)) this.#list.discard(name)
    if (this.#texts.has(name)) this.#texts.discard(name)
    this.#saved.delete(name)
  }

  /** Forgets the texts that were loaded for records that have not been listed. */
  forgetUnlisted(): void {
    for (const name of [...this.#saved.keys()]) this.remove(name)
  }

  find({ query, kind, limit }: SearchRequest): readonly SearchHit[] {
    const asked = queryWords(query)
    if (asked.length === 0) return []
    const isLong = asked.every((word) => word.length >= shortestInText)
    const look = (how: SearchOptions) => this.#look({ query, kind, isLong }, how)
    const hits = look(asTyped)
    return (hits.length >= few ? hits : look(nearly)).slice(0, limit)
  }

  #look(
    { query, kind, isLong }: Pick<SearchRequest, 'query' | 'kind'> & { readonly isLong: boolean },
    how: SearchOptions,
  ): SearchHit[] {
    const filter = ({ id }: SearchResult) => {
      const known = this.#known.get(id as DocumentName)
      return known !== undefined && (kind === undefined || known.entry.kind === kind)
    }
    const listed = this.#list.search(query, { ...how, boost: { title: 3, account: 1.5 }, filter })
    const beginnings = (term: string) => term.length >= shortestBeginning
    return this.#ranked(
      listed,
      isLong ? this.#texts.search(query, { ...how, prefix: beginnings, filter }) : [],
    )
  }

  #ranked(listed: readonly SearchResult[], written: readonly SearchResult[]): SearchHit[] {
    const hits = new Map<DocumentName, { readonly hit: SearchHit; score: number }>()
    for (const { id, score, terms } of listed)
      this.#enter(hits, { id, score: score * 2, terms, isInText: false })
    for (const { id, score, terms } of written) this.#enter(hits, { id, score, terms, isInText: true })
    return [...hits.values()].sort((a, b) => b.score - a.score).map(({ hit }) => hit)
  }

  #enter(
    hits: Map<DocumentName, { readonly hit: SearchHit; score: number }>,
    result: Pick<SearchResult, 'id' | 'score' | 'terms'> & { readonly isInText: boolean },
  ): void {
    const name = result.id as DocumentName
    const before = hits.get(name)
    if (before !== undefined) {
      before.score += result.score
      return
    }
    const entry = this.#known.get(name)?.entry
    if (entry === undefined) return
    const { kind, title, account, more } = entry
    hits.set(name, {
      hit: { name, kind, title, account, more, found: result.terms, isInText: result.isInText },
      score: result.score,
    })
  }

  /** The texts, for the next start. The list's words are quicker indexed anew than read back. */
  save(): SavedTexts {
    const heads = [...this.#known.values()].flatMap(({ entry, textHead }) =>
      textHead === undefined ? [] : [[entry.name, textHead] as const],
    )
    return { heads, index: this.#texts.toJSON() }
  }

  /** Takes over what {@link save} gave, before anything else is put in. Throws when it does not fit. */
  load({ heads, index }: SavedTexts): void {
    const texts = MiniSearch.loadJS<TextRecord>(index as Parameters<typeof MiniSearch.loadJS>[0], textOptions)
    if (texts.documentCount !== heads.length || !heads.every(([name]) => texts.has(name)))
      throw new Error('the saved search index does not hold what it lists')
    this.#texts = texts
    this.#saved.clear()
    for (const [name, head] of heads) this.#saved.set(name, head)
    // What was listed before the saved texts were read.
    for (const [name, known] of this.#known)
      this.#known.set(name, { ...known, textHead: this.#savedHead(name) })
  }

  #savedHead(name: DocumentName): number | undefined {
    const head = this.#saved.get(name)
    this.#saved.delete(name)
    return head
  }
}

function isSameLine(a: SearchEntry, b: SearchEntry): boolean {
  return a.title === b.title && a.account === b.account && a.owner === b.owner && a.more === b.more
}
