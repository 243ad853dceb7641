import { buildTime, makeOpportunity, type MakeOptions } from '@fulqrun/testkit'
import { expect, test } from 'vitest'
import { readOpportunity } from './read.ts'
import { assessRisk, riskLevel, type RiskFactorId } from './risk.ts'

const dayMs = 86_400_000
const now = Date.UTC(2026, 8, 15, 12)

function assess(options: MakeOptions = {}, at = now) {
  return assessRisk(readOpportunity(makeOpportunity(options)).view, at)
}

function factor(id: RiskFactorId, options: MakeOptions = {}, at = now): number | undefined {
  return assess(options, at).factors.find((candidate) => candidate.id === id)?.score
}

test('[SCH-18] factors, score and confidence as computed by hand', () => {
  const risk = assess()
  expect(Object.fromEntries(risk.factors.map(({ id, score }) => [id, score]))).toEqual({
    stage: 60, // engaging
    meddpicc: 90, // 35 x 15 / 120 = 4
    timeline: 40, // 76 days to 2026-11-30
    value: 15, // 45,000
    competition: 60, // nothing said
    engagement: 85, // 50 + 20 (2 activities) + 15 (1 person) + 0 (active yesterday)
    decisionMaker: 60, // 80 - 20 (champion)
    budget: 70, // unknown
  })
  // 12 + 22.5 + 6 + 1.5 + 6 + 8.5 + 3 + 3.5
  expect(risk.score).toBe(63)
  expect(risk.level).toBe('high')
  expect(risk.confidence).toBe(0.6)
  expect(risk.factors.reduce((sum, { weight }) => sum + weight, 0)).toBe(100)
})

test('[SCH-18] a won deal has no risk and a lost one all of it, whatever their dates (the original said 70 for won)', () => {
  const past = { closeDate: '2026-01-01' }
  expect(assess({ fields: { ...past, stage: 'closed_won' } })).toMatchObject({ score: 0, level: 'low' })
  expect(assess({ fields: { ...past, stage: 'closed_lost' } })).toMatchObject({
    score: 100,
    level: 'critical',
  })
  expect(factor('stage', { fields: { stage: 'closed_won' } })).toBe(0)
})

test.each([
  ['2026-09-14', 100],
  ['2026-09-15', 80],
  ['2026-09-21', 80],
  ['2026-09-22', 60],
  ['2026-10-14', 60],
  ['2026-10-15', 40],
  ['2026-12-13', 40],
  ['2026-12-14', 60],
  [undefined, 60],
])('[SCH-18] closing on %s makes the timeline %d', (closeDate, expected) => {
  expect(factor('timeline', { fields: { closeDate } })).toBe(expected)
})

test('[SCH-18] the same moment gives the same answer at any hour of the day', () => {
  const atHour = (hour: number) => factor('timeline', {}, Date.UTC(2026, 8, 15, hour))
  expect(new Set([0, 6, 12, 23].map(atHour)).size).toBe(1)
})

test('[SCH-18] a long time in the pipeline adds to the timeline', () => {
  const closeDate = '2027-12-31'
  expect(factor('timeline', { fields: { closeDate } }, buildTime + 90 * dayMs)).toBe(60)
  expect(factor('timeline', { fields: { closeDate } }, buildTime + 91 * dayMs)).toBe(70)
  expect(factor('timeline', { fields: { closeDate } }, buildTime + 181 * dayMs)).toBe(80)
  expect(factor('timeline', {}, buildTime + 400 * dayMs)).toBe(100)
})

test.each([
  [undefined, 80],
  [0, 80],
  [10_000, 10],
  [10_000.01, 15],
  [50_001, 20],
  [100_001, 30],
  [500_001, 50],
  [1_000_001, 70],
])('[SCH-18] an amount of %s makes the value %d', (amount, expected) => {
  expect(factor('value', { pinned: { financials: { amount } } })).toBe(expected)
})

test.each([
  [100, 70, undefined],
  [121, 80, 100],
  [120, 60, 100],
  [100, 30, 100],
  [80, 20, 100],
  [50, 10, 100],
  [50, 70, 0],
])('[SCH-18] an amount of %d makes the budget %d of %s', (amount, expected, budget) => {
  expect(factor('budget', { fields: { budget }, pinned: { financials: { amount } } })).toBe(expected)
})

test('[SCH-18] competition counts by its stated strength, else by whether there is any', () => {
  const competition = (fields: Record<string, unknown>) => factor('competition', { fields })
  expect(competition({ competitionLevel: 'none' })).toBe(10)
  expect(competition({ competitionLevel: 'intense', competitors: ['A'] })).toBe(90)
  expect(competition({ competitors: ['A'] })).toBe(50)
  expect(competition({})).toBe(60)
})

test('[SCH-18] silence and few contacts make engagement riskier; cancelled activities do not count', () => {
  const done = (daysAgo: number) => ({
    type: 'call',
    subject: 'Call',
    status: 'completed',
    completedAt: now - daysAgo * dayMs,
  })
  const engagement = (activities: Record<string, Record<string, unknown>>, people = 4) =>
    factor('engagement', {
      entries: {
        activities,
        stakeholders: Object.fromEntries(
          Array.from({ length: people }, (_, index) => [`p${index}`, { name: 'P' }]),
        ),
      },
    })
  const five = Object.fromEntries([1, 2, 3, 4, 5].map((day) => [`a${day}`, done(day)]))
  expect(engagement(five)).toBe(50)
  expect(engagement(five, 3)).toBe(55)
  expect(engagement({ ...five, a5: { ...done(5), status: 'cancelled' } })).toBe(60)
  expect(engagement({ a1: done(8) })).toBe(80)
  expect(engagement({ a1: done(15) })).toBe(90)
  expect(engagement({ a1: done(31) })).toBe(100)
  expect(engagement({})).toBe(95)
})

test('[SCH-18] known people lower the decision-maker factor', () => {
  const stakeholders = {
    a: { name: 'A', role: 'economic_buyer' },
    b: { name: 'B', role: 'champion' },
    c: { name: 'C', role: 'decision_maker' },
  }
  const texts = { 'meddpicc.decisionProcess.steps': 'x', 'meddpicc.decisionCriteria.keyCriteria': 'y' }
  expect(factor('decisionMaker', { entries: {} })).toBe(80)
  expect(factor('decisionMaker', { entries: { stakeholders } })).toBe(15)
  expect(factor('decisionMaker', { entries: { stakeholders }, texts })).toBe(0)
})

test('[SCH-18] advice comes where a factor calls for it, for open deals', () => {
  const advised = assess().factors.filter(({ advice }) => advice !== undefined)
  expect(advised.map(({ id }) => id)).toEqual(['meddpicc', 'engagement', 'budget'])
  expect(
    assess({ fields: { stage: 'closed_lost' } }).factors.every(({ advice }) => advice === undefined),
  ).toBe(true)
})

test.each([
  [80, 'critical'],
  [79, 'high'],
  [60, 'high'],
  [59, 'medium'],
  [40, 'medium'],
  [39, 'low'],
])('[SCH-18] %d is %s', (score, level) => {
  expect(riskLevel(score)).toBe(level)
})
