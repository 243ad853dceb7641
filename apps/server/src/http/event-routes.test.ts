import { Hono } from 'hono'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Accounts } from '../accounts/accounts.ts'
import { FeedBus } from '../feed/feed-bus.ts'
import { emptyBatch } from '../store/document-store.ts'
import { MemoryDocumentStore } from '../store/memory-document-store.ts'
import { repOfNorth as ana } from '../testing/rep-of-north.ts'
import type { HttpEnv } from './environment.ts'
import { eventRoutes } from './event-routes.ts'

let watched = 0
/** Accounts in which Ana is signed in, whatever a request says. */
const accounts = {
  principalOf: () => Promise.resolve(ana),
  authenticate: () => Promise.resolve({ principal: ana, expiresAt: Infinity }),
  directory: {
    watch: () => void watched++,
    unwatch: () => void watched--,
    subscribe: () => () => undefined,
    current: () => ana,
  },
} as unknown as Accounts

beforeEach(() => {
  vi.useFakeTimers()
  watched = 0
})
afterEach(() => {
  vi.useRealTimers()
})

test('[SSE-4] a reader that takes nothing for a minute is dropped, and everything it held is let go', async () => {
  const store = new MemoryDocumentStore()
  const bus = new FeedBus({
    head: 0,
    scopeOf: () => ({ organizationId: 'meridian', territoryId: 'north' }),
    onError: (error) => expect.fail(String(error)),
  })
  const open: number[] = []
  const app = new Hono<HttpEnv>()
  app.use(async (c, next) => {
    c.set('accounts', accounts)
    await next()
  })
  app.route(
    '/',
    eventRoutes({ bus, store, counters: { eventStreams: (count) => open.push(count) }, now: Date.now }),
  )
  const destroy = vi.fn()
  const answer = await app.request('/api/events', {}, { outgoing: { destroy } })
  const reader = answer.body?.getReader()
  expect(new TextDecoder().decode((await reader?.read())?.value as Uint8Array)).toContain('id: 0')
  expect([open, watched]).toEqual([[1], 1])
  await vi.advanceTimersByTimeAsync(59_000)
  expect(destroy).not.toHaveBeenCalled()
  // Reading on in time keeps it, however long there is nothing to read.
  await reader?.read()
  const next = reader?.read()
  await vi.advanceTimersByTimeAsync(10_000)
  const document = 'meridian/contact/00000000-0000-7000-8000-000000000001' as never
  const entry = {
    document,
    update: new Uint8Array([0, 0]),
    author: { id: 'ben', name: 'Ben' },
    origin: 'device' as const,
    receivedAt: 1,
    changes: [],
  }
  const { seqs } = await store.commit({ ...emptyBatch, entries: [entry] })
  bus.publish([{ ...entry, seq: seqs[0] ?? 0 }])
  expect(new TextDecoder().decode((await next)?.value as Uint8Array)).toContain('record.changed')
  await vi.advanceTimersByTimeAsync(60_001)
  expect(destroy).toHaveBeenCalledTimes(1)
  expect([open, watched]).toEqual([[1, 0], 0])
})
