import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createStore } from '../data/store.ts'
import { UpdateSteps } from './app-update-steps.ts'

/** The part of a browser that updates happen in: one worker in control, perhaps another that waits. */
function fakeBrowser({ isControlled = true, locks }: { isControlled?: boolean; locks?: LockManager }) {
  const posted: unknown[] = []
  const yielded: unknown[] = []
  const registration = Object.assign(new EventTarget(), {
    waiting: null as { postMessage: (message: unknown) => void } | null,
    installing: null as EventTarget | null,
    update: () => Promise.resolve(),
  })
  const worker = {
    postMessage: (message: unknown, [port]: MessagePort[]) => {
      yielded.push(message)
      answer = () => port?.postMessage(null)
    },
  }
  const serviceWorker = Object.assign(new EventTarget(), {
    controller: isControlled ? worker : null,
    register: () => Promise.resolve(registration),
  })
  let reloads = 0
  let answer: () => void = () => undefined
  vi.stubGlobal('navigator', { serviceWorker, locks })
  vi.stubGlobal('location', {
    reload: () => {
      reloads += 1
    },
  })
  const page = new EventTarget()
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  return {
    posted,
    yielded,
    /** The version in control has let go of what it was doing. */
    letGo: () => {
      answer()
    },
    reloads: () => reloads,
    /** Another build has been fetched and waits. */
    install() {
      const installing = new EventTarget()
      registration.installing = installing
      registration.dispatchEvent(new Event('updatefound'))
      registration.waiting = { postMessage: (message) => posted.push(message) }
      installing.dispatchEvent(new Event('statechange'))
    },
    /** A worker takes control, because this tab or another one asked for it. */
    takeOver() {
      serviceWorker.controller = worker
      serviceWorker.dispatchEvent(new Event('controllerchange'))
    },
    /** The browser takes the worker away with everything else of the site. */
    clear() {
      serviceWorker.controller = null
      serviceWorker.dispatchEvent(new Event('controllerchange'))
    },
  }
}

async function start() {
  const isReady = createStore(false)
  const isWaiting = createStore(false)
  const steps = new UpdateSteps({ isReady, isWaiting })
  await steps.register()
  return { steps, isReady, isWaiting }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('the way to a new version', () => {
  test('[UPD-1] a version that waits is told, and nothing happens by itself', async () => {
    const browser = fakeBrowser({})
    const { isReady } = await start()
    expect(isReady.get()).toBe(false)
    browser.install()
    expect(isReady.get()).toBe(true)
    expect([browser.posted, browser.reloads()]).toEqual([[], 0])
  })

  test('[UPD-1] the first installation is no update, and loads nothing anew', async () => {
    const browser = fakeBrowser({ isControlled: false })
    const { isReady } = await start()
    browser.install()
    browser.takeOver()
    expect([isReady.get(), browser.reloads()]).toEqual([false, 0])
    browser.takeOver()
    expect(browser.reloads()).toBe(1)
  })

  test('[UPD-1] a site that the browser clears is no update: what was not sent is in this page alone (SYNC 23)', async () => {
    const browser = fakeBrowser({})
    await start()
    browser.clear()
    expect(browser.reloads()).toBe(0)
  })

  test('[UPD-2] the restart that the person wants has the new version take over, which loads this tab anew', async () => {
    const browser = fakeBrowser({})
    const { steps, isWaiting } = await start()
    browser.install()
    steps.restart()
    expect(isWaiting.get()).toBe(true)
    expect(browser.yielded).toEqual([{ type: 'YIELD' }])
    expect(browser.posted).toEqual([])
    browser.letGo()
    await vi.waitFor(() => expect(browser.posted).toEqual([{ type: 'SKIP_WAITING' }]))
    expect(browser.reloads()).toBe(0)
    browser.takeOver()
    expect(browser.reloads()).toBe(1)
  })

  test('[UPD-2] a version in control that does not answer is not waited for', async () => {
    const browser = fakeBrowser({})
    const { steps } = await start()
    browser.install()
    steps.restart()
    await vi.advanceTimersByTimeAsync(2_000)
    expect(browser.posted).toEqual([{ type: 'SKIP_WAITING' }])
  })

  test('[UPD-3] a tab in which somebody types when another moves on follows once they have finished', async () => {
    const browser = fakeBrowser({})
    const { steps } = await start()
    steps.setBusy(true)
    browser.takeOver()
    expect(browser.reloads()).toBe(0)
    steps.setBusy(false)
    expect(browser.reloads()).toBe(1)
  })
})
