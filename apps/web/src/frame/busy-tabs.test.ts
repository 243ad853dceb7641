import { describe, expect, test } from 'vitest'
import { BusyTabs } from './busy-tabs.ts'

/** Lets everything that is ready to run do so; locks are granted in tasks of their own. */
async function untilSettled(): Promise<void> {
  for (let round = 0; round < 5; round += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  }
}

// Node has the same locks as browsers, over the whole process: two objects are two tabs.
const locks = navigator.locks

describe('tabs in the middle of something', () => {
  test('[UPD-2] whoever wants to restart waits until no tab is busy', async () => {
    const [first, second] = [new BusyTabs(locks), new BusyTabs(locks)]
    let moved = 0
    first.setBusy(true)
    second.setBusy(true)
    void first.whenNoneIsBusy(() => {
      moved += 1
    })
    await untilSettled()
    first.setBusy(false)
    await untilSettled()
    expect(moved).toBe(0)
    second.setBusy(false)
    await expect.poll(() => moved).toBe(1)
  })

  test('[UPD-2] a browser without locks moves at once', async () => {
    const alone = new BusyTabs(undefined)
    let moved = 0
    await alone.whenNoneIsBusy(() => {
      moved += 1
    })
    expect(moved).toBe(1)
  })
})
