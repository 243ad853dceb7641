import { expect, test } from 'vitest'
import { emptyWords, peopleWords, stateWords } from './inbox-words.ts'
import { inboxTabs } from './inbox-tabs.ts'

test('every tab says what would be in it', () => {
  for (const tab of inboxTabs) {
    const { title, text } = emptyWords(tab)
    expect([title, text].every((words) => words.length > 3)).toBe(true)
  }
})

test('a line names who it is about, this person first, and nobody where it is this person anyway', () => {
  const people = ['user-ben', 'user-ana']
  const context = { userId: 'user-ana', nameOf: () => 'Ben Okafor' }
  expect(peopleWords({ tab: 'conflicts', people }, context)).toBe('You, Ben Okafor')
  expect(peopleWords({ tab: 'approvals', people: ['user-ben'] }, context)).toBe('Ben Okafor')
  expect(peopleWords({ tab: 'outcomes', people: ['user-ana'] }, context)).toBe('')
})

test('a line says what happened', () => {
  expect(stateWords({ tab: 'conflicts', type: 'conflict' })).toBe('Different values')
  expect(stateWords({ tab: 'outcomes', type: 'proposal' })).toBe('Your proposal was decided')
  expect(stateWords({ tab: 'outcomes', type: 'conflict' })).toBe('Your value was replaced')
})
