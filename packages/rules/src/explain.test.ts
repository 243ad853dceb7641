import { expect, test } from 'vitest'
import { explainRule } from './explain.ts'

test('[WHY-1] a rule is explained in one sentence with the value that stays', () => {
  expect(explainRule('POL-1', { label: 'Amount', stands: '45,000' })).toBe(
    'Amount is set by finance or management, so 45,000 stays; yours is kept as a proposal.',
  )
  expect(explainRule('RES-3', { label: 'Close date' })).toContain('it stays empty')
  expect(explainRule('NEW-1', { label: 'Close date' })).toContain('NEW-1')
})
