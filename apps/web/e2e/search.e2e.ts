import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { outage } from './support/problems.ts'
import { openTab, typeNotes, upToDate, waitForChip } from './support/screens.ts'
import { journeys } from './support/stage.ts'
import { phone } from './support/visitor.ts'

const palette = (page: Page) => page.getByRole('dialog', { name: 'Search' })
const input = (page: Page) => page.getByRole('searchbox', { name: 'Search records and commands' })

/** Everything is here and has been read for search. */
async function waitUntilSearchable(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Search', exact: true }).click()
  await palette(page)
    .getByText(/names and notes of all \d+ records/)
    .waitFor()
}

journeys('search on this device', (stage) => {
  test('a record is found by name, marked, opened by keyboard, and then among the recent ones', async () => {
    const record = await stage.takeOpportunity()
    const { page } = await stage.enter('ana')
    await page.getByRole('button', { name: 'Search', exact: true }).waitFor()
    await waitUntilSearchable(page)
    await page.keyboard.press('Escape')
    await palette(page).waitFor({ state: 'hidden' })

    await page.keyboard.press('Control+k')
    await input(page).fill(record.title)
    const hit = palette(page).getByRole('menuitem', { name: record.title }).first()
    await hit.waitFor()
    expect(await hit.locator('mark').count()).toBeGreaterThan(0)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: record.title }).waitFor()

    await page.keyboard.press('Control+k')
    await palette(page).getByText('Recent').waitFor()
    await palette(page).getByRole('menuitem', { name: record.title }).waitFor()
    await input(page).fill('what works')
    await palette(page).getByRole('menuitem', { name: 'What works offline' }).click()
    await page.getByRole('heading', { level: 1, name: 'What works offline' }).waitFor()
  })

  test('notes are found without a network, with the place they stand at; a list finds them too', async () => {
    const record = await stage.takeOpportunity()
    const ben = await stage.enter('ben')
    await ben.goTo(record.address)
    await openTab(ben.page, 'Notes')
    await typeNotes(ben.page, 'end', ' The zebrafish committee meets in the annex.')
    await waitForChip(ben.page, upToDate)

    const ana = await stage.enter('ana')
    ana.problems.allow(outage)
    await waitUntilSearchable(ana.page)
    await ana.context.setOffline(true)
    await input(ana.page).fill('zebrafsh annex')
    const hit = palette(ana.page).getByRole('menuitem').filter({ hasText: record.title })
    await hit.waitFor()
    await hit.getByText('zebrafish', { exact: true }).waitFor()
    await ana.page.keyboard.press('Escape')
    await ana.page.keyboard.press('Escape')

    await ana.page.getByRole('searchbox', { name: 'Search opportunities' }).fill('zebrafish')
    await ana.page.getByRole('link', { name: record.title }).first().waitFor()
    await ana.page.getByText(/^1 opportunity/).waitFor()
    expect(await ana.page.getByRole('row').filter({ hasText: record.title }).count()).toBe(1)
  })

  test('on a phone the button opens it; what is typed is answered while it is typed', async () => {
    const { page } = await stage.enter('ana', phone)
    await waitUntilSearchable(page)
    const times: number[] = []
    for (const letter of 'cardavel heart') {
      const before = await input(page).inputValue()
      const took = await page.evaluate(async (typed) => {
        const field = document.querySelector<HTMLInputElement>('[role=dialog] input')
        if (field === null) throw new Error('there is no search field')
        const results = document.querySelector('[role=dialog] [role=menu]')
        if (results === null) throw new Error('there are no results')
        const shown = new Promise<void>((resolve) => {
          new MutationObserver((_, observer) => {
            observer.disconnect()
            resolve()
          }).observe(results, { childList: true, subtree: true, characterData: true })
        })
        const started = performance.now()
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, typed)
        field.dispatchEvent(new Event('input', { bubbles: true }))
        // A letter that changes nothing on the screen is answered as well, and cannot be seen to be.
        await Promise.race([shown, new Promise((resolve) => setTimeout(resolve, 1_000))])
        return performance.now() - started
      }, before + letter)
      if (took < 1_000) times.push(took)
    }
    expect(times.length).toBeGreaterThan(0)
    times.sort((a, b) => a - b)
    const quantile = (part: number) => Math.round(times[Math.floor((times.length - 1) * part)] ?? 0)
    process.stdout.write(
      `search on the screen, ${times.length} keystrokes: p50 ${quantile(0.5)} ms, p95 ${quantile(0.95)} ms\n`,
    )
    await palette(page)
      .getByRole('menuitem', { name: /Cardavel heart/ })
      .first()
      .waitFor()
  })

  test('keys go where they say, not while somebody types, and can be switched off', async () => {
    const { page } = await stage.enter('ana')
    await page.getByRole('button', { name: 'Search', exact: true }).waitFor()
    await waitUntilSearchable(page)
    await page.keyboard.press('Escape')
    await palette(page).waitFor({ state: 'hidden' })
    await page.keyboard.press('g')
    await page.keyboard.press('c')
    await page.getByRole('heading', { level: 1, name: 'Contacts' }).waitFor()

    await page.getByRole('searchbox', { name: 'Search contacts' }).fill('')
    await page.getByRole('searchbox', { name: 'Search contacts' }).pressSequentially('gp')
    expect(new URL(page.url()).pathname).toBe('/contacts')
    await page.getByRole('heading', { level: 1, name: 'Contacts' }).click()

    await page.keyboard.press('?')
    const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    await sheet.getByRole('button', { name: 'Single keys are on' }).click()
    await sheet.getByRole('button', { name: 'Single keys are off' }).waitFor()
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'hidden' })
    await page.keyboard.press('g')
    await page.keyboard.press('i')
    await page.keyboard.press('Control+k')
    await palette(page).waitFor()
    expect(new URL(page.url()).pathname).toBe('/contacts')
  })
})
