import { formatDocumentName } from '@fulqrun/protocol'
import { describe, expect, test } from 'vitest'
import { paletteSections, stepOption } from './palette-options.ts'
import type { SearchHit } from './search-index.ts'

function makeHit(number: number, kind: SearchHit['kind']): SearchHit {
  const id = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
  const name = formatDocumentName({ organizationId: 'org', kind, id })
  return { name, kind, title: `Record ${number}`, account: '', more: '', found: [], isInText: false }
}

describe('the palette', () => {
  const hits = [makeHit(1, 'contact'), makeHit(2, 'opportunity'), makeHit(3, 'contact')]
  const sections = paletteSections({
    recent: [],
    hits,
    commands: [{ id: 'keys', label: 'Keyboard shortcuts' }],
  })
  const options = sections.flatMap((section) => section.options)
  const ids = options.map(({ id }) => id)

  test('groups what was found by kind, the best of each first, and leaves out empty sections', () => {
    expect(sections.map(({ title, options: own }) => [title, own.length])).toEqual([
      ['Opportunities', 1],
      ['Contacts', 2],
      ['Commands', 1],
    ])
    expect(ids).toEqual([hits[1]?.name, hits[0]?.name, hits[2]?.name, 'keys'])
  })

  test.each([
    ['down from none to the first', undefined, 1, 0],
    ['up from none to the last', undefined, -1, 3],
    ['down', 0, 1, 1],
    ['down from the last to the first', 3, 1, 0],
    ['up from the first to the last', 0, -1, 3],
    ['from one that is gone to the first', 9, 1, 0],
  ] as const)('steps %s', (_, from, by, to) => {
    const active = from === undefined ? undefined : (ids[from] ?? 'gone')
    expect(stepOption(options, active, by)).toBe(ids[to])
  })

  test('has nowhere to step in an empty list', () => {
    expect(stepOption([], undefined, 1)).toBeUndefined()
  })
})
