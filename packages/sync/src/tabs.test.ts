import { createFakeClock, FakeBrowser, type FakeClock, type FakeTab } from '@fulqrun/testkit'
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DeviceStore } from './device-store.ts'
import { createLease, leaseMs } from './lease.ts'
import type { Signal } from './ports.ts'
import { Tabs, tabTimings } from './tabs.ts'
import { turns, until } from './test-device.ts'

const name = 'fulqrun-user-1'
const lockName = `${name}:leader`

let clock: FakeClock
let browser: FakeBrowser
let indexedDB: IDBFactory
let open: TestTab[]

interface TestTab {
  readonly tabs: Tabs
  readonly tab: FakeTab
  isVisible: boolean
  /** There is a disk that it shares with the other tabs. */
  isShared: boolean
  gone: number
  signal(signal: Signal): void
  /** Its timers stop, as in a frozen tab. */
  isFrozen: boolean
}

beforeEach(() => {
  clock = createFakeClock()
  browser = new FakeBrowser()
  indexedDB = new IDBFactory()
  open = []
})

afterEach(async () => {
  await Promise.all(open.map(({ tabs }) => tabs.close()))
})

interface Options {
  readonly version?: readonly number[]
  readonly hasLocks?: boolean
  readonly isShared?: boolean
}

