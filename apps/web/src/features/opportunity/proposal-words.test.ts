import { proposalStatuses } from '@fulqrun/schema'
import { expect, test } from 'vitest'
import { mayDecide, maySetOfficial, type ProposalFacts, proposalWords } from './proposal-words.ts'

function makeFacts(facts: Partial<ProposalFacts> = {}): ProposalFacts {
  return {
    status: 'waiting',
    isMine: true,
    author: 'Ana',
    wanted: '48,000',
    official: '45,000',
    isSent: true,
    ...facts,
  }
}

test('my waiting proposal names both values', () => {
  expect(proposalWords(makeFacts())).toEqual({
    state: 'Waiting',
    sentence: 'Your proposal 48,000 - official 45,000 until approved',
    tone: 'attention',
  })
})

test('offline it never claims to have been sent', () => {
  const words = proposalWords(makeFacts({ isSent: false }))
  expect(words.state).toBe('Not sent yet')
  expect(words.sentence).toContain('It will be sent when you reconnect')
})

test("a colleague's proposal names the colleague and is sent by definition", () => {
  const words = proposalWords(makeFacts({ isMine: false, isSent: false }))
  expect(words.state).toBe('Waiting')
  expect(words.sentence).toBe('Proposal of Ana: 48,000 - official 45,000 until approved')
})

test('an approved proposal says whether it still is the official value', () => {
  const approved = { status: 'approved', decidedBy: 'Finn' } as const
  expect(proposalWords(makeFacts({ ...approved, official: '48,000' })).sentence).toBe(
    'Approved by Finn: 48,000 is official',
  )
  expect(proposalWords(makeFacts({ ...approved, official: '50,000' })).sentence).toContain(
    'has changed to 50,000 since',
  )
})

test('a rejected proposal says what stays', () => {
  expect(proposalWords(makeFacts({ status: 'rejected', decidedBy: 'Mia' })).sentence).toBe(
    'Not approved by Mia: 45,000 stays',
  )
})

test.each(proposalStatuses)('%s has words', (status) => {
  const { state, sentence } = proposalWords(makeFacts({ status }))
  expect(state).not.toBe('')
  expect(sentence).toContain(status === 'rejected' ? '45,000' : '48,000')
})

test('finance and managers decide, only finance sets official values', () => {
  const roles = ['rep', 'manager', 'finance', 'compliance', 'admin'] as const
  expect(roles.filter(mayDecide)).toEqual(['manager', 'finance'])
  expect(roles.filter(maySetOfficial)).toEqual(['finance'])
})
