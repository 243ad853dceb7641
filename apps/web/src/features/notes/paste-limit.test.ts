import { expect, test } from 'vitest'
import { maxPasteBytes, pasteProblem } from './paste-limit.ts'

test('ordinary pastes pass', () => {
  expect(pasteProblem({ text: 'a call plan', html: '<p>a call plan</p>' })).toBeUndefined()
  expect(pasteProblem({ text: 'a'.repeat(maxPasteBytes), html: '' })).toBeUndefined()
})

test('too much is refused with its size and the limit', () => {
  const words = 'That is 501 kB, and notes take at most 500 kB at once. Paste it in parts.'
  expect(pasteProblem({ text: 'a'.repeat(501_000), html: '' })).toBe(words)
})

test('bytes count, not characters, and the markup counts too', () => {
  expect(pasteProblem({ text: '漢'.repeat(200_000), html: '' })).toContain('600 kB')
  expect(pasteProblem({ text: 'x', html: '<b>'.repeat(300_000) })).toContain('900 kB')
})
