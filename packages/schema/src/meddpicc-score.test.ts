import { makeOpportunity } from '@fulqrun/testkit'
import { expect, test } from 'vitest'
import { meddpiccKey, meddpiccPillars, litmusQuestions } from './meddpicc-questions.ts'
import { meddpiccLevel, scoreMeddpicc } from './meddpicc-score.ts'
import { readOpportunity } from './read.ts'

function score(fields: Record<string, string>, texts: Record<string, string>) {
  const doc = makeOpportunity({
    fields: { 'meddpicc.metrics.urgency': undefined, ...fields },
    texts: { 'meddpicc.metrics.currentCost': '', ...texts },
  })
  return scoreMeddpicc(readOpportunity(doc).view)
}

test('[SCH-17] an unanswered opportunity scores zero', () => {
  expect(score({}, {})).toMatchObject({ overall: 0, level: 'poor', litmus: 0 })
})

test('[SCH-17] pillars, overall and litmus as computed by hand', () => {
  const result = score(
    {
      'meddpicc.metrics.urgency': 'high',
      'meddpicc.metrics.evidence': 'Mail of the CFO',
      'meddpicc.metrics.evidenceDate': '2026-09-01',
      'meddpicc.economicBuyer.metBuyer': 'one_meeting',
      'meddpicc.decisionProcess.evidence': 'Said by Dr. Okafor',
      'meddpicc.decisionCriteria.evidenceDate': '2026-09-01',
      'meddpicc.champion.influence': 'very_high',
      'meddpicc.champion.commitment': 'none',
      'meddpicc.competition.winProbability': 'over_90',
      'litmus.budgetConfirmed': 'approved',
      'litmus.decisionTimeline': 'general',
      'litmus.championConfirmed': 'none',
    },
    {
      'meddpicc.metrics.currentCost': '1.2 M',
      'meddpicc.economicBuyer.whoApproves': 'CFO',
      'meddpicc.decisionCriteria.keyCriteria': '   ',
      'meddpicc.decisionProcess.steps': 'Board',
      'meddpicc.paperProcess.documentation': 'Contract',
      'meddpicc.identifyPain.biggestChallenge': 'a',
      'meddpicc.identifyPain.consequences': 'b',
      'meddpicc.identifyPain.previousAttempts': 'c',
      'meddpicc.champion.identity': 'Dr. Okafor',
      'meddpicc.competition.competitors': 'Two',
    },
  )
  expect(Object.fromEntries(result.pillars.map((pillar) => [pillar.id, pillar.score]))).toEqual({
    metrics: 45, // (6 + 2 + 2) + 8 of 40
    economicBuyer: 33, // 6 + 7 of 40 = 32.5
    decisionCriteria: 0, // blanks are no answer, and a date alone supports nothing
    decisionProcess: 27, // 6 + 2 of 30
    paperProcess: 30, // 6 of 20: the optional question does not count until it is answered
    identifyPain: 60, // 18 of 30
    implicatePain: 0,
    champion: 60, // 6 + 10 + 2 of 30
    competition: 40, // 6 + 10 of 40
  })
  // (45x15 + 33x20 + 27x15 + 30x5 + 60x20 + 60x10 + 40x5) / 120 = 3890 / 120 = 32.4
  expect(result.overall).toBe(32)
  expect(result.litmus).toBe(63) // 10 + 7 + 2 of 30
  expect(result.pillars[0]).toMatchObject({ answered: 2, weight: 15 })
})

test('[SCH-17] everything answered, evidenced and dated is 100; length makes no difference', () => {
  const fields: Record<string, string> = {}
  const texts: Record<string, string> = {}
  for (const { id, questions } of meddpiccPillars) {
    fields[meddpiccKey(id, 'evidence')] = 'x'
    fields[meddpiccKey(id, 'evidenceDate')] = '2026-09-01'
    for (const question of questions) {
      if (question.type === 'text') texts[meddpiccKey(id, question.id)] = 'x'
      else fields[meddpiccKey(id, question.id)] = question.options?.[0]?.value ?? ''
    }
  }
  for (const { id, options } of litmusQuestions) fields[`litmus.${id}`] = options[0]?.value ?? ''
  const short = score(fields, texts)
  expect(short).toMatchObject({ overall: 100, level: 'excellent', litmus: 100 })
  const long = Object.fromEntries(Object.keys(texts).map((key) => [key, 'roi impact savings '.repeat(50)]))
  expect(score(fields, long).pillars).toEqual(short.pillars)
})

test.each([
  [80, 'excellent'],
  [79, 'good'],
  [60, 'good'],
  [59, 'fair'],
  [40, 'fair'],
  [39, 'poor'],
])('[SCH-17] %d is %s', (overall, level) => {
  expect(meddpiccLevel(overall)).toBe(level)
})
