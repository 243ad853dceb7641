import { type DocumentName, formatDocumentName } from '@fulqrun/protocol'
import { makeOpportunity, appendNotes } from '@fulqrun/testkit'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import type { SearchStorage, StoredCopy } from './search-database.ts'
import { SearchEngine } from './search-engine.ts'
import type { SearchEntry } from './search-entry.ts'
import type { FromSearch } from './search-messages.ts'

const nameOf = (number: number): DocumentName =>
  formatDocumentName({
    organizationId: 'org',
    kind: 'opportunity',
    id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
  })

function makeEntry(number: number, head = 1): SearchEntry {
  return {
    name: nameOf(number),
    kind: 'opportunity',
    title: `Record ${number}`,
    account: '',
    owner: '',
    more: '',
    head,
    updatedAt: number,
  }
}

function makeCopy(number: number, notes: string, head = 1): StoredCopy {
  const doc = makeOpportunity()
  appendNotes(doc, [notes])
  return { name: nameOf(number), head, update: Y.encodeStateAsUpdate(doc) }
}

class MemoryStorage implements SearchStorage {
  readonly held = new Map<DocumentName, StoredCopy>()
  readonly kept = new Map<string, unknown>()
  reads = 0

  copies = async () => new Set(this.held.keys())
  read = async (names: readonly DocumentName[]) => {
    this.reads += names.length
    return names.flatMap((name) => this.held.get(name) ?? [])
  }
  load = async (key: string) => this.kept.get(key)
  save = async (key: string, value: unknown) => {
    this.kept.set(key, value)
  }
  remove = async (key: string) => {
    this.kept.delete(key)
  }
}

/** An engine whose timers run when the test says so. */
function makeEngine(storage: MemoryStorage) {
  const sent: FromSearch[] = []
  const timers: (() => void)[] = []
  const engine = new SearchEngine({
    openStorage: () => storage,
    send: (message) => sent.push(message),
    pause: async () => undefined,
    startTimer: (_, fire) => timers.push(fire),
    now: () => 0,
  })
  const settle = async () => {
    for (let round = 0; round < 4; round += 1) {
      for (const fire of timers.splice(0)) fire()
      // Reading is a chain of promises of the memory storage.
      for (let turn = 0; turn < 200; turn += 1) await Promise.resolve()
    }
  }
  let lastId = 0
  const find = (query: string) => {
    lastId += 1
    engine.receive({ type: 'find', id: lastId, query, limit: 10 })
    const answer = sent.findLast((message) => message.type === 'found' && message.id === lastId)
    return answer?.type === 'found' ? answer.hits.map(({ title }) => title) : undefined
  }
  return { engine, sent, settle, find }
}

const list = (...changed: readonly SearchEntry[]) =>
  ({ type: 'list', changed, removed: [], isWhole: true }) as const

test('copies are read in the background; lists are searched before that', async () => {
  const storage = new MemoryStorage()
  storage.held.set(nameOf(1), makeCopy(1, 'Procurement wants a second quote'))
  const { engine, sent, settle, find } = makeEngine(storage)
  engine.receive({ type: 'open', database: 'x' })
  engine.receive(list(makeEntry(1), makeEntry(2)))
  expect(find('record')).toHaveLength(2)
  expect(find('procurement')).toEqual([])
  await settle()
  expect(find('procurement')).toEqual(['Record 1'])
  expect(sent.findLast(({ type }) => type === 'status')).toEqual({ type: 'status', records: 2, texts: 1 })
})

test('what was read is kept; the next start reads no copy twice', async () => {
  const storage = new MemoryStorage()
  storage.held.set(nameOf(1), makeCopy(1, 'Procurement wants a second quote'))
  const first = makeEngine(storage)
  first.engine.receive({ type: 'open', database: 'x' })
  first.engine.receive(list(makeEntry(1)))
  await first.settle()
  expect(storage.reads).toBe(1)
  const second = makeEngine(storage)
  second.engine.receive({ type: 'open', database: 'x' })
  second.engine.receive(list(makeEntry(1)))
  await second.settle()
  expect(second.find('procurement')).toEqual(['Record 1'])
  expect(storage.reads).toBe(1)
})

test('a damaged index is thrown away and built anew', async () => {
  const storage = new MemoryStorage()
  storage.held.set(nameOf(1), makeCopy(1, 'Procurement wants a second quote'))
  storage.kept.set('texts', { version: 1, checksum: 7, bytes: new Uint8Array([1, 2, 3]) })
  const { engine, settle, find } = makeEngine(storage)
  engine.receive({ type: 'open', database: 'x' })
  engine.receive(list(makeEntry(1)))
  await settle()
  expect(find('procurement')).toEqual(['Record 1'])
})

test('a later copy replaces an earlier one; a removed record is forgotten at once', async () => {
  const storage = new MemoryStorage()
  storage.held.set(nameOf(1), makeCopy(1, 'second quote'))
  const { engine, settle, find } = makeEngine(storage)
  engine.receive({ type: 'open', database: 'x' })
  engine.receive(list(makeEntry(1)))
  await settle()
  storage.held.set(nameOf(1), makeCopy(1, 'third quote', 5))
  engine.receive(list(makeEntry(1, 5)))
  await settle()
  expect(find('second')).toEqual([])
  expect(find('third')).toEqual(['Record 1'])
  engine.receive({ type: 'list', changed: [], removed: [nameOf(1)], isWhole: false })
  expect(find('third')).toEqual([])
})

test('a copy that is no update hides nothing of the others', async () => {
  const storage = new MemoryStorage()
  storage.held.set(nameOf(2), { name: nameOf(2), head: 1, update: new Uint8Array([255, 255, 255]) })
  storage.held.set(nameOf(1), makeCopy(1, 'second quote'))
  const { engine, settle, find } = makeEngine(storage)
  engine.receive({ type: 'open', database: 'x' })
  engine.receive(list(makeEntry(1), makeEntry(2)))
  await settle()
  expect(find('second')).toEqual(['Record 1'])
  expect(find('record')).toHaveLength(2)
})

test('the place in the notes is shown for what was found there', async () => {
  const storage = new MemoryStorage()
  storage.held.set(nameOf(1), makeCopy(1, 'Procurement wants a second quote'))
  const { engine, sent, settle } = makeEngine(storage)
  engine.receive({ type: 'open', database: 'x' })
  engine.receive(list(makeEntry(1)))
  await settle()
  engine.receive({
    type: 'excerpts',
    id: 9,
    names: [nameOf(1), nameOf(2)],
    wanted: { typed: ['quote'], found: [] },
  })
  await settle()
  const answer = sent.find((message) => message.type === 'excerpts')
  expect(answer?.type === 'excerpts' && answer.excerpts).toEqual([
    [nameOf(1), expect.stringContaining('second quote')],
  ])
})
