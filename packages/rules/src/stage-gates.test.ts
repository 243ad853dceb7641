import {
  meddpiccKey,
  type MeddpiccPillarId,
  meddpiccPillars,
  type OpportunityView,
  type StageId,
  stages,
} from '@fulqrun/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gateSentence, gatesOfMove, strictestCriteria, unmetCriteria } from './stage-gates.ts'

type ScoredView = Pick<OpportunityView, 'fields' | 'texts'>

/** A view in which the given pillars are answered in full, evidenced and dated (score 100), the others not at all. */
function makeView(...complete: readonly MeddpiccPillarId[]): ScoredView {
  const fields: Record<string, string> = {}
  const texts: Record<string, string> = {}
  for (const { id, questions } of meddpiccPillars.filter((pillar) => complete.includes(pillar.id))) {
    fields[meddpiccKey(id, 'evidence')] = 'Said by Dr. Okafor'
    fields[meddpiccKey(id, 'evidenceDate')] = '2026-09-01'
    for (const question of questions) {
      if (question.type === 'text') texts[meddpiccKey(id, question.id)] = 'Yes'
      else fields[meddpiccKey(id, question.id)] = question.options?.[0]?.value ?? ''
    }
  }
  return { fields: fields as unknown as OpportunityView['fields'], texts }
}

const first: readonly MeddpiccPillarId[] = ['identifyPain', 'champion', 'economicBuyer']
const second: readonly MeddpiccPillarId[] = ['economicBuyer', 'decisionCriteria', 'decisionProcess']
const third: readonly MeddpiccPillarId[] = ['paperProcess', 'competition', 'champion']
const empty = makeView()
const full = makeView(...first, ...second, ...third)

function missing(view: ScoredView, from: StageId, to: StageId): string[] {
  return unmetCriteria(view, from, to).map(({ gate, pillar, threshold }) => `${gate} ${pillar} ${threshold}`)
}

describe('what a gate asks', () => {
  test('[GAT-2] three gates with three pillars each', () => {
    expect(missing(empty, 'prospecting', 'key_decision')).toEqual([
      'engaging identifyPain 50',
      'engaging champion 50',
      'engaging economicBuyer 50',
      'advancing economicBuyer 70',
      'advancing decisionCriteria 60',
      'advancing decisionProcess 60',
      'key_decision paperProcess 70',
      'key_decision competition 70',
      'key_decision champion 80',
    ])
  })

  test('[GAT-2] a pillar at its threshold is enough, one below is not', () => {
    // Two of three questions of one pillar with evidence: (10 + 10) / 30 = 67, one with: 33.
    const fields = {
      'meddpicc.decisionCriteria.evidence': 'Minutes',
      'meddpicc.decisionCriteria.evidenceDate': '2026-09-01',
    }
    const answered = { 'meddpicc.decisionCriteria.keyCriteria': 'a' }
    const view = (texts: Record<string, string>) => ({
      fields: { ...makeView('economicBuyer', 'decisionProcess').fields, ...fields },
      texts: { ...makeView('economicBuyer', 'decisionProcess').texts, ...texts },
    })
    expect(unmetCriteria(view(answered), 'engaging', 'advancing')).toEqual([
      {
        gate: 'advancing',
        label: 'Decision criteria established',
        pillar: 'decisionCriteria',
        threshold: 60,
        score: 33,
      },
    ])
    const both = { ...answered, 'meddpicc.decisionCriteria.mustHaves': 'b' }
    expect(missing(view(both), 'engaging', 'advancing')).toEqual([])
  })
})

