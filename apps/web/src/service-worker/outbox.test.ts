import { beforeEach, describe, expect, test, vi } from 'vitest'
import { drainInBackground } from './outbox.ts'

interface Report {
  readonly left: number
  readonly refused: number
}

type Send = (url: string, init?: { readonly signal?: AbortSignal }) => Promise<unknown>

const drains = vi.hoisted(() => ({
  running: [] as ((report: Report) => void)[],
  started: 0,
  send: undefined as Send | undefined,
  signals: [] as (AbortSignal | undefined)[],
}))
vi.mock('@fulqrun/sync/background', () => ({
  createBrowserPorts: () => ({
    fetch: ((_, init) => {
      drains.signals.push(init?.signal)
      return Promise.resolve()
    }) satisfies Send,
  }),
  drainDevices: ({ ports }: { readonly ports: { readonly fetch: Send } }) =>
    new Promise<Report>((resolve) => {
      drains.send = ports.fetch
      drains.started += 1
      drains.running.push(resolve)
    }),
}))

beforeEach(() => {
  drains.running = []
  drains.started = 0
  drains.signals = []
})

function setUp() {
  const worker = new EventTarget()
  drainInBackground(worker)
  return {
    worker,
    /** The browser wakes the worker; what the event waits for. */
    wake(type: 'sync' | 'periodicsync', tag: string): Promise<unknown> | undefined {
      let waited: Promise<unknown> | undefined
      const waitUntil = (promise: Promise<unknown>) => {
        waited = promise
      }
      worker.dispatchEvent(Object.assign(new Event(type), { tag, waitUntil }))
      return waited
    },
  }
}

describe('sending in the background', () => {
  test('[SW-8] the event lasts until everything is sent', async () => {
    const { wake } = setUp()
    const event = wake('sync', 'outbox')
    let isOver = false
    void event?.then(() => {
      isOver = true
    })
    await Promise.resolve()
    expect(isOver).toBe(false)
    drains.running[0]?.({ left: 0, refused: 0 })
    await expect(event).resolves.toBeUndefined()
  })

  test('[SW-8] it fails while something is left, so that the browser tries again', async () => {
    const { wake } = setUp()
    const event = wake('periodicsync', 'outbox')
    drains.running[0]?.({ left: 3, refused: 1 })
    await expect(event).rejects.toThrow('2 edits could not be sent yet')
    // What the server does not take is the app's to tell: trying again would change nothing.
    const next = wake('sync', 'outbox')
    drains.running[1]?.({ left: 1, refused: 1 })
    await expect(next).resolves.toBeUndefined()
  })

  test('[SW-9] a second wake-up joins the drain that runs; the next one after it starts anew', async () => {
    const { wake } = setUp()
    const events = [wake('sync', 'outbox'), wake('periodicsync', 'outbox')]
    expect(drains.started).toBe(1)
    drains.running[0]?.({ left: 0, refused: 0 })
    for (const event of events) await event
    void wake('sync', 'outbox')
    expect(drains.started).toBe(2)
  })

  test('[UPD-2] it lets go of what it sends when the next version is to take over, and of nothing else', async () => {
    const { wake, worker } = setUp()
    void wake('sync', 'outbox')
    await drains.send?.('/api/sync/push', { signal: new AbortController().signal })
    worker.dispatchEvent(new MessageEvent('message', { data: { type: 'SKIP_WAITING' } }))
    expect(drains.signals.map((signal) => signal?.aborted)).toEqual([false])
    const { port1, port2 } = new MessageChannel()
    const answered = new Promise((resolve) => (port1.onmessage = resolve))
    worker.dispatchEvent(new MessageEvent('message', { data: { type: 'YIELD' }, ports: [port2] }))
    expect(drains.signals.map((signal) => signal?.aborted)).toEqual([true])
    drains.running[0]?.({ left: 0, refused: 0 })
    await answered
    port1.close()
  })

  test('syncs of others are not ours', () => {
    expect(setUp().wake('sync', 'something-else')).toBeUndefined()
    expect(drains.started).toBe(0)
  })
})
