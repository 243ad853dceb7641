import { proposalStatuses } from '@fulqrun/schema'
import { expect, test } from 'vitest'
import {
  answeredWords,
  maySetOfficial,
  type ProposalFacts,
  proposalWords,
  staleWords,
  whoDecides,
} from './proposal-words.ts'

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

test('what was decided here says that it waits, as long as the server has not carried it out', () => {
  const words = proposalWords(makeFacts({ decidedHere: 'approved' }))
  expect(words.state).toBe('Decided, waiting to send')
  expect(words.sentence).toContain('45,000 is official until it is sent')
  expect(proposalWords(makeFacts({ status: 'approved', decidedHere: 'approved' })).state).toBe('Approved')
})

test('a proposal that was made against older official values says so', () => {
  const facts = { baseVersion: 3, version: 5, base: '45,000', official: '46,000' }
  expect(staleWords(facts)).toBe('Made against version 3 (45,000); official is now version 5 (46,000)')
  expect(staleWords({ ...facts, official: '45,000' })).toBeUndefined()
  expect(staleWords({ ...facts, baseVersion: undefined, version: undefined })).toBe(
    'Made when 45,000 was official; it is 46,000 now',
  )
  expect(staleWords({ ...facts, base: undefined })).toBeUndefined()
})

test('says who decides, with the limit of managers', () => {
  const limits = { managerMaxAmount: 250_000, managerMaxDiscount: 20 }
  const words = ['fields.stage', 'financials.amount', 'financials.discount', 'targets.trx'].map((path) =>
    whoDecides({ path }, limits),
  )
  expect(words).toEqual([
    'A manager decides.',
    'Finance decides, or a manager up to 250,000.',
    'Finance decides, or a manager up to 20 %.',
    'Finance or a manager decides.',
  ])
})

test('the toast says what was answered', () => {
  expect(answeredWords('approved', '48,000')).toBe('Approved 48,000')
  expect(answeredWords('rejected', '48,000')).toContain('The official value stays')
  expect(answeredWords('withdrawn', '48,000')).toBe('Withdrew 48,000')
})

test('only finance sets official values', () => {
  const roles = ['rep', 'manager', 'finance', 'compliance', 'admin'] as const
  expect(roles.filter(maySetOfficial)).toEqual(['finance'])
})
