import { type GateCriterion, unmetCriteria } from '@fulqrun/rules'
import type { OpportunityView, Proposal } from '@fulqrun/schema'
import { describe, expect, test } from 'vitest'
import {
  gateSentence,
  gateWords,
  missingWords,
  stageAuthority,
  waitingStages,
  waitingStageSentence,
  type WaitingFacts,
} from './stage-gate-words.ts'

test('managers and admins may move past a gate, the others ask', () => {
  const roles = ['rep', 'manager', 'finance', 'compliance', 'admin'] as const
  expect(roles.filter((role) => stageAuthority(role) === 'override')).toEqual(['manager', 'admin'])
})

describe('a move whose gate is not met', () => {
  test('names the stage, counts what is missing and says who decides', () => {
    expect(gateWords('key_decision', 2, 'ask')).toMatchObject({
      title: 'Key decision needs more',
      lead: '2 things are not known well enough yet. Fill in what is missing, or ask your manager.',
      action: 'Ask for it anyway',
    })
    expect(gateWords('engaging', 1, 'override')).toMatchObject({
      lead: 'One thing is not known well enough yet. You may move the deal anyway.',
      action: 'Move anyway',
    })
  })

  test('lists every pillar once, with what it has and what it needs', () => {
    const view = { fields: {}, texts: {} } as unknown as OpportunityView
    const unmet: readonly GateCriterion[] = unmetCriteria(view, 'prospecting', 'closed_won')
    const words = missingWords(unmet)
    const pillars = words.map(({ pillar }) => pillar)
    expect(new Set(pillars).size).toBe(pillars.length)
    expect(words.find(({ pillar }) => pillar === 'champion')).toEqual({
      pillar: 'champion',
      label: 'Champion committed',
      detail: 'Champion 0, needs 80',
      score: 0,
      threshold: 80,
    })
  })

  test('is explained in one sentence, for as long as something is missing', () => {
    const view = { fields: {}, texts: {} } as unknown as OpportunityView
    expect(gateSentence('key_decision', unmetCriteria(view, 'advancing', 'key_decision'))).toBe(
      'The gate to Key decision is not met: Paper process 0, needs 70; Champion 0, needs 80; Competition 0, needs 70.',
    )
    expect(gateSentence('key_decision', [])).toBeUndefined()
  })
})

describe('a wish for a stage', () => {
  function makeProposal(parts: Partial<Proposal>): Proposal {
    const path = 'fields.stage'
    return { id: 'p', path, value: 'advancing', author: 'ana', proposedAt: 1, status: 'waiting', ...parts }
  }

  test('waits while nobody has answered it and the deal is elsewhere, the newest first', () => {
    const proposals = [
      makeProposal({ id: 'old' }),
      makeProposal({ id: 'new', proposedAt: 5 }),
      makeProposal({ id: 'reached', value: 'engaging' }),
      makeProposal({ id: 'approved', status: 'approved' }),
      makeProposal({ id: 'money', path: 'financials.amount', value: 5 }),
    ]
    expect(waitingStages(proposals, 'engaging').map(({ id }) => id)).toEqual(['new', 'old'])
  })

  const facts: WaitingFacts = {
    wanted: 'key_decision',
    author: 'Ben Hale',
    isMine: true,
    authority: 'ask',
    isSent: true,
  }

  test('says who asked and who decides', () => {
    expect(waitingStageSentence(facts)).toBe('You asked for Key decision. Your manager decides.')
    expect(waitingStageSentence({ ...facts, isMine: false })).toBe(
      'Ben Hale asked for Key decision. A manager decides.',
    )
    expect(waitingStageSentence({ ...facts, isMine: false, authority: 'override' })).toBe(
      'Ben Hale asked for Key decision.',
    )
  })

  test('never claims to have been sent while it was not', () => {
    expect(waitingStageSentence({ ...facts, isSent: false })).toBe(
      'You asked for Key decision. It will be sent when you reconnect.',
    )
  })
})
