import { expect, test } from 'vitest'
import { parseLinkAddress } from './link-address.ts'

test.each([
  ['https://example.com/a?b=1', 'https://example.com/a?b=1'],
  ['example.com/plan', 'https://example.com/plan'],
  ['ana@meridian.example', 'mailto:ana@meridian.example'],
  ['tel:+15550100', 'tel:+15550100'],
  ['example.com:8080/x', 'https://example.com:8080/x'],
])('%s becomes %s', (typed, address) => {
  expect(parseLinkAddress(typed)).toBe(address)
})

test.each(['javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'data:text/html,x', 'two words', '', 'word'])(
  '%s is not an address that notes take',
  (typed) => {
    expect(parseLinkAddress(typed)).toBeUndefined()
  },
)
