import { expect, test } from 'vitest'
import { compareKeys, sortKey } from './sort-key.ts'

test('names come in the order in which people look for them', () => {
  const names = ['clinic 10', 'Clinic 9', '\u00c4rzte', 'Zoe', 'Arzt', 'clinic 9b']
  const sorted = names.toSorted((a, b) => compareKeys(sortKey(a), sortKey(b)))
  expect(sorted).toEqual(['Arzt', '\u00c4rzte', 'Clinic 9', 'clinic 9b', 'clinic 10', 'Zoe'])
})
