import { fold, wordsOf } from './fold.ts'

/** A piece of a text, and whether it is what was looked for. */
export interface MarkedPart {
  readonly text: string
  readonly isMatch: boolean
}

/** What to mark: the words that were typed, and the words of records that were taken for them. */
export interface Wanted {
  readonly typed: readonly string[]
  readonly found: readonly string[]
}

/** How many characters of a word are marked: its beginning when that was typed, all of it when it is nearly that. */
function markedLength(word: string, { typed, found }: Wanted): number {
  const folded = fold(word)
  const longest = Math.max(
    0,
    ...typed.filter((part) => folded.startsWith(part)).map((part) => lengthOf(word, part)),
  )
  if (longest > 0) return longest
  return found.includes(folded) ? word.length : 0
}

/** Folding shortens a word where accents were letters of their own; the mark goes by what is on the screen. */
function lengthOf(word: string, part: string): number {
  for (let length = 1; length < word.length; length += 1)
    if (fold(word.slice(0, length)) === part && !/^\p{M}/u.test(word.slice(length))) return length
  return word.length
}

/** Splits a text so that what was looked for can be marked in it. */
export function markMatches(text: string, wanted: Wanted): readonly MarkedPart[] {
  const parts: MarkedPart[] = []
  let at = 0
  for (const { word, at: start } of wordsOf(text)) {
    const length = markedLength(word, wanted)
    if (length === 0) continue
    if (start > at) parts.push({ text: text.slice(at, start), isMatch: false })
    parts.push({ text: text.slice(start, start + length), isMatch: true })
    at = start + length
  }
  if (at < text.length) parts.push({ text: text.slice(at), isMatch: false })
  return parts
}

/** Whether any of it stands in the text. */
export function hasMatch(text: string, wanted: Wanted): boolean {
  return wordsOf(text).some(({ word }) => markedLength(word, wanted) > 0)
}

/** Characters before the first match, and in all. */
const leadIn = 30
const excerptLength = 140

/** The place in a long text where it was found, in one line; undefined when it is not in there. */
export function excerptOf(text: string, wanted: Wanted): string | undefined {
  const line = text.replaceAll(/\s+/g, ' ')
  const first = wordsOf(line).find(({ word }) => markedLength(word, wanted) > 0)
  if (first === undefined) return undefined
  const wordStart = line.lastIndexOf(' ', Math.max(0, first.at - leadIn)) + 1
  const start = first.at <= leadIn ? 0 : Math.min(wordStart, first.at)
  const end = start + excerptLength
  return `${start > 0 ? '... ' : ''}${line.slice(start, end).trim()}${end < line.length ? ' ...' : ''}`
}
