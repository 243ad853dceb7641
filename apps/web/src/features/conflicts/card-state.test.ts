import type { Decision } from '@fulqrun/schema'
import { describe, expect, test } from 'vitest'
import { isUnread, pendingProposalDecision, stateOf } from './card-state.ts'
import { ana, ben, mia, openConflict, replacedConflict } from './fixtures.test-support.ts'

const choose: Decision = {
  id: 'd-1',
  type: 'choose',
  conflict: 'c-1',
  candidate: '2',
  seen: ['1', '2'],
  at: 1,
}
const undo: Decision = { id: 'd-2', type: 'undo', conflict: 'c-1', at: 2 }

describe('where a conflict stands', () => {
  test('it is open until somebody here has decided', () => {
    expect(stateOf(openConflict, []).type).toBe('open')
    expect(stateOf(openConflict, [choose])).toEqual({ type: 'waiting', decision: choose })
  })

  test('a decision that was taken back leaves it open, also one that the server has carried out', () => {
    expect(stateOf(openConflict, [choose, undo]).type).toBe('open')
    expect(stateOf({ ...openConflict, status: 'resolved' }, [undo]).type).toBe('open')
    expect(stateOf(openConflict, [choose, undo, choose]).type).toBe('waiting')
  })

  test('a rule or a person has settled it', () => {
    expect(stateOf(replacedConflict, [])).toEqual({ type: 'settled' })
    const decided = { ...replacedConflict, decision: { by: mia, at: 7, candidate: '2' } }
    expect(stateOf(decided, [])).toEqual({ type: 'decided', by: mia, at: 7 })
  })

  test('decisions about something else say nothing about it', () => {
    expect(stateOf(openConflict, [{ ...choose, conflict: 'c-9' }]).type).toBe('open')
    expect(stateOf(openConflict, [{ id: 'd', type: 'accept', conflict: 'c-1', at: 1 }]).type).toBe('open')
  })
})

describe('a value that was replaced', () => {
  test('is news for its author only, until they have read it or taken it back', () => {
    expect([ana, ben, mia].map((user) => isUnread(replacedConflict, user, []))).toEqual([true, false, false])
    expect(isUnread(replacedConflict, ana, [{ id: 'd', type: 'accept', conflict: 'c-2', at: 1 }])).toBe(false)
    const mine: Decision = { ...choose, conflict: 'c-2', candidate: '1' }
    expect(isUnread(replacedConflict, ana, [mine])).toBe(false)
  })
})

test('the last decision about a proposal counts', () => {
  const reject: Decision = { id: 'd', type: 'proposal', proposal: 'p', decision: 'rejected', at: 1 }
  expect(pendingProposalDecision({ id: 'p' }, [reject])).toBe('rejected')
  expect(pendingProposalDecision({ id: 'q' }, [reject])).toBeUndefined()
})
