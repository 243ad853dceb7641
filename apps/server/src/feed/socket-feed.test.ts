import { type DocumentName, type FeedMessage, parseServerMessage } from '@fulqrun/protocol'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { emptyBatch } from '../store/document-store.ts'
import { MemoryDocumentStore } from '../store/memory-document-store.ts'
import { repOfNorth as ana } from '../testing/rep-of-north.ts'
import { FeedBus } from './feed-bus.ts'
import { SocketFeed } from './socket-feed.ts'

const nameOf = (id: number) =>
  `meridian/contact/00000000-0000-7000-8000-${String(id).padStart(12, '0')}` as DocumentName

let store: MemoryDocumentStore
let bus: FeedBus
let feed: SocketFeed
let told: FeedMessage[]
let isHere: boolean
let reads: number

beforeEach(() => {
  vi.useFakeTimers()
  store = new MemoryDocumentStore()
  told = []
  isHere = true
  reads = 0
  bus = new FeedBus({
    head: 0,
    scopeOf: () => ({ organizationId: 'meridian', territoryId: 'north' }),
    onError: (error) => expect.fail(String(error)),
  })
  const socket = {
    principal: ana,
    tell(payload: string) {
      const message = parseServerMessage(payload)
      if (message?.type === 'feed') told.push(message)
    },
  }
  feed = new SocketFeed({
    bus,
    catalogue: (organizationId, query) => {
      reads++
      return store.catalogue(organizationId, query)
    },
    sockets: () => (isHere ? [socket] : []),
    onError: (error) => expect.fail(String(error)),
    onTold: () => undefined,
  })
})
afterEach(() => {
  feed.stop()
  vi.useRealTimers()
})

/** What the log does with changes of so many records. */
async function commit(from: number, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => nameOf(from + index))
  const entries = names.map((document) => ({
    document,
    update: new Uint8Array([0, 0]),
    author: { id: 'ben', name: 'Ben' },
    origin: 'device' as const,
    receivedAt: 1,
    changes: [],
  }))
  const descriptions = names.map((document) => ({
    document,
    organizationId: 'meridian',
    kind: 'contact' as const,
    territoryId: 'north',
    title: '',
    summary: {},
  }))
  const { seqs } = await store.commit({ ...emptyBatch, entries, descriptions })
  bus.publish(entries.map((entry, index) => ({ ...entry, seq: seqs[index] ?? 0 })))
}

describe('rounds of the feed', () => {
  test('[FEED-3] gather what comes within a quarter of a second, and follow each other', async () => {
    await commit(1, 1)
    await vi.advanceTimersByTimeAsync(0)
    expect(told.map(({ from, entries }) => [from, entries?.length])).toEqual([[0, 1]])
    for (let id = 2; id <= 6; id++) await commit(id, 1)
    await vi.advanceTimersByTimeAsync(0)
    expect(told).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(260)
    expect(told.map(({ from, cursor, entries }) => [from, cursor.split('.')[0], entries?.length])).toEqual([
      [0, '1', 1],
      [1, '6', 5],
    ])
    expect(told[1]?.events.map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 6])
  })

  test('[FEED-4] leave out rows when there are too many, and of the events those that rows tell as well', async () => {
    await commit(1, 200)
    await vi.advanceTimersByTimeAsync(0)
    expect(told[0]?.entries).toHaveLength(200)
    expect(told[0]?.events).toHaveLength(200)
    await commit(300, 600)
    await vi.advanceTimersByTimeAsync(5000)
    const [, large] = told
    expect(large).toMatchObject({ from: 200, events: [] })
    expect(large?.entries).toBeUndefined()
    expect(large?.cursor.startsWith('800.')).toBe(true)
    await commit(1000, 1)
    await vi.advanceTimersByTimeAsync(5000)
    expect(told[2]).toMatchObject({ from: 800, entries: [{ name: nameOf(1000) }] })
  })

  test('[LST-4] read nothing where nobody listens, and each change once for everybody', async () => {
    isHere = false
    await commit(1, 50)
    await vi.advanceTimersByTimeAsync(5000)
    expect(reads).toBe(0)
    isHere = true
    await commit(60, 1)
    await vi.advanceTimersByTimeAsync(5000)
    expect(reads).toBe(1)
    expect(told.map(({ from, entries }) => [from, entries?.length])).toEqual([[50, 1]])
  })
})
