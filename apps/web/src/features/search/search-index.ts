/**
 * The index itself: the words of the list, and the words that people wrote in the records whose copies are on this
 * device. Two indexes, because the first is asked from the first letter on and must be small, and because a record's
 * line in the list changes far more often than its notes.
 */
import type { DocumentKind, DocumentName } from '@fulqrun/protocol'
import { queryWords } from './fold.ts'
import type { SearchEntry } from './search-entry.ts'
import { type AskedWord, type SavedWords, WordIndex, type WordMatch } from './word-index.ts'

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
  readonly limit: number
}

/** A list asks which of its records are found. */
export interface NamesRequest {
  readonly query: string
  readonly kind: DocumentKind
}

interface Known {
  readonly entry: SearchEntry
  /** Log sequence of the copy whose text is indexed; undefined when none is. */
  readonly textHead: number | undefined
}

/** Shorter words stand in too many notes to look for them there. */
const shortestInText = 3
/** One slip of the finger is forgiven from this length on; two, which swapped letters are, in long words. */
const shortestFuzzy = 4
const shortestTwice = 7

function isForTexts(asked: readonly AskedWord[]): boolean {
  return asked.every(({ word }) => word.length >= shortestInText)
}

/** Every word counts, and each may be unfinished. */
function asTyped(words: readonly string[]): readonly AskedWord[] {
  return words.map((word) => ({ word, isBeginning: true, slips: 0 }))
}

/** Asked only when few were found as typed: it finds much that nobody means. */
function nearly(words: readonly string[]): readonly AskedWord[] {
  return words.map((word) => ({
    word,
    isBeginning: true,
    slips: word.length >= shortestTwice ? 2 : word.length >= shortestFuzzy ? 1 : 0,
  }))
}
const few = 3

/** Names of more records than this are no answer to a list's question. */
const maxNames = 5_000

/** What a device keeps of the index between two starts. */
export interface SavedTexts extends SavedWords {
  /** Log sequence of each text that is in there, in the order of the names. */
  readonly heads: readonly number[]
}

export class SearchIndex {
  readonly #known = new Map<DocumentName, Known>()
  readonly #list = new WordIndex()
  readonly #texts = new WordIndex()
  /** Heads of texts that were loaded and whose records have not been listed yet. */
  readonly #saved = new Map<DocumentName, number>()

  get size(): number {
    return this.#known.size
  }

  /** How many records' texts are in there. */
  get texts(): number {
    return this.#texts.size
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
    this.#list.put(entry.name, [
      { text: entry.title, rank: 2 },
      { text: entry.account, rank: 1 },
      { text: entry.owner, rank: 0 },
      { text: entry.more, rank: 0 },
    ])
  }

  putText(name: DocumentName, { head, text }: { readonly head: number; readonly text: string }): void {
    const known = this.#known.get(name)
    if (known === undefined) return
    this.#texts.put(name, [
      { text: known.entry.title, rank: 0 },
      { text, rank: 0 },
    ])
    this.#known.set(name, { ...known, textHead: head })
  }

  /** Forgets a record and everything that was written in it. */
  remove(name: DocumentName): void {
    this.#known.delete(name)
    this.#list.remove(name)
    this.#texts.remove(name)
    this.#saved.delete(name)
  }

  /** Forgets the texts that were loaded for records that have not been listed. */
  forgetUnlisted(): void {
    for (const name of [...this.#saved.keys()]) this.remove(name)
  }

  /** The best of what is found: first what the list shows, then what stands in notes. */
  find({ query, limit }: SearchRequest): readonly SearchHit[] {
    const words = queryWords(query)
    const hits = this.#hits(asTyped(words), limit)
    return hits.length >= few ? hits : this.#hits(nearly(words), limit)
  }

  /** All of a kind that are found, in no order; nothing when they are too many to say. */
  names({ query, kind }: NamesRequest): readonly DocumentName[] {
    const words = queryWords(query)
    const look = (asked: readonly AskedWord[]) => {
      const found = new Set([...this.#list.all(asked), ...(isForTexts(asked) ? this.#texts.all(asked) : [])])
      return [...found].filter((name) => this.#known.get(name)?.entry.kind === kind)
    }
    const found = look(asTyped(words))
    const names = found.length >= few ? found : look(nearly(words))
    return names.length > maxNames ? [] : names
  }

  #hits(asked: readonly AskedWord[], limit: number): readonly SearchHit[] {
    // Texts of records that are not listed may have been loaded.
    const age = (name: DocumentName) => this.#known.get(name)?.entry.updatedAt
    const listed = this.#list.best(asked, limit, age)
    const first = listed.map((match) => this.#hit(match, false))
    if (first.length >= limit || !isForTexts(asked)) return first
    const shown = new Set(listed.map(({ name }) => name))
    const written = this.#texts.best(asked, limit - first.length, (name) =>
      shown.has(name) ? undefined : age(name),
    )
    return [...first, ...written.map((match) => this.#hit(match, true))]
  }

  #hit({ name, words }: WordMatch, isInText: boolean): SearchHit {
    const { kind, title, account, more } = this.#mustKnow(name)
    return { name, kind, title, account, more, found: words, isInText }
  }

  #mustKnow(name: DocumentName): SearchEntry {
    const known = this.#known.get(name)
    if (known === undefined) throw new Error('only listed records are found')
    return known.entry
  }

  /** The texts, for the next start. The list's words are quicker indexed anew than read back. */
  save(): SavedTexts {
    const saved = this.#texts.save()
    // 0 has the copy read again: of a record that was renamed, the words are of its old name.
    return { ...saved, heads: saved.names.map((name) => this.#saved.get(name) ?? this.textHead(name) ?? 0) }
  }

  /** Takes over what {@link save} gave, before anything else is put in. Throws when it does not fit. */
  load({ heads, ...words }: SavedTexts): void {
    if (heads.length !== words.names.length)
      throw new Error('the saved search index does not hold what it lists')
    this.#texts.restore(words)
    this.#saved.clear()
    words.names.forEach((name, index) => this.#saved.set(name, heads[index] ?? 0))
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
