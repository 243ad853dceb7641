import {
  meddpiccKey,
  meddpiccPillars,
  type MeddpiccPillarId,
  type OpportunityView,
  scoreMeddpicc,
} from '@fulqrun/schema'
import { expect, test } from 'vitest'
import { gapWords, meddpiccGaps } from './meddpicc-gaps.ts'

interface Answers {
  readonly fields?: Record<string, unknown>
  readonly texts?: Record<string, string>
}

function gapsOf({ fields = {}, texts = {} }: Answers) {
  const view = { fields, texts } as unknown as OpportunityView
  return meddpiccGaps(scoreMeddpicc(view), view)
}

/** Answers everything of a pillar, with the best choice, evidence and date. */
function complete(pillarId: MeddpiccPillarId, { evidence = true, date = true } = {}): Required<Answers> {
  const fields: Record<string, unknown> = {}
  const texts: Record<string, string> = {}
  for (const question of meddpiccPillars.find(({ id }) => id === pillarId)?.questions ?? []) {
    const key = meddpiccKey(pillarId, question.id)
    if (question.type === 'text') texts[key] = 'known'
    else fields[key] = question.options?.[0]?.value
  }
  if (evidence) fields[meddpiccKey(pillarId, 'evidence')] = 'mail of 3 May'
  if (date) fields[meddpiccKey(pillarId, 'evidenceDate')] = '2026-05-03'
  return { fields, texts }
}

test('without any answer the heaviest pillars come first, in the order of the method', () => {
  const gaps = gapsOf({})
  expect(gaps).toHaveLength(9)
  expect(gaps.slice(0, 3).map(({ pillarId }) => pillarId)).toEqual([
    'economicBuyer',
    'identifyPain',
    'implicatePain',
  ])
  expect(gaps[0]?.gain).toBe(17)
})

test('a complete pillar is no gap', () => {
  expect(gapsOf(complete('economicBuyer')).map(({ pillarId }) => pillarId)).not.toContain('economicBuyer')
})

test('a choice is asked before a text, because it can bring all points at once', () => {
  const metrics = gapsOf({}).find(({ pillarId }) => pillarId === 'metrics')
  expect(metrics?.step).toEqual({ kind: 'answer', questionId: 'urgency', label: 'How urgent is it?' })
})

test('an optional question is never the next one', () => {
  const { fields, texts } = complete('paperProcess', { evidence: false, date: false })
  delete texts[meddpiccKey('paperProcess', 'compliance')]
  const gap = gapsOf({ fields, texts }).find(({ pillarId }) => pillarId === 'paperProcess')
  expect(gap?.step).toEqual({ kind: 'evidence' })
})

test('answered without a date asks for the date', () => {
  const gap = gapsOf(complete('champion', { date: false })).find(({ pillarId }) => pillarId === 'champion')
  expect(gap?.step).toEqual({ kind: 'date' })
  expect(gap && gapWords(gap)).toBe('Date the evidence')
})

test('a weak choice with everything answered is something to work on', () => {
  const { fields, texts } = complete('champion')
  fields[meddpiccKey('champion', 'influence')] = 'low'
  const gap = gapsOf({ fields, texts }).find(({ pillarId }) => pillarId === 'champion')
  expect(gap?.step).toMatchObject({ kind: 'improve', questionId: 'influence' })
})

test('a half-answered heavy pillar can come after an empty lighter one', () => {
  const { fields, texts } = complete('identifyPain', { date: false })
  const order = gapsOf({ fields, texts }).map(({ pillarId }) => pillarId)
  expect(order.indexOf('identifyPain')).toBeGreaterThan(order.indexOf('champion'))
})
