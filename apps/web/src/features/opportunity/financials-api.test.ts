import { expect, test } from 'vitest'
import { answerProblem } from './financials-api.ts'

test('what worked has no problem', () => {
  expect(answerProblem({ kind: 'ok', value: {} })).toBeUndefined()
})

test('offline says why this needs a connection', () => {
  expect(answerProblem({ kind: 'unreachable' })).toContain("You're offline")
})

test('a newer official version asks to look again', () => {
  expect(answerProblem({ kind: 'refused', status: 409, code: 'version/mismatch' })).toContain('save again')
})

test('an unknown refusal still has words', () => {
  expect(answerProblem({ kind: 'refused', status: 418 })).toContain('did not accept')
})
