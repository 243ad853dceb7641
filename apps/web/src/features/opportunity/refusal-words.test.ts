import { type ErrorCode, errors } from '@fulqrun/protocol'
import { expect, test } from 'vitest'
import { draftText, refusalWords } from './refusal-words.ts'

test.each(Object.keys(errors) as ErrorCode[])('%s has a plain sentence without technical words', (code) => {
  const words = refusalWords(code)
  expect(words).toMatch(/\.$/)
  expect(words).not.toMatch(/CRDT|queue|sync|token|socket|frame/i)
})

test('a draft reads as lines of label and value', () => {
  expect(draftText('Northline', [{ label: 'Next step', draft: 'Call' }])).toBe('Northline\nNext step: Call')
})
