import { createDocument, getText, type KpiId, kpiDefinition, type KpiValue, setPinned } from '@fulqrun/schema'
import type { AuthorId } from './authors.ts'
import type { Calendar } from './calendar.ts'
import { commentaryFor, reviewNotes } from './kpi-commentary.ts'
import { type Random, randomFor } from './random.ts'
import { type RecordedDocument, recordDocument, type Step } from './recorded-document.ts'
import { recordId } from './record-id.ts'
import { appendNotes } from './rich-text.ts'

const dayMs = 86_400_000
/** Quarters shown: the running one and the three before it. */
const quartersShown = 4
const trendLength = 12

interface Quarter {
  readonly period: string
  readonly startsAt: number
  readonly endsAt: number
  /** 0 for the running quarter, 1 for the one before. */
  readonly age: number
}

function quarterOf(now: number, age: number): Quarter {
  const date = new Date(now)
  const months = date.getUTCFullYear() * 12 + Math.floor(date.getUTCMonth() / 3) * 3 - age * 3
  const year = Math.floor(months / 12)
  const month = months % 12
  return {
    period: `${year}-Q${month / 3 + 1}`,
    startsAt: Date.UTC(year, month, 1),
    endsAt: Date.UTC(year, month + 3, 1) - 1,
    age,
  }
}

/** What a KPI is like in a territory: the level of a good quarter, how it moves, and what is aimed for. */
interface Course {
  readonly id: KpiId
  /** Level in the oldest quarter shown. */
  readonly start: number
  /** Change per quarter, relative. */
  readonly drift: number
  /** Target relative to the level expected for the quarter. */
  readonly aim: number
}

const courses: Readonly<Record<string, readonly Course[]>> = {
  'meridian-north': [
    { id: 'trx', start: 11_850, drift: 0.062, aim: 0.99 },
    { id: 'nrx', start: 3140, drift: 0.081, aim: 0.96 },
    { id: 'market_share', start: 17.4, drift: 0.045, aim: 0.98 },
    { id: 'growth', start: 3.5, drift: 0.03, aim: 1 },
    { id: 'reach', start: 71.5, drift: 0.03, aim: 1.03 },
    { id: 'frequency', start: 3.1, drift: 0.04, aim: 1.12 },
    { id: 'call_effectiveness', start: 1.42, drift: 0.035, aim: 0.99 },
    { id: 'sample_to_script_ratio', start: 0.17, drift: 0.05, aim: 1.05 },
    { id: 'formulary_access', start: 64, drift: 0.048, aim: 0.98 },
    { id: 'win_rate', start: 29, drift: 0.06, aim: 0.96 },
    { id: 'revenue_growth', start: 9.4, drift: 0.05, aim: 1.06 },
    { id: 'avg_deal_size', start: 168_000, drift: 0.035, aim: 0.99 },
    { id: 'sales_cycle_length', start: 142, drift: -0.04, aim: 0.88 },
    { id: 'lead_conversion_rate', start: 4.1, drift: 0.05, aim: 1.02 },
    { id: 'cac', start: 16_800, drift: -0.02, aim: 1.02 },
    { id: 'quota_attainment', start: 88, drift: 0.04, aim: 1.05 },
    { id: 'clv', start: 512_000, drift: 0.03, aim: 0.99 },
    { id: 'pipeline_coverage', start: 3.2, drift: 0.04, aim: 1.03 },
    { id: 'activities_per_rep', start: 8.6, drift: 0.05, aim: 1.18 },
  ],
  'meridian-south': [
    { id: 'trx', start: 9620, drift: 0.018, aim: 1.04 },
    { id: 'nrx', start: 2480, drift: -0.012, aim: 1.14 },
    { id: 'market_share', start: 13.8, drift: 0.012, aim: 1.08 },
    { id: 'growth', start: 2, drift: 0, aim: 1 },
    { id: 'reach', start: 63, drift: 0.025, aim: 1.13 },
    { id: 'frequency', start: 2.6, drift: 0.02, aim: 1.08 },
    { id: 'call_effectiveness', start: 1.18, drift: 0.015, aim: 1.04 },
    { id: 'sample_to_script_ratio', start: 0.13, drift: 0.03, aim: 1.15 },
    { id: 'formulary_access', start: 52, drift: 0.062, aim: 0.97 },
    { id: 'win_rate', start: 24, drift: 0.02, aim: 1.06 },
    { id: 'revenue_growth', start: 6.2, drift: -0.03, aim: 1.2 },
    { id: 'avg_deal_size', start: 194_000, drift: 0.02, aim: 0.99 },
    { id: 'sales_cycle_length', start: 158, drift: -0.015, aim: 0.86 },
    { id: 'lead_conversion_rate', start: 3.3, drift: 0.03, aim: 1.05 },
    { id: 'cac', start: 19_400, drift: 0.01, aim: 0.95 },
    { id: 'quota_attainment', start: 79, drift: 0.015, aim: 1.17 },
    { id: 'clv', start: 468_000, drift: 0.015, aim: 1.02 },
    { id: 'pipeline_coverage', start: 2.7, drift: 0.06, aim: 0.96 },
    { id: 'activities_per_rep', start: 7.4, drift: 0.03, aim: 1.2 },
  ],
}

