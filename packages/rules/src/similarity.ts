import { distance } from 'fastest-levenshtein'

/**
 * Near-duplicates: two people write the same thing down without having seen each other's words. The merge keeps both
 * (POL-5); what is found here is offered as "keep both" or "keep one", never applied. Rules SIM-1 to SIM-5.
 *
 * A block is what an editor shows as one paragraph. Blocks are compared without regard to case, to the width of
 * whitespace and to the order of their words: the similarity is 1 minus the Levenshtein distance over the longer
 * length, of the texts as they stand or with their words sorted, whichever is higher.
 */

/** From here on two blocks are flagged. */
export const nearDuplicateThreshold = 0.85

/** The letters and digits that a block needs to be flagged: "ok" or "call back" written twice is no work done twice. */
const enoughLetters = /(?:[\p{L}\p{N}][^\p{L}\p{N}]*){12}/u

/**
 * Characters of a block that are compared one by one, after the beginning and the end that both blocks share. What
 * follows counts as wholly different unless it is equal, so a long block is never called more similar than it is, and
 * its words are not sorted. This is two thirds of a page in one paragraph; comparing two such takes 4 ms, and the time
 * grows with the square.
 */
const maxComparedLength = 2000

/** Blocks of each side that one search looks at: a record's notes of some five pages. */
const maxBlocks = 100

/** Characters times characters that one search compares before it gives up: 5 ms or so, 30 pairs of 400 characters. */
const maxComparedArea = 10_000_000

export interface TextBlock {
  readonly text: string
}

export interface NearDuplicate<B extends TextBlock> {
  readonly mine: B
  readonly theirs: B
  /** {@link nearDuplicateThreshold} to 1. */
  readonly similarity: number
}

/** How alike two texts are, 0 to 1; symmetric, and 1 for texts that differ in case, whitespace and word order only. */
export function similarity(a: string, b: string): number {
  return normalSimilarity(normalize(a), normalize(b))
}

/** Whether two blocks are so alike that a person should be asked about them. */
export function isNearDuplicate(a: string, b: string): boolean {
  return findNearDuplicates([{ text: a }], [{ text: b }]).length > 0
}

/**
 * Pairs of one block of each side that are near-duplicates, the most similar first; a block is in one pair at most.
 *
 * Bounded in cost, whatever is written: each side's text is read once, the first {@link maxBlocks} blocks of each side
 * that are long enough are held against each other by two filters of constant cost, and what passes is compared until
 * {@link maxComparedArea} is used up. What a limit leaves out is not flagged; nothing is lost, since both stay.
 */
export function findNearDuplicates<B extends TextBlock>(
  mine: readonly B[],
  theirs: readonly B[],
): readonly NearDuplicate<B>[] {
  const ours = comparable(mine)
  const others = comparable(theirs)
  const found: NearDuplicate<B>[] = []
  let area = 0
  for (const a of ours) {
    for (const b of others) {
      if (!mayBeSimilar(a, b)) continue
      area += comparedArea(a.text, b.text)
      if (area > maxComparedArea) return bestPairs(found)
      const value = normalSimilarity(a.text, b.text)
      if (value >= nearDuplicateThreshold) found.push({ mine: a.block, theirs: b.block, similarity: value })
    }
  }
  return bestPairs(found)
}

/** A block in the form in which it is compared. */
interface Comparable<B extends TextBlock> {
  readonly block: B
  /** Normalized. */
  readonly text: string
  /** How often the characters occur, in buckets. */
  readonly characters: Uint32Array
}

function comparable<B extends TextBlock>(blocks: readonly B[]): readonly Comparable<B>[] {
  return blocks
    .filter(({ text }) => enoughLetters.test(text))
    .slice(0, maxBlocks)
    .map((block) => {
      const text = normalize(block.text)
      return { block, text, characters: characterCounts(text) }
    })
}

