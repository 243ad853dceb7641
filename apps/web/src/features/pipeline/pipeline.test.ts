import { formatDocumentName } from '@fulqrun/protocol'
import { describe, expect, test } from 'vitest'
import { dueMark, isOverdue, opportunityRow, type OpportunityRow } from './opportunity-row.ts'
import {
  closeMonths,
  filterRows,
  largestAccounts,
  queryMatcher,
  parsePipelineSearch,
  sortRows,
} from './pipeline-filter.ts'
import { computeTotals, groupByStage } from './pipeline-totals.ts'

const today = '2026-11-21'
const context = {
  myId: 'ana',
  today,
  ownerName: (id: string) => ({ ana: 'Ana Ruiz', ben: 'Ben Ito' })[id] ?? 'Someone',
}

let count = 0

function makeRow(part: Partial<OpportunityRow> = {}): OpportunityRow {
  count += 1
  const id = `01890000-0000-7000-8000-${String(count).padStart(12, '0')}`
  return {
    name: formatDocumentName({ organizationId: 'org', kind: 'opportunity', id }),
    id,
    title: `Opportunity ${count}`,
    territoryId: 'north',
    stage: 'engaging',
    currency: 'USD',
    probability: 25,
    meddpiccScore: 50,
    openProposals: 0,
    waitsForChoice: false,
    ...part,
  }
}

const titles = (rows: readonly OpportunityRow[]) => rows.map((row) => row.title)

describe('opportunityRow', () => {
  test('reads a summary, and leaves out what does not fit', () => {
    const { name } = makeRow()
    const row = opportunityRow({
      name,
      kind: 'opportunity',
      territoryId: 'north',
      title: 'Cardia at Northline',
      head: 4,
      updatedAt: 0,
      summary: {
        stage: 'advancing',
        amount: 45_000,
        closeDate: 7,
        nextActivity: { subject: 'Call' },
        openProposals: 2,
      },
    })
    expect(row).toMatchObject({
      title: 'Cardia at Northline',
      stage: 'advancing',
      amount: 45_000,
      openProposals: 2,
    })
    expect(row.closeDate).toBeUndefined()
    expect(row.nextActivity).toBeUndefined()
  })

  test('an unknown stage counts as the first one, with its probability', () => {
    const { name } = makeRow()
    const entry = {
      name,
      kind: 'opportunity' as const,
      territoryId: 'north',
      title: '',
      head: 0,
      updatedAt: 0,
    }
    expect(opportunityRow({ ...entry, summary: { stage: 'negotiating' } })).toMatchObject({
      stage: 'prospecting',
      probability: 10,
    })
  })
})

describe('overdue', () => {
  test('today is not overdue, yesterday is', () => {
    expect(dueMark('2026-11-21', today)).toBe('today')
    expect(dueMark('2026-11-20', today)).toBe('overdue')
    expect(dueMark('2026-11-22', today)).toBe('planned')
    expect(dueMark(undefined, today)).toBe('none')
  })

  test('by close date or by next activity, and never when closed', () => {
    expect(isOverdue(makeRow({ closeDate: '2026-11-01' }), today)).toBe(true)
    expect(
      isOverdue(makeRow({ nextActivity: { subject: 'Call', type: 'call', dueDate: '2026-11-01' } }), today),
    ).toBe(true)
    expect(isOverdue(makeRow({ closeDate: '2026-11-01', stage: 'closed_won' }), today)).toBe(false)
    expect(isOverdue(makeRow({ closeDate: '2026-12-01' }), today)).toBe(false)
  })
})

describe('filterRows', () => {
  const rows = [
    makeRow({ title: 'A', ownerId: 'ana', account: 'Hospital Mu\u00f1oz' }),
    makeRow({ title: 'B', ownerId: 'ben', stage: 'advancing', territoryId: 'south' }),
    makeRow({ title: 'C', stage: 'closed_lost' }),
  ]

  test('without a stage filter only open stages are shown', () => {
    expect(titles(filterRows(rows, {}, context))).toEqual(['A', 'B'])
  })

  test('a stage filter shows exactly its stages, closed ones included', () => {
    expect(titles(filterRows(rows, { stage: 'closed_lost,advancing' }, context))).toEqual(['B', 'C'])
  })

  test('mine, by person, by territory', () => {
    expect(titles(filterRows(rows, { owner: 'me' }, context))).toEqual(['A'])
    expect(titles(filterRows(rows, { owner: 'ben' }, context))).toEqual(['B'])
    expect(titles(filterRows(rows, { territory: 'south' }, context))).toEqual(['B'])
  })

  test('search finds accounts without accents and owners by name', () => {
    expect(titles(filterRows(rows, { q: 'munoz' }, context))).toEqual(['A'])
    expect(titles(filterRows(rows, { q: 'ben ito' }, context))).toEqual(['B'])
  })
})