describe('which gates a move passes', () => {
  test.each<[StageId, StageId, readonly string[]]>([
    ['prospecting', 'engaging', ['engaging']],
    ['prospecting', 'advancing', ['engaging', 'advancing']],
    ['engaging', 'advancing', ['advancing']],
    ['engaging', 'key_decision', ['advancing', 'key_decision']],
    ['advancing', 'key_decision', ['key_decision']],
    ['key_decision', 'closed_won', ['engaging', 'advancing', 'key_decision']],
    ['prospecting', 'closed_won', ['engaging', 'advancing', 'key_decision']],
    ['closed_lost', 'closed_won', ['engaging', 'advancing', 'key_decision']],
    ['closed_lost', 'advancing', ['engaging', 'advancing']],
    ['closed_won', 'key_decision', ['engaging', 'advancing', 'key_decision']],
    ['closed_won', 'prospecting', []],
  ])('[GAT-3] %s to %s: %j', (from, to, gates) => {
    expect(gatesOfMove(from, to)).toEqual(gates)
  })

  const ids = stages.map(({ value }) => value)

  test('[GAT-3] back, to lost and to where it is needs nothing', () => {
    const open = ids.filter((id) => !id.startsWith('closed'))
    for (const from of ids) {
      expect(gatesOfMove(from, from)).toEqual([])
      expect(gatesOfMove(from, 'closed_lost')).toEqual([])
    }
    for (const [order, from] of open.entries())
      for (const to of open.slice(0, order)) expect(gatesOfMove(from, to)).toEqual([])
  })

  test('[GAT-3] a deal that meets all gates may go anywhere', () => {
    for (const from of ids) for (const to of ids) expect(missing(full, from, to)).toEqual([])
  })

  test('[GAT-3] in steps or in one, the same is asked of a deal that moves forward', () => {
    const stage = fc.integer({ min: 0, max: 3 })
    const pillars = fc.subarray(meddpiccPillars.map(({ id }) => id))
    fc.assert(
      fc.property(stage, stage, stage, pillars, (a, b, c, complete) => {
        const [from, by, to] = [a, b, c].toSorted((x, y) => x - y).map((index) => ids[index])
        if (from === undefined || by === undefined || to === undefined) return
        const view = makeView(...complete)
        const steps = [...missing(view, from, by), ...missing(view, by, to)]
        expect(missing(view, from, to)).toEqual(steps)
      }),
    )
  })
})

test('[GAT-4] whatever a view or a stage holds, there is an answer', () => {
  const keys = [...Object.keys(full.fields), ...Object.keys(full.texts)]
  const odd = fc.dictionary(fc.constantFrom(...keys), fc.anything())
  const stage = fc.oneof(fc.constantFrom(...stages.map(({ value }) => value)), fc.anything())
  fc.assert(
    fc.property(odd, odd, stage, stage, (fields, texts, from, to) => {
      const view = { fields, texts } as unknown as ScoredView
      for (const { score, threshold } of unmetCriteria(view, from as StageId, to as StageId))
        expect(score).toBeLessThan(threshold)
    }),
  )
  expect(unmetCriteria(empty, 'prospecting', 'won' as StageId)).toEqual([])
  expect(missing(empty, 'won' as StageId, 'engaging')).toEqual(missing(empty, 'prospecting', 'engaging'))
})

describe('what a person reads', () => {
  test('[GAT-5] names every pillar that is missing, with what it needs and has', () => {
    const view = makeView('competition')
    expect(gateSentence('key_decision', unmetCriteria(view, 'advancing', 'key_decision'))).toBe(
      'Key decision needs: paper process at 70 (now 0) and champion at 80 (now 0).',
    )
  })

  test('[GAT-5] a pillar that two gates ask for is named once, with the higher number', () => {
    const unmet = unmetCriteria(makeView('identifyPain', ...second), 'prospecting', 'key_decision')
    expect(strictestCriteria(unmet).map(({ pillar, threshold }) => [pillar, threshold])).toEqual([
      ['paperProcess', 70],
      ['champion', 80],
      ['competition', 70],
    ])
    expect(gateSentence('key_decision', unmet)).toBe(
      'Key decision needs: paper process at 70 (now 0), champion at 80 (now 0) and competition at 70 (now 0).',
    )
  })

  test('[GAT-5] one missing pillar, and none', () => {
    const view = makeView('identifyPain', 'economicBuyer')
    expect(gateSentence('engaging', unmetCriteria(view, 'prospecting', 'engaging'))).toBe(
      'Engaging needs: champion at 50 (now 0).',
    )
    expect(gateSentence('engaging', [])).toBe('Engaging needs nothing more.')
  })
})
