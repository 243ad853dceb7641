import { formatDocumentName } from '@fulqrun/protocol'
import { describe, expect, test } from 'vitest'
import { packTexts, unpackTexts } from './saved-texts.ts'
import type { SearchEntry } from './search-entry.ts'
import { SearchIndex } from './search-index.ts'

const nameOf = (id: string, kind: SearchEntry['kind'] = 'opportunity') =>
  formatDocumentName({ organizationId: 'org', kind, id: `00000000-0000-4000-8000-${id.padStart(12, '0')}` })

function makeEntry(id: string, part: Partial<SearchEntry> = {}): SearchEntry {
  return {
    name: nameOf(id, part.kind),
    kind: 'opportunity',
    title: `Record ${id}`,
    account: '',
    owner: '',
    more: '',
    head: 1,
    updatedAt: Number(id),
    ...part,
  }
}

function makeIndex(...entries: readonly SearchEntry[]): SearchIndex {
  const index = new SearchIndex()
  for (const entry of entries) index.put(entry)
  return index
}

const titles = (index: SearchIndex, query: string) =>
  index.find({ query, limit: 10 }).map(({ title }) => title)

describe('a record is found', () => {
  const index = makeIndex(
    makeEntry('1', { title: 'Cardavel at Mercy', account: 'Mercy Hospital', owner: 'Ben Okafor' }),
    makeEntry('2', { title: 'Insorel renewal', account: 'Northgate Clinic', owner: 'Ana Ruiz' }),
    makeEntry('3', { kind: 'contact', title: 'Ana Mu\u00f1oz, MD', more: 'Cardiology 555 0100 5550100' }),
  )

  test.each([
    ['by a beginning', 'card mer', ['Cardavel at Mercy']],
    ['by its account', 'northgate', ['Insorel renewal']],
    ['by its owner', 'okafor', ['Cardavel at Mercy']],
    ['without its accents', 'munoz', ['Ana Mu\u00f1oz, MD']],
    ['with a slip of the finger', 'insroel', ['Insorel renewal']],
    ['by its digits', '5550100', ['Ana Mu\u00f1oz, MD']],
    ['only with every word', 'cardavel northgate', []],
    ['by nothing that is not typed', ' , ', []],
  ])('%s', (_, query, expected) => {
    expect(titles(index, query)).toEqual(expected)
  })

  test('a title counts more than what else is known', () => {
    expect(titles(index, 'ana')).toEqual(['Ana Mu\u00f1oz, MD', 'Insorel renewal'])
  })

  test('for a list: all of its kind', () => {
    expect(index.names({ query: 'ana', kind: 'opportunity' })).toEqual([nameOf('2')])
    expect(index.names({ query: 'insroel', kind: 'opportunity' })).toEqual([nameOf('2')])
    expect(index.names({ query: 'insroel', kind: 'contact' })).toEqual([])
  })
})

describe('what people wrote', () => {
  test('is found together with the title, and said to stand in the text', () => {
    const index = makeIndex(makeEntry('1', { title: 'Cardavel at Mercy' }), makeEntry('2'))
    index.putText(nameOf('1'), { head: 1, text: 'Procurement wants a second quote' })
    expect(index.find({ query: 'mercy procurement', limit: 5 })).toMatchObject([
      { title: 'Cardavel at Mercy', isInText: true, found: ['mercy', 'procurement'] },
    ])
  })

  test('is replaced by what they wrote later', () => {
    const index = makeIndex(makeEntry('1'))
    index.putText(nameOf('1'), { head: 1, text: 'second quote' })
    index.putText(nameOf('1'), { head: 2, text: 'third quote' })
    expect(titles(index, 'second')).toEqual([])
    expect(titles(index, 'third')).toEqual(['Record 1'])
  })

  test('of a record that is gone is forgotten', () => {
    const index = makeIndex(makeEntry('1'))
    index.putText(nameOf('1'), { head: 1, text: 'second quote' })
    index.remove(nameOf('1'))
    expect(titles(index, 'second')).toEqual([])
    expect(JSON.stringify(index.save())).not.toContain(nameOf('1'))
  })

  test('is behind when the list knows of a later change, newest record first', () => {
    const index = makeIndex(makeEntry('1'), makeEntry('2'), makeEntry('3'))
    index.putText(nameOf('2'), { head: 1, text: '' })
    expect(index.behind()).toEqual([nameOf('3'), nameOf('1')])
    index.put(makeEntry('2', { head: 7, updatedAt: 9 }))
    expect(index.behind()).toEqual([nameOf('2'), nameOf('3'), nameOf('1')])
  })
})

describe('kept for the next start', () => {
  function makeSaved() {
    const index = makeIndex(makeEntry('1'), makeEntry('2'))
    index.putText(nameOf('1'), { head: 1, text: 'second quote' })
    index.putText(nameOf('2'), { head: 1, text: 'third quote' })
    return packTexts(index.save())
  }

  test('the texts are there again, whether the list comes before or after them', () => {
    for (const isListFirst of [true, false]) {
      const index = new SearchIndex()
      if (isListFirst) index.put(makeEntry('1'))
      index.load(unpackTexts(makeSaved()))
      if (!isListFirst) index.put(makeEntry('1'))
      expect(titles(index, 'second')).toEqual(['Record 1'])
      expect(index.textHead(nameOf('1'))).toBe(1)
    }
  })

  test('what is not listed any more is neither found nor kept', () => {
    const index = makeIndex(makeEntry('1'))
    index.load(unpackTexts(makeSaved()))
    expect(titles(index, 'third')).toEqual([])
    index.forgetUnlisted()
    expect(index.texts).toBe(1)
    expect(JSON.stringify(index.save())).not.toContain(nameOf('2'))
  })

  test('a damaged byte and another version are noticed', () => {
    const saved = makeSaved()
    const damaged = saved.bytes.slice()
    damaged[40] = (damaged[40] ?? 0) ^ 1
    expect(() => unpackTexts({ ...saved, bytes: damaged })).toThrow('damaged')
    expect(() => unpackTexts({ ...saved, version: 0 })).toThrow('version')
    expect(() => unpackTexts('nonsense')).toThrow('version')
  })
})
