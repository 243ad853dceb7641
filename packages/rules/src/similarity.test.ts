import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findNearDuplicates, isNearDuplicate, nearDuplicateThreshold, similarity } from './similarity.ts'

const word = fc.constantFrom(
  'dose',
  'Dr.',
  'Okafor',
  'asks',
  'for',
  'the',
  'trial',
  'data',
  'by',
  'Friday',
  'É',
  '12',
)
const sentence = fc.array(word, { maxLength: 12 }).map((words) => words.join(' '))
const text = fc.oneof(sentence, fc.string({ unit: 'grapheme', maxLength: 60 }))

/** A text and one that was made of it by a few slips of the finger: the pairs that lie around the threshold. */
const slips = fc
  .tuple(sentence, fc.array(fc.tuple(fc.nat(80), fc.constantFrom('x', ' ', 'Q', '')), { maxLength: 10 }))
  .map(([original, edits]): [string, string] => [
    original,
    edits.reduce((changed, [at, by]) => changed.slice(0, at) + by + changed.slice(at + 1), original),
  ])
const pair = fc.oneof(slips, fc.tuple(text, text))

/** The distance by its definition, one row of the table at a time. */
function naiveDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

function naiveSimilarity(a: string, b: string): number {
  const normal = (words: string) => words.normalize('NFC').toLowerCase().split(/\s+/).filter(Boolean)
  const orders = [(words: string[]) => words, (words: string[]) => words.toSorted()]
  return Math.max(
    ...orders.map((order) => {
      const [left, right] = [order(normal(a)).join(' '), order(normal(b)).join(' ')]
      return 1 - naiveDistance(left, right) / Math.max(left.length, right.length, 1)
    }),
  )
}

describe('how alike two texts are', () => {
  test('[SIM-1] symmetric, from 0 to 1, and 1 for a text and itself', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        expect(similarity(a, b)).toBe(similarity(b, a))
        expect(similarity(a, b)).toBeGreaterThanOrEqual(0)
        expect(similarity(a, b)).toBeLessThanOrEqual(1)
        expect(similarity(a, a)).toBe(1)
      }),
    )
  })

  test('[SIM-1] as the definition says, computed the slow way', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        expect(similarity(a, b)).toBeCloseTo(naiveSimilarity(a, b), 12)
      }),
    )
  })

  test.each([
    ['Dr. Okafor asks for trial data', 'dr.  OKAFOR asks\nfor trial data ', 1],
    ['Dr. Okafor asks for trial data', 'for trial data asks Dr. Okafor', 1],
    ['Caf\u00E9', 'Cafe\u0301', 1],
    ['', '', 1],
    ['', 'abc', 0],
    ['kitten', 'sitting', 1 - 3 / 7],
  ])('[SIM-1] %j and %j: %d', (a, b, expected) => {
    expect(similarity(a, b)).toBeCloseTo(expected, 12)
  })
})

describe('what is flagged', () => {
  test('[SIM-2] the same sentence typed by two people, not two sentences on the same subject', () => {
    const mine = 'Formulary committee meets on 12 October, Dr. Okafor presents our data.'
    expect(isNearDuplicate(mine, 'Formulary comittee meets on 12 October; Dr Okafor presents our data')).toBe(
      true,
    )
    expect(
      isNearDuplicate(mine, 'On 12 October formulary committee meets, Dr. Okafor presents our data.'),
    ).toBe(true)
    expect(isNearDuplicate(mine, 'Formulary committee moved to November, we need new data first.')).toBe(
      false,
    )
  })

  test('[SIM-2] at 0.85 yes, just below no', () => {
    const base = 'abcdefghijklmnopqrst'
    expect(isNearDuplicate(base, `${base.slice(0, 17)}123`)).toBe(true)
    expect(isNearDuplicate(base, `${base.slice(0, 16)}1234`)).toBe(false)
  })

  test('[SIM-2] a block of fewer than twelve letters and digits never, however equal', () => {
    expect(isNearDuplicate('ok', 'ok')).toBe(false)
    expect(isNearDuplicate('call back 1', 'call back 1')).toBe(false)
    expect(isNearDuplicate('------------', '------------')).toBe(false)
    expect(isNearDuplicate('call back 1234', 'call back 1234')).toBe(true)
  })

  test('[SIM-3] the filters change no verdict', () => {
    const letters = (words: string) => words.match(/[\p{L}\p{N}]/gu)?.length ?? 0
    let flagged = 0
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const expected = Math.min(letters(a), letters(b)) >= 12 && similarity(a, b) >= nearDuplicateThreshold
        expect(isNearDuplicate(a, b)).toBe(expected)
        if (expected) flagged += 1
      }),
      { numRuns: 1000 },
    )
    expect(flagged).toBeGreaterThan(20)
  })
})

