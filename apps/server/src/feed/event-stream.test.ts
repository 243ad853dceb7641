import { setImmediate } from 'node:timers/promises'
import type { DocumentName } from '@fulqrun/protocol'
import { beforeEach, describe, expect, test } from 'vitest'
import type { DocumentScope, Principal } from '../accounts/principal.ts'
import { emptyBatch, type LogEntry } from '../store/document-store.ts'
import { MemoryDocumentStore } from '../store/memory-document-store.ts'
import { repOfNorth } from '../testing/rep-of-north.ts'
import { eventStream, type EventStreamOptions } from './event-stream.ts'
import { FeedBus } from './feed-bus.ts'

const nameOf = (id: number, organization = 'meridian') =>
  `${organization}/contact/00000000-0000-7000-8000-${String(id).padStart(12, '0')}` as DocumentName

function entry(document: DocumentName, changes: LogEntry['changes'] = []): LogEntry {
  return {
    document,
    update: new Uint8Array([0, 0]),
    author: { id: 'ana', name: 'Ana' },
    origin: 'device',
    receivedAt: 1,
    changes,
  }
}

const move = (before: string, after: string): LogEntry['changes'] => [
  { path: 'meta.territoryId', action: 'set', before, after, editedAt: 1 },
]

let store: MemoryDocumentStore
let bus: FeedBus
let territories: Map<DocumentName, string>
let principal: Principal | undefined
let now = 0

const scopeOf = (name: DocumentName): DocumentScope => ({
  organizationId: name.split('/')[0] ?? '',
  territoryId: territories.get(name) ?? 'north',
})

function openBus(head: number): FeedBus {
  return new FeedBus({ head, scopeOf, onError: (error) => expect.fail(String(error)) })
}

beforeEach(() => {
  store = new MemoryDocumentStore()
  bus = openBus(0)
  territories = new Map()
  now = 0
  principal = repOfNorth
})

/** What the log does: on disk first, then told. */
async function commit(...entries: LogEntry[]): Promise<void> {
  const { seqs } = await store.commit({ ...emptyBatch, entries })
  bus.publish(entries.map((one, index) => ({ ...one, seq: seqs[index] ?? 0 })))
}

interface Heard {
  readonly id: number | undefined
  readonly type: string | undefined
  readonly seq: number | undefined
}

/** The stream as a client reads it, event by event; heartbeats have no type. */
function open(options: Partial<EventStreamOptions> = {}) {
  const ending = new AbortController()
  const texts = eventStream({
    bus,
    store,
    principal: () => principal,
    after: bus.head,
    expiresAt: Infinity,
    signal: ending.signal,
    now: () => now,
    ...options,
  })
  const waiting: Heard[] = []
  return {
    texts,
    ending,
    /** Undefined when the stream has ended. */
    async next(): Promise<Heard | undefined> {
      while (waiting.length === 0) {
        const { done, value } = await texts.next()
        if (done === true) return undefined
        waiting.push(...parse(value))
      }
      return waiting.shift()
    },
  }
}

function parse(text: string): Heard[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1]
      const id = field('id')
      const data = field('data')
      return {
        id: id === undefined ? undefined : Number(id),
        type: field('event'),
        seq: data === undefined ? undefined : (JSON.parse(data) as { seq: number }).seq,
      }
    })
}