/** One case, one composition of accents, one space between words. */
function normalize(text: string): string {
  return text.normalize('NFC').toLowerCase().replaceAll(/\s+/g, ' ').trim()
}

function normalSimilarity(a: string, b: string): number {
  const inOrder = orderedSimilarity(a, b)
  if (inOrder === 1 || a.length > maxComparedLength || b.length > maxComparedLength) return inOrder
  return Math.max(inOrder, orderedSimilarity(sortWords(a), sortWords(b)))
}

function sortWords(text: string): string {
  return text.split(' ').toSorted().join(' ')
}

function orderedSimilarity(a: string, b: string): number {
  return a === b ? 1 : similarityAfter(boundedDistance(a, b), a, b)
}

/** The similarity of two texts that so many edits of one character make equal. */
function similarityAfter(edits: number, a: string, b: string): number {
  return 1 - edits / Math.max(a.length, b.length, 1)
}

/** The Levenshtein distance; more than it where the texts differ over more than {@link maxComparedLength}. */
function boundedDistance(a: string, b: string): number {
  const start = sharedStart(a, b)
  const end = sharedEnd(a, b, start)
  const left = a.slice(start, a.length - end)
  const right = b.slice(start, b.length - end)
  const leftRest = left.slice(maxComparedLength)
  const rightRest = right.slice(maxComparedLength)
  const rest = leftRest === rightRest ? 0 : Math.max(leftRest.length, rightRest.length)
  return distance(left.slice(0, maxComparedLength), right.slice(0, maxComparedLength)) + rest
}

function sharedStart(a: string, b: string): number {
  const most = Math.min(a.length, b.length)
  let length = 0
  while (length < most && a.charCodeAt(length) === b.charCodeAt(length)) length += 1
  return length
}

function sharedEnd(a: string, b: string, start: number): number {
  const most = Math.min(a.length, b.length) - start
  let length = 0
  while (length < most && a.charCodeAt(a.length - 1 - length) === b.charCodeAt(b.length - 1 - length))
    length += 1
  return length
}

/**
 * False only where the similarity is below the threshold. One edit changes the length by one at most, and makes up for
 * one at most of the characters that one text has and the other lacks; neither depends on the order of the words.
 */
function mayBeSimilar<B extends TextBlock>(a: Comparable<B>, b: Comparable<B>): boolean {
  const reaches = (edits: number) => similarityAfter(edits, a.text, b.text) >= nearDuplicateThreshold
  return (
    reaches(Math.abs(a.text.length - b.text.length)) &&
    reaches(surplus(a.characters, b.characters)) &&
    reaches(surplus(b.characters, a.characters))
  )
}

/** Two characters in one bucket hide a difference and never make one. */
const buckets = 64

function characterCounts(text: string): Uint32Array {
  const counts = new Uint32Array(buckets)
  for (let index = 0; index < text.length; index += 1) {
    const bucket = text.charCodeAt(index) % buckets
    counts[bucket] = (counts[bucket] ?? 0) + 1
  }
  return counts
}

/** How many characters one text has that the other does not, at least. */
function surplus(these: Uint32Array, those: Uint32Array): number {
  let sum = 0
  for (let bucket = 0; bucket < buckets; bucket += 1)
    sum += Math.max(0, (these[bucket] ?? 0) - (those[bucket] ?? 0))
  return sum
}

function comparedArea(a: string, b: string): number {
  const orders = 2
  return orders * Math.min(a.length, maxComparedLength) * Math.min(b.length, maxComparedLength)
}

/** Each block's best partner that is not taken by a better pair; of equals, the earlier blocks. */
function bestPairs<B extends TextBlock>(found: readonly NearDuplicate<B>[]): readonly NearDuplicate<B>[] {
  const taken = new Set<B>()
  return found
    .toSorted((a, b) => b.similarity - a.similarity)
    .filter(({ mine, theirs }) => {
      if (taken.has(mine) || taken.has(theirs)) return false
      taken.add(mine)
      taken.add(theirs)
      return true
    })
}
