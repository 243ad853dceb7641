import { describe, expect, test } from 'vitest'
import { excerptOf, markMatches } from './marks.ts'

const marked = (text: string, typed: readonly string[], found: readonly string[] = []) =>
  markMatches(text, { typed, found })
    .map(({ text: part, isMatch }) => (isMatch ? `[${part}]` : part))
    .join('')

describe('what was looked for is marked', () => {
  test.each([
    ['Mercy Hospital', ['mer'], [], '[Mer]cy Hospital'],
    ['Mercy Hospital', ['hospital', 'mercy'], [], '[Mercy] [Hospital]'],
    ['Dr. Mu\u00f1oz', ['munoz'], ['munoz'], 'Dr. [Mu\u00f1oz]'],
    ['Dr. Mu\u00f1oz', ['mun'], [], 'Dr. [Mu\u00f1]oz'],
    ['Dr. Mun\u0303oz', ['mun'], [], 'Dr. [Mun\u0303]oz'],
    // Nearly what was typed: the whole word that was taken for it.
    ['Whitcombe', ['whitcomb', 'witcombe'], ['whitcombe'], '[Whitcomb]e'],
    ['Whitcombe', ['witcombe'], ['whitcombe'], '[Whitcombe]'],
    ['nothing here', ['mercy'], [], 'nothing here'],
  ])('%s by %o', (text, typed, found, expected) => {
    expect(marked(text, typed, found)).toBe(expected)
  })

  test('nothing of the text is lost', () => {
    const text = 'Stra\u00dfe, \u0130zmir: 4 of 5 (caf\u00e9)!'
    for (const typed of [['s'], ['izmir'], ['cafe'], ['4']])
      expect(
        markMatches(text, { typed, found: [] })
          .map(({ text: part }) => part)
          .join(''),
      ).toBe(text)
  })
})

describe('excerpts', () => {
  const long = `${'before '.repeat(40)}the committee meets on Tuesday ${'after '.repeat(40)}`

  test('show the place, cut at words', () => {
    const excerpt = excerptOf(long, { typed: ['committee'], found: [] })
    expect(excerpt).toContain('the committee meets on Tuesday')
    expect(excerpt).toMatch(/^\.\.\. before .* \.\.\.$/)
    expect(excerpt?.length).toBeLessThan(160)
  })

  test('a short text is shown whole, on one line', () => {
    expect(excerptOf('Call\nthe committee', { typed: ['call'], found: [] })).toBe('Call the committee')
  })

  test('there is none where nothing was found', () => {
    expect(excerptOf(long, { typed: ['budget'], found: [] })).toBeUndefined()
  })
})