describe('a stream of events', () => {
  test('[SSE-2] begins now, says where that is, and brings each event once and in order', async () => {
    await commit(entry(nameOf(1)))
    const stream = open()
    expect(await stream.next()).toEqual({ id: 1, type: undefined, seq: undefined })
    await commit(entry(nameOf(2)), entry(nameOf(3)))
    expect(await stream.next()).toEqual({ id: 2, type: 'record.changed', seq: 2 })
    const next = [stream.next(), stream.next()]
    await commit(entry(nameOf(4)))
    expect((await Promise.all(next)).map((heard) => heard?.id)).toEqual([3, 4])
  })

  test('[SSE-2] goes on behind any id, from memory or from the log, also in a new process', async () => {
    for (let index = 1; index <= 5; index++) await commit(entry(nameOf(index)))
    const readFrom = async (after: number) => {
      const stream = open({ after })
      await stream.next()
      const ids: (number | undefined)[] = []
      while (ids.length < 5 - after) ids.push((await stream.next())?.id)
      await stream.texts.return(undefined)
      return ids
    }
    for (const restart of [false, true]) {
      if (restart) bus = openBus(await store.head())
      for (const after of [0, 1, 3, 4]) expect(await readFrom(after)).toEqual([1, 2, 3, 4, 5].slice(after))
    }
  })

  test('[SSE-2] far behind it misses nothing, and what comes meanwhile comes after', async () => {
    const many = Array.from({ length: 1700 }, (_, index) => entry(nameOf(index + 1)))
    await commit(...many)
    bus = openBus(await store.head())
    const stream = open({ after: 0 })
    await stream.next()
    const ids: (number | undefined)[] = []
    while (ids.length < 1702) {
      if (ids.length === 700) await commit(entry(nameOf(9001)), entry(nameOf(9002)))
      ids.push((await stream.next())?.id)
    }
    expect(ids).toEqual(Array.from({ length: 1702 }, (_, index) => index + 1))
  })

  test('[SSE-2] the id stands with the last event of a change', async () => {
    const stream = open()
    await stream.next()
    const marks = [
      { type: 'conflict', id: 'c', path: 'fields.name', status: 'open', people: ['ana'] },
      { type: 'proposal', id: 'p', path: 'x', status: 'waiting', people: ['ana'] },
    ] as const
    await commit({ ...entry(nameOf(1)), marks })
    const heard = [await stream.next(), await stream.next(), await stream.next()]
    expect(heard.map((event) => [event?.type, event?.id])).toEqual([
      ['record.changed', undefined],
      ['conflict.opened', undefined],
      ['proposal.made', 1],
    ])
  })

  test('[SSE-3] holds what its reader may read when it is sent, and of a loss only that it is gone', async () => {
    const [theirs, own, lost, won, rival] = [nameOf(1), nameOf(2), nameOf(3), nameOf(4), nameOf(5, 'rival')]
    territories.set(theirs, 'south').set(lost, 'south')
    const stream = open()
    await stream.next()
    await commit(
      entry(theirs),
      entry(rival),
      entry(lost, move('north', 'south')),
      // From somewhere else to somewhere else: nothing to her.
      entry(theirs, move('east', 'south')),
      entry(won, move('south', 'north')),
      entry(own),
    )
    const heard = [await stream.next(), await stream.next(), await stream.next()]
    expect(heard.map((event) => [event?.type, event?.seq])).toEqual([
      ['record.removed', 3],
      ['record.changed', 5],
      ['record.changed', 6],
    ])
    // What was readable when it happened is not, once the record has moved on.
    await commit(entry(own), entry(won))
    territories.set(own, 'south')
    expect((await stream.next())?.seq).toBe(8)
  })

  test('[SSE-4] ends when the session does, and at the end of the token', async () => {
    const revoked = open()
    await revoked.next()
    principal = undefined
    await commit(entry(nameOf(1)))
    expect(await revoked.next()).toBeUndefined()
    principal = { ...(principal ?? ({} as Principal)) }
    const expired = open({ expiresAt: 1000 })
    await expired.next()
    now = 1000
    await commit(entry(nameOf(2)))
    expect(await expired.next()).toBeUndefined()
    const ended = open()
    await ended.next()
    const last = ended.next()
    ended.ending.abort()
    expect(await last).toBeUndefined()
  })

  test('[SSE-4] a reader that takes nothing keeps nothing in memory but what everybody shares', async () => {
    const stream = open()
    await stream.next()
    for (let index = 1; index <= 5000; index += 100)
      await commit(...Array.from({ length: 100 }, (_, offset) => entry(nameOf(index + offset))))
    // It is behind what is remembered, and goes on from the log.
    expect(bus.after(0)).toBeUndefined()
    for (let seq = 1; seq <= 5000; seq++) expect((await stream.next())?.id).toBe(seq)
  })

  test('[SSE-4] far behind in a log that is nothing to its reader, it takes turns with everybody else', async () => {
    await commit(...Array.from({ length: 6000 }, (_, index) => entry(nameOf(index + 1, 'rival'))))
    bus = openBus(await store.head())
    let reads = 0
    const counting = {
      entriesAfter: (after: number, limit: number) => {
        reads += 1
        return store.entriesAfter(after, limit)
      },
    }
    const stream = open({ after: 0, store: counting })
    await stream.next()
    const next = stream.next()
    await setImmediate()
    await setImmediate()
    expect(reads).toBeLessThan(4)
    await commit(entry(nameOf(1)))
    expect((await next)?.seq).toBe(6001)
    expect(reads).toBe(12)
  })

  test('[SSE-6] a comment keeps it open, and says how far it has come', async () => {
    territories.set(nameOf(1), 'south')
    const stream = open({ heartbeatMs: 0 })
    expect((await stream.texts.next()).value).toBe('retry: 2000\n: here\nid: 0\n\n')
    await commit(entry(nameOf(1)))
    // Nothing for this reader, but the stream is past it.
    expect((await stream.texts.next()).value).toBe(': here\nid: 1\n\n')
  })
})
