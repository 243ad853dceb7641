import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** Waits until `read` says the same on all pages and it contains every one of `parts`. */
export async function expectSame(
  pages: readonly Page[],
  read: (page: Page) => Promise<string>,
  options: { readonly parts: readonly string[]; readonly timeout: number },
): Promise<void> {
  const state = async () => {
    const [first = '', ...others] = await Promise.all(pages.map(read))
    return {
      same: others.every((other) => other === first),
      missing: options.parts.filter((part) => !first.includes(part)),
    }
  }
  await expect.poll(state, { timeout: options.timeout, interval: 20 }).toEqual({ same: true, missing: [] })
}
