import { formatDocumentName, type Role } from '@fulqrun/protocol'
import { type AttentionItem, newDocumentId } from '@fulqrun/schema'
import type { ListedEntry, RefusedEdit } from '@fulqrun/sync'
import { describe, expect, test } from 'vitest'
import { attentionOf, waitsForChoice } from './attention.ts'
import { inboxCount } from './inbox-count.ts'
import { firstTab, inboxItems, ownCount, shownItem, tabsFor } from './inbox-items.ts'
import { actionOf, step } from './inbox-keys.ts'
import { parseInboxSearch } from './inbox-search.ts'

const ana = 'user-ana'
const ben = 'user-ben'

function makeEntry(title: string, attention: readonly unknown[]): ListedEntry {
  return {
    name: formatDocumentName({ organizationId: 'org', kind: 'opportunity', id: newDocumentId() }),
    kind: 'opportunity',
    territoryId: 'north',
    title,
    head: 1,
    updatedAt: 1,
    summary: { stage: 'engaging', attention },
  }
}

const item = (part: Partial<AttentionItem>): AttentionItem => ({
  id: 'c-1',
  type: 'conflict',
  path: 'fields.closeDate',
  since: 1,
  people: [ana, ben],
  ...part,
})

const entries = [
  makeEntry('Northline', [
    item({ id: 'c-others', since: 9, people: [ben, 'user-cem'] }),
    item({ id: 'c-mine', since: 2 }),
    item({ id: 'p-mine', type: 'proposal', people: [ana] }),
    item({ id: 'p-bens', type: 'proposal', people: [ben] }),
  ]),
  makeEntry('Lakeside', [
    item({ id: 'r-mine', type: 'replaced', people: [ana], since: 5 }),
    item({ id: 'r-bens', type: 'replaced', people: [ben] }),
    item({ id: 'd-mine', type: 'decided', people: [ana], since: 7 }),
    item({ id: 'c-late', since: 8 }),
  ]),
  makeEntry('Harbor', []),
]
const [northline, lakeside] = entries
if (northline === undefined || lakeside === undefined) throw new Error('three entries')

const refused: RefusedEdit = {
  id: 'x-1',
  document: lakeside.name,
  title: 'Lakeside',
  code: 'update/too-large',
  at: 3,
  values: [],
}

function collect(role: Role) {
  return inboxItems({
    entries,
    refused: [refused],
    decided: [
      {
        document: northline?.name ?? lakeside?.name ?? refused.document,
        type: 'conflict',
        id: 'c-0',
        path: 'fields.name',
        at: 4,
      },
    ],
    userId: ana,
    role,
  })
}

const ids = (items: readonly { readonly id: string }[]) => items.map(({ id }) => id)

describe('the inbox', () => {
  test('lists conflicts with this person first, then the newest', () => {
    expect(ids(collect('rep').conflicts)).toEqual(['c-late', 'c-mine', 'c-others'])
  })

  test('shows a rep what they sent, and those who approve what waits for them', () => {
    expect(ids(collect('rep').approvals)).toEqual([])
    expect(ids(collect('rep').sent)).toEqual(['p-mine'])
    expect(ids(collect('manager').approvals)).toEqual(['p-bens'])
    expect(ids(collect('finance').approvals)).toEqual(['p-bens'])
    expect(ids(collect('admin').approvals)).toEqual([])
    expect(tabsFor('rep')).not.toContain('approvals')
    expect(tabsFor('finance')).toContain('approvals')
    expect(tabsFor('compliance')).not.toContain('sent')
  })

  test('tells what became of the values and proposals of this person, and of nobody else', () => {
    expect(ids(collect('rep').outcomes)).toEqual(['d-mine', 'r-mine'])
    expect(collect('rep').outcomes.map(({ type }) => type)).toEqual(['proposal', 'conflict'])
  })

  test('lists what was not accepted and what was decided, with the title of the record', () => {
    const items = collect('rep')
    expect(items.refused).toMatchObject([{ id: 'x-1', title: 'Lakeside', type: 'refused' }])
    expect(items.done).toMatchObject([{ id: 'c-0', title: 'Northline', path: 'fields.name' }])
  })

  test('opens where something waits, unless the address says otherwise', () => {
    const items = collect('rep')
    const tabs = tabsFor('rep')
    expect(firstTab(items, tabs, undefined)).toBe('conflicts')
    expect(firstTab({ ...items, conflicts: [] }, tabs, undefined)).toBe('outcomes')
    expect(firstTab({ ...items, conflicts: [], outcomes: [], refused: [] }, tabs, undefined)).toBe(
      'conflicts',
    )
    expect(firstTab(items, tabs, 'done')).toBe('done')
    expect(firstTab(items, tabs, 'approvals')).toBe('conflicts')
  })

  test('goes on with the item that took the place of one that was decided', () => {
    const [first, second, third] = collect('rep').conflicts
    const list = [first, second, third].flatMap((one) => one ?? [])
    expect(shownItem(list, second?.key, 0)).toBe(second)
    expect(shownItem(list, 'gone', 1)).toBe(second)
    expect(shownItem(list, 'gone', 7)).toBe(third)
    expect(shownItem([], 'gone', 0)).toBeUndefined()
    expect(shownItem(list, undefined, -1)).toBe(first)
  })
})

