import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createStore } from '../data/store.ts'
import { startBackgroundSync } from './background-sync.ts'

const page = new EventTarget()
const fakeDocument = Object.assign(new EventTarget(), { visibilityState: 'visible' })
const stops: (() => void)[] = []
beforeEach(() => {
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
  vi.stubGlobal('document', fakeDocument)
})
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
  vi.unstubAllGlobals()
})

type Summary = Parameters<typeof startBackgroundSync>[0] extends { get: () => infer T } ? T : never

async function setUp(initial: Summary) {
  const sync = createStore<Summary>(initial)
  const asked: string[] = []
  const register = (tag: string) => {
    asked.push(tag)
    return Promise.resolve()
  }
  stops.push(startBackgroundSync(sync, () => Promise.resolve({ sync: { register } })))
  await settled()
  return { sync, asked }
}

async function settled(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve)
  })
}

describe('asking for a background sync', () => {
  test('[SW-10] once when something waits without a connection, and again after the connection was there', async () => {
    const { sync, asked } = await setUp({ pending: 0, state: 'offline' })
    expect(asked).toEqual([])
    sync.set({ pending: 1, state: 'saving' })
    sync.set({ pending: 1, state: 'waiting' })
    sync.set({ pending: 2, state: 'saving' })
    sync.set({ pending: 2, state: 'waiting' })
    await settled()
    expect(asked).toEqual(['outbox'])
    sync.set({ pending: 1, state: 'sending' })
    sync.set({ pending: 1, state: 'waiting' })
    await settled()
    expect(asked).toEqual(['outbox', 'outbox'])
  })

  test('[SW-10] what was waiting from before is asked for at the start', async () => {
    const { asked } = await setUp({ pending: 3, state: 'waiting' })
    expect(asked).toEqual(['outbox'])
  })

  test('[SW-10] a page that is connected sends by itself, until it is put away with something unsent', async () => {
    const { sync, asked } = await setUp({ pending: 1, state: 'sending' })
    expect(asked).toEqual([])
    page.dispatchEvent(new Event('pagehide'))
    await settled()
    expect(asked).toEqual(['outbox'])
    fakeDocument.visibilityState = 'hidden'
    fakeDocument.dispatchEvent(new Event('visibilitychange'))
    await settled()
    expect(asked).toHaveLength(2)
    sync.set({ pending: 0, state: 'up-to-date' })
    page.dispatchEvent(new Event('pagehide'))
    await settled()
    expect(asked).toHaveLength(2)
  })

  test('a browser without it, or that refuses, changes nothing', async () => {
    const sync = createStore<Summary>({ pending: 1, state: 'waiting' })
    let refusals = 0
    stops.push(startBackgroundSync(sync, () => Promise.resolve({})))
    stops.push(
      startBackgroundSync(sync, () => {
        refusals += 1
        return Promise.reject(new Error('not allowed'))
      }),
    )
    await settled()
    expect(refusals).toBe(2)
  })
})
