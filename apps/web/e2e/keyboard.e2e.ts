import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { upToDate, waitForChip } from './support/screens.ts'
import { journeys } from './support/stage.ts'

/** More stops than any screen needs between two controls of a task. */
const patience = 120

/** Presses Tab until the focus is on the control with this role and name. */
async function tabTo(page: Page, role: 'button' | 'link' | 'textbox', name: string | RegExp): Promise<void> {
  const target = page.getByRole(role, { name, ...(typeof name === 'string' ? { exact: true } : {}) }).first()
  await target.waitFor()
  const isThere = () => target.evaluate((element) => element === document.activeElement)
  for (let presses = 0; presses < patience; presses += 1) {
    if (await isThere()) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`${String(name)} is not reached by Tab`)
}

journeys('the keyboard alone', (stage) => {
  test('creates an opportunity and asks for its next stage', async () => {
    const { page } = await stage.enter('ana')
    await tabTo(page, 'button', 'New opportunity')
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'New opportunity' })
    await dialog.waitFor()
    await page.keyboard.type('Onvexa bundle at Larkhall')
    await page.keyboard.press('Tab')
    await page.keyboard.type('Larkhall Oncology')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Onvexa bundle at Larkhall' }).waitFor({ state: 'attached' })

    // Nothing is known about the deal yet: the stage says what it needs, and may be asked for.
    await tabTo(page, 'button', 'Move to Engaging')
    await page.keyboard.press('Enter')
    const gate = page.getByRole('dialog', { name: 'Engaging needs more' })
    await gate.getByRole('link', { name: /Champion identified/ }).waitFor()
    await tabTo(page, 'textbox', 'Reason')
    await page.keyboard.type('They called us')
    await tabTo(page, 'button', 'Ask for it anyway')
    await page.keyboard.press('Enter')
    await gate.waitFor({ state: 'detached' })
    await page.getByText('Reason: They called us').waitFor()
    // The way does not begin anew at the top of the page: the focus stays where the work is.
    expect(await page.evaluate(() => document.activeElement?.closest('[aria-label="Stage"]') !== null)).toBe(
      true,
    )
    await waitForChip(page, upToDate)

    await tabTo(page, 'link', 'Pipeline')
    await page.keyboard.press('Enter')
    const group = page.getByRole('link', { name: 'Onvexa bundle at Larkhall' }).first()
    await group.waitFor()
  })
})