describe('the number at the inbox', () => {
  const count = (role: Role, userId = ana) => inboxCount({ entries, refused: 1, userId, role })
  test("is the sum of what the tabs count as this person's", () => {
    for (const role of ['rep', 'manager', 'finance', 'compliance'] as const) {
      const items = collect(role)
      const sum = tabsFor(role).reduce((total, tab) => total + ownCount(tab, items[tab]), 0)
      expect(sum).toBe(count(role))
    }
  })

  test('counts what is this person’s to do or to read', () => {
    expect(count('rep')).toBe(5)
    expect(count('manager')).toBe(6)
    expect(count('rep', 'user-nobody')).toBe(1)
  })
})

describe('what a summary says', () => {
  test('is taken as far as it can be read', () => {
    const odd = [item({}), { id: 5 }, null, item({ type: 'new' as AttentionItem['type'] })]
    expect(ids(attentionOf({ attention: odd }))).toEqual(['c-1'])
    expect(attentionOf({})).toEqual([])
  })

  test('marks the line of a list where somebody has to choose', () => {
    expect(waitsForChoice(northline.summary)).toBe(true)
    expect(waitsForChoice({ attention: [item({ type: 'replaced' })] })).toBe(false)
  })
})

describe('keys', () => {
  const plain = { ctrlKey: false, metaKey: false, altKey: false, isTaken: false }
  test('move, choose and take back', () => {
    expect(['j', 'K', 'u', '2'].map((key) => actionOf({ ...plain, key }))).toEqual([
      { type: 'next' },
      { type: 'previous' },
      { type: 'undo' },
      { type: 'choose', digit: 2 },
    ])
  })

  test('are left alone while somebody types, in a dialog, and with a modifier', () => {
    expect(actionOf({ ...plain, key: 'j', isTaken: true })).toBeUndefined()
    expect(actionOf({ ...plain, key: 'u', ctrlKey: true })).toBeUndefined()
    expect(actionOf({ ...plain, key: 'x' })).toBeUndefined()
    expect(actionOf({ ...plain, key: '0' })).toBeUndefined()
  })

  test('go through the list and stay at its ends', () => {
    const keys = ['a', 'b', 'c']
    expect(step(keys, 'a', 1)).toBe('b')
    expect(step(keys, 'c', 1)).toBe('c')
    expect(step(keys, 'a', -1)).toBe('a')
    expect(step(keys, 'gone', 1)).toBe('a')
    expect(step([], undefined, 1)).toBeUndefined()
  })
})

test('an address says which tab and item are open', () => {
  expect(parseInboxSearch({ tab: 'done', item: 'x#1' })).toEqual({ tab: 'done', item: 'x#1' })
  expect(parseInboxSearch({ tab: 'nothing', item: 5 })).toEqual({})
})