describe('long blocks', () => {
  /** Words that repeat nowhere, so that a different start is different throughout. */
  function longText(start: number, length: number): string {
    const words = Array.from({ length: Math.ceil(length / 5) }, (_, index) => (start + index * 7919) % 99_991)
    return words.join(' ').slice(0, length)
  }

  test('[SIM-4] a slip in the middle of pages is found, since what both share at both ends is left out', () => {
    const pages = longText(1, 50_000)
    const changed = `${pages.slice(0, 25_000)} and so on ${pages.slice(25_100)}`
    expect(similarity(pages, changed)).toBeGreaterThan(0.99)
    expect(isNearDuplicate(pages, changed)).toBe(true)
  })

  test('[SIM-4] never called more similar than they are: what is not looked at counts as different', () => {
    const start = longText(1, 2500)
    const [a, b] = [`a${start}${longText(2, 20_000)}z`, `b${start}${longText(3, 20_000)}y`]
    expect(similarity(a, b)).toBeLessThan(0.2)
    expect(similarity(a, b)).toBe(similarity(b, a))
    expect(isNearDuplicate(a, b)).toBe(false)
  })
})

describe('a search', () => {
  const block = (id: string, words: string) => ({ id, text: words })

  test('[SIM-5] pairs each block with its best partner, the best pair first', () => {
    const mine = [
      block('a', 'Pharmacy wants a smaller starter pack'),
      block('b', 'Budget is approved by the finance board'),
    ]
    const theirs = [
      block('c', 'Budget was approved by the finance board'),
      block('d', 'Budget is approved by the finance board'),
      block('e', 'pharmacy wants a smaller starter pack!'),
      block('f', 'Nothing in common with any of these'),
    ]
    const found = findNearDuplicates(mine, theirs)
    expect(found.map((one) => [one.mine.id, one.theirs.id])).toEqual([
      ['b', 'd'],
      ['a', 'e'],
    ])
    expect(found[0]?.similarity).toBe(1)
    expect(findNearDuplicates(theirs, mine).map((one) => [one.theirs.id, one.mine.id])).toEqual([
      ['b', 'd'],
      ['a', 'e'],
    ])
  })

  test('[SIM-5] every pair holds: one block of each side, at the threshold or above, none twice', () => {
    const blocks = fc.array(
      sentence.map((words) => ({ text: words })),
      { maxLength: 8 },
    )
    fc.assert(
      fc.property(blocks, blocks, (mine, theirs) => {
        const found = findNearDuplicates(mine, theirs)
        const paired = found.flatMap((one) => [one.mine, one.theirs])
        expect(new Set(paired).size).toBe(paired.length)
        for (const one of found) {
          expect(mine).toContain(one.mine)
          expect(theirs).toContain(one.theirs)
          expect(one.similarity).toBe(similarity(one.mine.text, one.theirs.text))
          expect(isNearDuplicate(one.mine.text, one.theirs.text)).toBe(true)
        }
      }),
    )
  })

  test('[SIM-5] looks at the first hundred long enough blocks of a side, and gives up beyond its work', () => {
    const numbered = (side: string) =>
      Array.from({ length: 120 }, (_, index) => block(`${side}${index}`, `block number ${index} `.repeat(3)))
    const short = Array.from({ length: 50 }, (_, index) => block(`s${index}`, 'ok'))
    const target = block('target', 'The only sentence of its kind here')
    const many = numbered('m')
    expect(findNearDuplicates([...short, target], [target])).toHaveLength(1)
    expect(findNearDuplicates([...many.slice(0, 99), target], [target])).toHaveLength(1)
    expect(findNearDuplicates([...many.slice(0, 100), target], [target])).toHaveLength(0)
    // Characters alike and words not, so that only a full comparison tells them apart: no two pairs of this length more.
    const costly = (id: string, unit: string) => block(id, unit.repeat(400))
    const theirs = [costly('x', 'fedcba '), costly('y', 'fcebda '), block('target', target.text)]
    expect(findNearDuplicates([costly('a', 'abcdef '), target], theirs)).toHaveLength(0)
    expect(findNearDuplicates([target, costly('a', 'abcdef ')], theirs)).toHaveLength(1)
  })
})