function rounded(id: KpiId, value: number): number {
  const factor = 10 ** kpiDefinition(id).digits
  return Math.round(value * factor) / factor
}

/** Level of a KPI in a quarter, with the small unevenness of real numbers. */
function levelOf(course: Course, territoryId: string, age: number): number {
  const random = randomFor(`level ${territoryId} ${course.id} ${age}`)
  const quartersOn = quartersShown - 1 - age
  const uneven = 1 + (random.next() - 0.5) * 0.016
  return course.start * (1 + course.drift) ** quartersOn * uneven
}

interface Measurement {
  readonly course: Course
  readonly territoryId: string
  readonly quarter: Quarter
  readonly asOf: number
}

/** The value as it was computed at a moment of the quarter, over the thirteen weeks up to that moment. */
function measure(measurement: Measurement): KpiValue {
  const { course, territoryId, quarter, asOf } = measurement
  const { id } = course
  const [previous, trend] =
    id === 'growth'
      ? growthOf(measurement)
      : [levelOf(course, territoryId, quarter.age + 1), trendOf(measurement)]
  return {
    value: rounded(id, trend.at(-1) ?? 0),
    asOf,
    formulaVersion: kpiDefinition(id).formulaVersion,
    previous: rounded(id, previous),
    trend: trend.map((point) => Number(point.toPrecision(5))),
  }
}

/** Growth follows from the prescriptions, by the formula of its definition. */
function growthOf(measurement: Measurement): [previous: number, trend: number[]] {
  const { territoryId, quarter } = measurement
  const course = (courses[territoryId] ?? []).find(({ id }) => id === 'trx')
  if (course === undefined) return [0, []]
  const before = levelOf(course, territoryId, quarter.age + 1)
  const grown = (value: number, base: number) => (100 * (value - base)) / base
  const previous = grown(before, levelOf(course, territoryId, quarter.age + 2))
  return [previous, trendOf({ ...measurement, course }).map((point) => grown(point, before))]
}

/** Weekly points up to the moment, on the way from the level of the quarter before to this quarter's. */
function trendOf({ course, territoryId, quarter, asOf }: Measurement): number[] {
  const before = levelOf(course, territoryId, quarter.age + 1)
  const level = levelOf(course, territoryId, quarter.age)
  const week = Math.floor((asOf - quarter.startsAt) / (7 * dayMs))
  return Array.from({ length: trendLength }, (_, index) => {
    const weeksIn = week - (trendLength - 1 - index)
    const share = Math.min(1, Math.max(0, 0.4 + weeksIn / 13))
    const random = randomFor(`week ${territoryId} ${course.id} ${quarter.period} ${weeksIn}`)
    return (before + (level - before) * share) * (1 + (random.next() - 0.5) * 0.022)
  })
}

export function recordKpiSets(calendar: Calendar): RecordedDocument[] {
  return Object.keys(courses).flatMap((territoryId) =>
    Array.from({ length: quartersShown }, (_, index) =>
      recordKpiSet(territoryId, quarterOf(calendar.now, quartersShown - 1 - index), calendar),
    ),
  )
}

function recordKpiSet(territoryId: string, quarter: Quarter, { now }: Calendar): RecordedDocument {
  const random = randomFor(`kpi ${territoryId} ${quarter.period}`)
  const createdAt = Math.min(quarter.startsAt - 9 * dayMs + 10 * 3_600_000, now)
  const identity = {
    organizationId: 'meridian',
    territoryId,
    kind: 'kpi',
    id: recordId(createdAt, random),
  } as const
  return recordDocument(identity, kpiSteps({ territoryId, quarter, createdAt, now, random }), now)
}

