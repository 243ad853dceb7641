import { formatDocumentName } from '@fulqrun/protocol'
import { newDocumentId } from '@fulqrun/schema'
import { expect, test } from 'vitest'
import { changeLog, type DecidedEntry, decidedLog, parseLog, withEntry, withoutEntry } from './decided-log.ts'

const entry: DecidedEntry = {
  document: formatDocumentName({ organizationId: 'org', kind: 'contact', id: newDocumentId() }),
  type: 'conflict',
  id: 'c-1',
  path: 'fields.phone',
  at: 1,
}

test('the newest decision stands first, one that is repeated stands once, and old ones go', () => {
  const two = withEntry(withEntry([], entry), { ...entry, id: 'c-2', at: 2 })
  expect(two.map(({ id }) => id)).toEqual(['c-2', 'c-1'])
  expect(withEntry(two, { ...entry, at: 3 }).map(({ id, at }) => [id, at])).toEqual([
    ['c-1', 3],
    ['c-2', 2],
  ])
  let many: readonly DecidedEntry[] = []
  for (let index = 0; index < 60; index++) many = withEntry(many, { ...entry, id: `c-${index}` })
  expect(many).toHaveLength(50)
  expect(many[0]?.id).toBe('c-59')
  expect(withoutEntry(two, entry).map(({ id }) => id)).toEqual(['c-2'])
})

test('what does not fit is left out', () => {
  expect(parseLog(undefined)).toEqual([])
  expect(parseLog([entry, { ...entry, document: 'x' }, null, { ...entry, at: 'soon' }])).toEqual([entry])
})

test('it is kept on the device', () => {
  const notes = new Map<string, unknown>([['decided', [entry]]])
  const workspace = {
    recall: (key: string) => notes.get(key),
    remember: (key: string, value: unknown) => {
      notes.set(key, value)
    },
  }
  const log = decidedLog(workspace)
  expect(log.get()).toEqual([entry])
  changeLog(workspace, (before) => withoutEntry(before, entry))
  expect(log.get()).toEqual([])
  expect(notes.get('decided')).toEqual([])
})