describe('more filters', () => {
  const rows = [
    makeRow({
      title: 'A',
      closeDate: '2026-11-30',
      account: 'Mercy',
      meddpiccScore: 80,
      waitsForChoice: true,
    }),
    makeRow({ title: 'B', closeDate: '2026-12-01', account: 'Mercy', openProposals: 1, meddpiccScore: 39 }),
    makeRow({
      title: 'C',
      account: 'Northgate',
      meddpiccScore: 40,
      nextActivity: { subject: 'Call', type: 'call', dueDate: '2026-12-01' },
    }),
  ]

  test.each([
    [{ close: '2026-11' }, ['A']],
    [{ account: 'Mercy' }, ['A', 'B']],
    [{ need: 'decision' }, ['A']],
    [{ need: 'proposal' }, ['B']],
    [{ need: 'plan' }, ['A', 'B']],
    [{ need: 'qualification' }, ['B']],
  ] as const)('%o', (search, expected) => {
    expect(titles(filterRows(rows, search, context))).toEqual(expected)
  })

  test('stand in the address, and what cannot be read is not filtered by', () => {
    expect(parsePipelineSearch({ close: '2026-11', account: 'Mercy', need: 'plan' })).toEqual({
      close: '2026-11',
      account: 'Mercy',
      need: 'plan',
    })
    expect(parsePipelineSearch({ close: '2026-13', need: 'money' })).toEqual({})
  })

  test('what search found is shown although no word stands in the row', () => {
    const found = new Set(rows.slice(2).map(({ name }) => name))
    expect(titles(filterRows(rows, { q: 'formulary' }, { ...context, found }))).toEqual(['C'])
  })

  test('choices come from the records: months in order, the accounts with most first to be kept', () => {
    expect(closeMonths(rows)).toEqual(['2026-11', '2026-12'])
    expect(largestAccounts(rows, 1)).toEqual(['Mercy'])
    expect(largestAccounts(rows, 9)).toEqual(['Mercy', 'Northgate'])
  })
})

test('every word of a query has to be found', () => {
  expect(queryMatcher('North card')('cardia at northline')).toBe(true)
  expect(queryMatcher('north lipid')('cardia at northline')).toBe(false)
})

describe('parsePipelineSearch', () => {
  test('keeps what it knows and drops the rest', () => {
    const search = { q: 'x', stage: 'engaging,nonsense', sort: 'amount', desc: true, other: 1 }
    expect(parsePipelineSearch(search)).toEqual({ q: 'x', stage: 'engaging', sort: 'amount', desc: true })
    expect(parsePipelineSearch({ stage: 'nonsense', sort: 'password', overdue: 'no' })).toEqual({})
  })
})

describe('totals', () => {
  test('weighted is amount times probability; rows without an amount are counted, not summed', () => {
    const rows = [
      makeRow({ amount: 1000, probability: 25 }),
      makeRow({ amount: 500, probability: 50 }),
      makeRow(),
    ]
    expect(computeTotals(rows)).toEqual({
      count: 3,
      withoutAmount: 1,
      sums: [{ currency: 'USD', total: 1500, weighted: 500 }],
    })
  })

  test('currencies are never added up', () => {
    const rows = [makeRow({ amount: 10, currency: 'EUR' }), makeRow({ amount: 1000 })]
    expect(computeTotals(rows).sums.map(({ currency, total }) => [currency, total])).toEqual([
      ['USD', 1000],
      ['EUR', 10],
    ])
  })

  test('groups come in the order of the process, empty ones on demand', () => {
    const rows = [makeRow({ stage: 'advancing' }), makeRow({ stage: 'prospecting' })]
    expect(groupByStage(rows, () => false).map(({ stage }) => stage)).toEqual(['prospecting', 'advancing'])
    expect(groupByStage(rows, (stage) => stage === 'engaging').map(({ stage }) => stage)).toEqual([
      'prospecting',
      'engaging',
      'advancing',
    ])
  })
})

describe('sortRows', () => {
  const rows = [
    makeRow({ title: 'A', amount: 2 }),
    makeRow({ title: 'B' }),
    makeRow({ title: 'C', amount: 10 }),
  ]

  test('by number, both ways, with missing values last', () => {
    expect(titles(sortRows(rows, { key: 'amount', isDescending: false }, context.ownerName))).toEqual([
      'A',
      'C',
      'B',
    ])
    expect(titles(sortRows(rows, { key: 'amount', isDescending: true }, context.ownerName))).toEqual([
      'C',
      'A',
      'B',
    ])
  })

  test('equal values stay in the order of their titles', () => {
    const equal = [makeRow({ title: 'Z', account: 'X' }), makeRow({ title: 'Y', account: 'X' })]
    expect(titles(sortRows(equal, { key: 'account', isDescending: true }, context.ownerName))).toEqual([
      'Y',
      'Z',
    ])
  })
})
