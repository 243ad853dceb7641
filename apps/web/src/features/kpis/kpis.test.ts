import { formatDocumentName } from '@fulqrun/protocol'
import { gradeKpi, kpiDefinition, type KpiValue } from '@fulqrun/schema'
import { describe, expect, test } from 'vitest'
import { chooseKpiSet, kpiSets, parseKpiSearch, quarterLabel, quarterOf } from './kpi-search.ts'
import { asOfWords, changeWords, kpiNumber, statusWords } from './kpi-words.ts'

function makeValue(part: Partial<KpiValue>): KpiValue {
  return { value: 0, asOf: 0, formulaVersion: 1, ...part }
}

describe('changeWords', () => {
  test('counts change by percent of what they were', () => {
    expect(changeWords(kpiDefinition('trx'), makeValue({ value: 1042, previous: 1000 }))).toEqual({
      direction: 'up',
      text: 'up 4.2 %',
      isGood: true,
    })
  })

  test('percentages change by points', () => {
    expect(changeWords(kpiDefinition('market_share'), makeValue({ value: 12, previous: 13.3 }))).toEqual({
      direction: 'down',
      text: 'down 1.3 points',
      isGood: false,
    })
  })

  test('where lower is better, down is good', () => {
    const days = kpiDefinition('sales_cycle_length')
    expect(changeWords(days, makeValue({ value: 45, previous: 60 }))).toMatchObject({
      direction: 'down',
      isGood: true,
    })
    expect(changeWords(days, makeValue({ value: 60, previous: 45 }))).toMatchObject({
      direction: 'up',
      isGood: false,
    })
  })

  test('from nothing there is no percentage', () => {
    expect(changeWords(kpiDefinition('trx'), makeValue({ value: 5, previous: 0 }))?.text).toBe('up from 0')
  })

  test('what rounds to nothing is unchanged; without a period before nothing is said', () => {
    expect(changeWords(kpiDefinition('trx'), makeValue({ value: 10_000, previous: 10_001 }))?.text).toBe(
      'unchanged',
    )
    expect(changeWords(kpiDefinition('trx'), makeValue({ value: 1 }))).toBeUndefined()
  })
})

describe('status', () => {
  const word = (id: Parameters<typeof gradeKpi>[0], value: number, target?: number) => {
    const grade = gradeKpi(id, value, target)
    return grade === undefined ? undefined : statusWords[grade].text
  }

  test('higher is better: below the target it gets worse', () => {
    expect(word('trx', 1000, 1000)).toBe('On target')
    expect(word('trx', 950, 1000)).toBe('Near target')
    expect(word('trx', 100, 1000)).toBe('Critical')
  })

  test('lower is better: a longer sales cycle is graded worse, not better', () => {
    expect(word('sales_cycle_length', 40, 45)).toBe('On target')
    expect(word('sales_cycle_length', 90, 45)).toBe('Critical')
  })
})

test('numbers read in their unit', () => {
  expect(kpiNumber(kpiDefinition('trx'), 1240.4, 'USD')).toBe('1,240')
  expect(kpiNumber(kpiDefinition('market_share'), 12.44, 'USD')).toBe('12.4')
  expect(kpiNumber(kpiDefinition('avg_deal_size'), 45_000.4, 'USD')).toBe('$45,000')
})

test('freshness names the time and how long ago that was', () => {
  const now = new Date(2026, 10, 21, 15, 40).getTime()
  expect(asOfWords(new Date(2026, 10, 21, 13, 40).getTime(), now)).toBe('as of 13:40, 2 h ago')
})

describe('quarters', () => {
  test('of a day, and in words', () => {
    expect(quarterOf('2026-03-31')).toBe('2026-Q1')
    expect(quarterOf('2026-04-01')).toBe('2026-Q2')
    expect(quarterOf('2026-12-31')).toBe('2026-Q4')
    expect(quarterLabel('2026-Q3')).toBe('Q3 2026')
  })

  test('an address with another quarter than a quarter asks for none', () => {
    expect(parseKpiSearch({ quarter: '2026-Q5', territory: 7 })).toEqual({})
  })
})

describe('chooseKpiSet', () => {
  const makeEntry = (territoryId: string, period: unknown, index: number) => ({
    name: formatDocumentName({
      organizationId: 'org',
      kind: 'kpi',
      id: `01890000-0000-7000-8000-00000000000${index}`,
    }),
    kind: 'kpi' as const,
    territoryId,
    title: '',
    head: 0,
    updatedAt: 0,
    summary: { period },
  })
  const sets = kpiSets([
    makeEntry('north', '2026-Q3', 1),
    makeEntry('north', '2026-Q4', 2),
    makeEntry('north', '2027-Q1', 3),
    makeEntry('south', '2026-Q4', 4),
    makeEntry('south', undefined, 5),
  ])
  const defaults = { territoryId: 'north', today: '2026-11-21' }

  test('a set without a quarter is left out', () => {
    expect(sets).toHaveLength(4)
  })

  test('without a wish it is the own territory and the current quarter, not the future', () => {
    expect(chooseKpiSet(sets, {}, defaults).set?.entry.name).toContain('000002')
  })

  test('what the address asks for counts, even when there is no such set', () => {
    expect(chooseKpiSet(sets, { territory: 'south' }, defaults).set?.entry.name).toContain('000004')
    expect(chooseKpiSet(sets, { territory: 'south', quarter: '2026-Q3' }, defaults)).toEqual({
      territoryId: 'south',
      quarter: '2026-Q3',
      set: undefined,
    })
  })
})