function openTab({ version = [1], hasLocks = true, isShared = true }: Options = {}): TestTab {
  const tab = browser.openTab()
  const tabId = `tab-${open.length}`
  const listeners = new Set<(signal: Signal) => void>()
  const ports = {
    ...(hasLocks ? { lock: tab.lock } : {}),
    openLine: (line: string) => tab.openLine(line),
    now: () => clock.now(),
    isVisible: () => test.isVisible,
    watchSignals: (listener: (signal: Signal) => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    startTimer: (ms: number, fire: () => void) => clock.startTimer(ms, () => test.isFrozen || fire()),
    indexedDB,
  }
  const store = new DeviceStore({ ports, userId: 'user-1', onErased: () => undefined })
  const test: TestTab = {
    tab,
    isVisible: true,
    isShared,
    isFrozen: false,
    gone: 0,
    signal: (signal) => {
      for (const listener of listeners) listener(signal)
    },
    tabs: new Tabs({
      ports,
      name,
      tabId,
      version,
      lease: createLease({ ports, store, tabId }),
      isShared: () => test.isShared,
      onMessage: () => undefined,
      onGone: () => {
        test.gone += 1
      },
    }),
  }
  open.push(test)
  test.tabs.start()
  return test
}

const leaders = () => open.filter(({ tabs }) => tabs.isLeading()).length

/** Time goes by while messages and transactions are on their way. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 1_000) {
    clock.advance(Math.min(left, 1_000))
    await turns(8)
  }
}

describe('one leader, by a lock', () => {
  it('[TAB-5] of three tabs one leads; each knows of the others', async () => {
    const [first] = [openTab(), openTab(), openTab()]
    await turns()
    expect(leaders()).toBe(1)
    expect(first.tabs.isLeading()).toBe(true)
    expect(open.map(({ tabs }) => tabs.state.get().others)).toEqual([2, 2, 2])
    await pass(60_000)
    expect(first.tabs.isLeading()).toBe(true)
  })

  it('[TAB-5] takeover when the leader is closed, and when the browser ends it without a word', async () => {
    const [first, second, third] = [openTab(), openTab(), openTab()]
    await turns()
    await first.tabs.close()
    await until(() => second.tabs.isLeading())
    expect(third.gone).toBe(1)
    expect(third.tabs.state.get().others).toBe(1)
    second.tab.kill()
    await until(() => third.tabs.isLeading())
    await pass(tabTimings.forgetMs + 10_000)
    expect(third.tabs.state.get().others).toBe(0)
  })

  it.each([true, false])(
    '[TAB-15] tabs whose disk was there late have one leader from then on (locks: %s)',
    async (hasLocks) => {
      openTab({ isShared: false, hasLocks })
      openTab({ isShared: false, hasLocks })
      await turns()
      expect(leaders()).toBe(2)
      for (const test of open) test.isShared = true
      await pass(tabTimings.askMs + leaseMs)
      expect(leaders()).toBe(1)
      await pass(60_000)
      expect(leaders()).toBe(1)
    },
  )

  it('[TAB-6] a frozen leader loses the lock to a tab that is looked at, and knows it as it wakes', async () => {
    const [first, second, third] = [openTab(), openTab(), openTab()]
    await turns()
    third.isVisible = false
    first.tab.freeze()
    first.isFrozen = true
    await pass(tabTimings.askMs * tabTimings.patience)
    expect(second.tabs.isLeading()).toBe(false)
    await pass(tabTimings.askMs)
    expect(second.tabs.isLeading()).toBe(true)
    expect(third.tabs.isLeading()).toBe(false)
    expect(browser.holders(lockName)).toBe(1)
    first.tab.thaw()
    first.isFrozen = false
    await pass(20_000)
    expect(first.tabs.isLeading()).toBe(false)
    expect(leaders()).toBe(1)
  })

  it('[TAB-6] a hidden leader whose timers are throttled answers, and is not robbed', async () => {
    const [first, second] = [openTab(), openTab()]
    await turns()
    first.isVisible = false
    first.isFrozen = true
    await pass(120_000)
    expect(first.tabs.isLeading()).toBe(true)
    expect(second.tabs.isLeading()).toBe(false)
  })

  it('[TAB-13] a page that goes gives the lock back, and competes again as it returns', async () => {
    const [first, second] = [openTab(), openTab()]
    await turns()
    first.signal('pagehide')
    await until(() => second.tabs.isLeading())
    expect(first.tabs.isLeading()).toBe(false)
    second.signal('pagehide')
    await turns()
    // Nothing is held by pages that are gone: the browser may keep them.
    expect(browser.holders(lockName)).toBe(0)
    first.signal('visible')
    await until(() => first.tabs.isLeading())
  })
})

describe('one leader, by a lease', () => {
  const hasLocks = false

  it('[TAB-7] of three tabs one leads, never everybody, and it stays', async () => {
    for (let tab = 0; tab < 3; tab++) openTab({ hasLocks })
    await until(() => leaders() === 1)
    const leader = open.find(({ tabs }) => tabs.isLeading())
    for (let second = 0; second < 60; second++) {
      await pass(1_000)
      expect(leaders()).toBe(1)
    }
    expect(leader?.tabs.isLeading()).toBe(true)
  })

  it('[TAB-7] a frozen leader is replaced after its lease, and does not lead for a moment as it wakes', async () => {
    const first = openTab({ hasLocks })
    await until(() => first.tabs.isLeading())
    const second = openTab({ hasLocks })
    await turns()
    first.isFrozen = true
    await pass(leaseMs - 4_000)
    expect(second.tabs.isLeading()).toBe(false)
    await pass(8_000)
    expect(second.tabs.isLeading()).toBe(true)
    expect(first.tabs.isLeading()).toBe(false)
    first.isFrozen = false
    await pass(20_000)
    expect(leaders()).toBe(1)
    expect(second.tabs.isLeading()).toBe(true)
  })

  it('[TAB-7] a tab that closes gives its lease back', async () => {
    const first = openTab({ hasLocks })
    await until(() => first.tabs.isLeading())
    const second = openTab({ hasLocks })
    await turns()
    await first.tabs.close()
    await pass(tabTimings.renewMs)
    expect(second.tabs.isLeading()).toBe(true)
  })

  it.each([-3_600_000, 3_600_000])('[TAB-7] a clock that is set by %i ms leaves one leader', async (ms) => {
    const [first, second] = [openTab({ hasLocks }), openTab({ hasLocks })]
    await until(() => leaders() === 1)
    clock.set(ms)
    for (let second = 0; second < 30; second++) {
      await pass(1_000)
      expect(leaders()).toBeLessThanOrEqual(1)
    }
    expect(Number(first.tabs.isLeading()) + Number(second.tabs.isLeading())).toBe(1)
  })

  it('[TAB-7] without a disk nothing is shared: each tab looks after its own memory', async () => {
    openTab({ hasLocks, isShared: false })
    openTab({ isShared: false })
    await turns()
    expect(leaders()).toBe(2)
    expect(browser.holders(lockName)).toBe(0)
  })
})

describe('versions that differ', () => {
  it.each([true, false])(
    '[TAB-11] the older tab is told and lets the newer lead (locks: %s)',
    async (hasLocks) => {
      const older = openTab({ hasLocks, version: [3, 2, 100] })
      await until(() => older.tabs.isLeading())
      const newer = openTab({ hasLocks, version: [3, 2, 101] })
      await until(() => older.tabs.state.get().isOutdated)
      expect(newer.tabs.state.get().isOutdated).toBe(false)
      await pass(20_000)
      expect(newer.tabs.isLeading()).toBe(true)
      expect(older.tabs.isLeading()).toBe(false)
      // The older one goes on when it is alone again.
      await newer.tabs.close()
      await pass(20_000)
      expect(older.tabs.isLeading()).toBe(true)
    },
  )

  it('[TAB-11] what another version says and this one does not know is no reason to fall', async () => {
    const tab = openTab()
    const line = browser.openTab().openLine(name)
    for (const message of [
      null,
      7,
      'who',
      {},
      { type: 'who' },
      { type: 'who', from: 5, version: [] },
      { type: 'new' },
    ])
      line.post(message)
    await turns()
    expect(tab.tabs.state.get().others).toBe(0)
    line.post({ type: 'here', from: 'other', version: [0], isLeader: false, more: true })
    await until(() => tab.tabs.state.get().others === 1)
  })
})
