import { errors, type Locator, type Page } from 'playwright-core'

type Wait = Locator['waitFor']
type Act = (...args: unknown[]) => Promise<unknown>

/** With a deadline of less than 2.5 s Playwright never looks less often than every 100 ms. */
const lookMs = 2_400
/** Playwright's own deadline, kept here. */
const patienceMs = 30_000

/** What waits for its element in the same way before it does anything. */
const actions = ['click', 'fill', 'press', 'focus', 'inputValue', 'getAttribute'] as const

const quickened = new WeakSet()

/**
 * Whatever waits for an element looks for it after 20, 50, 100 and 100 ms and from then on only twice a second, which
 * cannot be set. Journeys are hundreds of such waits, most of them for what takes half a second. From now on all locators
 * of this process look ten times a second.
 */
export function lookOften(page: Page): void {
  const prototype = Object.getPrototypeOf(page.locator('html')) as Record<'waitFor', Wait> &
    Record<(typeof actions)[number], Act>
  if (quickened.has(prototype)) return
  quickened.add(prototype)
  const { waitFor } = prototype
  prototype.waitFor = function (this: Locator, options) {
    return waitOften((ms) => waitFor.call(this, { ...options, timeout: ms }), options?.timeout)
  }
  for (const name of actions) {
    const act = prototype[name]
    prototype[name] = async function (this: Locator, ...args) {
      await this.waitFor({ state: 'attached' })
      return act.apply(this, args)
    }
  }
}

async function waitOften(look: (ms: number) => Promise<void>, timeout = patienceMs): Promise<void> {
  const deadline = performance.now() + timeout
  for (;;) {
    const left = Math.max(1, deadline - performance.now())
    try {
      await look(Math.min(left, lookMs))
      return
    } catch (error) {
      if (!(error instanceof errors.TimeoutError)) throw error
      if (left <= lookMs)
        throw new Error(`waited ${timeout} ms; the last look: ${error.message}`, { cause: error })
    }
  }
}