interface KpiStory {
  readonly territoryId: string
  readonly quarter: Quarter
  readonly createdAt: number
  readonly now: number
  readonly random: Random
}

/** Opened and given targets before the quarter, computed as it goes, commented on by the people who know why. */
function kpiSteps(story: KpiStory): Step[] {
  const { territoryId, quarter, createdAt, now, random } = story
  const territory = territoryId === 'meridian-north' ? 'North' : 'South'
  const writers: readonly AuthorId[] = territory === 'North' ? ['mia', 'ana', 'ben'] : ['mia', 'mia', 'adam']
  const steps: Step[] = [
    {
      at: createdAt,
      by: 'mia',
      change: (document, { now: at }) =>
        createDocument(document, {
          kind: 'kpi',
          territoryId,
          createdBy: 'mia',
          createdAt: at,
          fields: { period: quarter.period, title: `${territory} ${quarter.period.replace('-', ' ')}` },
        }),
    },
    {
      at: createdAt + 2 * dayMs,
      by: 'mia',
      official: true,
      reason: 'Agreed in the quarterly planning meeting.',
      change: (document, { now: at }) =>
        setPinned(document, 'targets', targetsFor(territoryId, quarter), { now: at }),
    },
  ]
  for (const asOf of computations(quarter, now)) {
    steps.push({
      at: asOf + 15 * 60_000,
      by: 'system',
      official: true,
      change: (document, { now: at }) =>
        setPinned(document, 'values', valuesAt({ territoryId, quarter, asOf }), { now: at }),
    })
  }
  const lines = commentaryFor(territory, quarter.age)
  lines.forEach((line, index) => {
    const share = (index + 1) / (lines.length + 1)
    const until = Math.min(quarter.endsAt + 6 * dayMs, now)
    steps.push({
      at: quarter.startsAt + (until - quarter.startsAt) * share,
      by: writers[index % writers.length] ?? 'mia',
      change: (document) => {
        const text = getText(document, 'commentary')
        text.insert(text.length, text.length === 0 ? line : `\n\n${line}`)
      },
    })
  })
  if (quarter.age < 3) {
    steps.push({
      at: Math.min(quarter.endsAt + random.integer(7, 10) * dayMs, now - random.integer(1, 3) * dayMs),
      by: 'mia',
      change: (document) => appendNotes(document, reviewNotes(territory, quarter.age)),
    })
  }
  return steps.toSorted((one, other) => one.at - other.at)
}

/** Moments at which values were computed: about monthly, then at the end; for the running quarter this morning. */
function computations(quarter: Quarter, now: number): number[] {
  const monthly = [30, 61].map((days) => quarter.startsAt + days * dayMs + 5 * 3_600_000)
  const lastRun = Math.floor(now / dayMs) * dayMs + 5 * 3_600_000
  const current = lastRun <= now ? lastRun : lastRun - dayMs
  const last = quarter.age === 0 ? current : quarter.endsAt + 29 * 3_600_000
  const before = monthly.filter((time) => time < last - dayMs)
  return [...before, Math.max(last, quarter.startsAt)].filter((time) => time <= now)
}

function targetsFor(territoryId: string, quarter: Quarter): Record<string, number> {
  return Object.fromEntries(
    (courses[territoryId] ?? []).map((course) => {
      const expected = course.start * (1 + course.drift) ** (quartersShown - 1 - quarter.age)
      return [course.id, roundTarget(course.id, expected * course.aim)]
    }),
  )
}

/** Targets are round numbers. */
function roundTarget(id: KpiId, value: number): number {
  if (value >= 100_000) return Math.round(value / 5000) * 5000
  if (value >= 1000) return Math.round(value / 50) * 50
  if (value >= 20) return Math.round(value)
  if (value >= 5) return Math.round(value * 2) / 2
  return value >= 1 ? Math.round(value * 10) / 10 : rounded(id, value)
}

function valuesAt(moment: Omit<Measurement, 'course'>): Record<string, KpiValue> {
  const asOf = Math.min(moment.asOf, moment.quarter.endsAt)
  return Object.fromEntries(
    (courses[moment.territoryId] ?? []).map((course) => [course.id, measure({ ...moment, asOf, course })]),
  )
}
