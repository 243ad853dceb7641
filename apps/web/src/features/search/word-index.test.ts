import { type DocumentName, formatDocumentName } from '@fulqrun/protocol'
import { describe, expect, test } from 'vitest'
import { type AskedWord, WordIndex } from './word-index.ts'

const nameOf = (number: number): DocumentName =>
  formatDocumentName({
    organizationId: 'org',
    kind: 'opportunity',
    id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
  })

const put = (index: WordIndex, number: number, title: string, text = '') => {
  index.put(nameOf(number), [
    { text: title, rank: 2 },
    { text, rank: 0 },
  ])
}

const ask = (query: string, how: Partial<AskedWord> = {}): readonly AskedWord[] =>
  query.split(' ').map((word) => ({ word, isBeginning: true, slips: 0, ...how }))

/** Numbers of the best, those with a higher number first among equals. */
const best = (index: WordIndex, asked: readonly AskedWord[], limit = 10) =>
  index.best(asked, limit, numberOf).map(({ name }) => numberOf(name))

const numberOf = (name: DocumentName) => Number(name.slice(-12))

describe('records', () => {
  test('hold every word that is asked, wherever it stands', () => {
    const index = new WordIndex()
    put(index, 1, 'Mercy Clinic', 'second quote')
    put(index, 2, 'Mercy', 'third quote')
    expect(best(index, ask('mercy second'))).toEqual([1])
    expect(best(index, ask('quote mercy'))).toEqual([2, 1])
    expect(index.all(ask('mercy mercy'))).toHaveLength(2)
    expect(index.all([])).toEqual([])
  })

  test('are better with the word in the title, as a whole, and spelled as asked', () => {
    const index = new WordIndex()
    put(index, 4, 'Card')
    put(index, 3, 'Cardavel')
    put(index, 2, 'Other', 'card')
    put(index, 1, 'Cart')
    expect(best(index, ask('card', { slips: 1 }))).toEqual([4, 3, 2, 1])
    expect(best(index, ask('card'), 2)).toEqual([4, 3])
  })

  test('are put in again with what they hold now, and told to be gone', () => {
    const index = new WordIndex()
    put(index, 1, 'second quote')
    put(index, 1, 'third quote')
    expect(index.all(ask('second'))).toEqual([])
    expect(index.all(ask('third'))).toEqual([nameOf(1)])
    index.remove(nameOf(1))
    expect(index.all(ask('third'))).toEqual([])
    expect(index.size).toBe(0)
  })

  test('that are left out do not take the place of others', () => {
    const index = new WordIndex()
    for (const number of [1, 2, 3]) put(index, number, 'quote')
    const orderOf = (name: DocumentName) => (name === nameOf(3) ? undefined : numberOf(name))
    expect(index.best(ask('quote'), 2, orderOf)).toMatchObject([{ name: nameOf(2) }, { name: nameOf(1) }])
  })
})

test('the words of a record that were taken for those asked are told', () => {
  const index = new WordIndex()
  put(index, 1, 'Cardavel training')
  put(index, 2, 'Cardamom trailing')
  const [match] = index.best(ask('card trainnig', { slips: 2 }), 1, (name) => -numberOf(name))
  expect(match).toEqual({ name: nameOf(1), words: ['cardavel', 'training'] })
})

test('what is saved is the same index, without what is gone', () => {
  const index = new WordIndex()
  put(index, 1, 'second quote')
  put(index, 2, 'third quote')
  put(index, 3, 'fourth offer')
  index.remove(nameOf(1))
  const saved = index.save()
  expect(saved.words).not.toContain('second')
  const other = new WordIndex()
  other.restore(saved)
  expect(best(other, ask('quote'))).toEqual([2])
  put(other, 4, 'third offer')
  expect(best(other, ask('third'))).toEqual([4, 2])
  expect(() => other.restore({ ...saved, counts: saved.counts.slice(1) })).toThrow('fit together')
})

test('records that come and go for long do not pile up', () => {
  const index = new WordIndex()
  for (let round = 0; round < 3_000; round += 1) put(index, 1, `round ${round} quote`)
  expect(index.save().words).toHaveLength(3)
  expect(index.all(ask('quote'))).toEqual([nameOf(1)])
})
