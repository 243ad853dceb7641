import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { outage } from './support/problems.ts'
import { openTab, typeNotes, upToDate, waitForChip } from './support/screens.ts'
import { journeys } from './support/stage.ts'
import { phone } from './support/visitor.ts'

const palette = (page: Page) => page.getByRole('dialog', { name: 'Search' })
const input = (page: Page) => page.getByRole('combobox', { name: 'Search records and commands' })

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
    const hit = palette(page).getByRole('option', { name: record.title }).first()
    await hit.waitFor()
    expect(await hit.locator('mark').count()).toBeGreaterThan(0)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: record.title }).waitFor()

    await page.keyboard.press('Control+k')
    await palette(page).getByText('Recent').waitFor()
    await palette(page).getByRole('option', { name: record.title }).waitFor()
    await input(page).fill('what works')
    await palette(page).getByRole('option', { name: 'What works offline' }).click()
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
    const hit = palette(ana.page).getByRole('option').filter({ hasText: record.title })
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
        const results = document.querySelector('[role=dialog] [role=listbox]')
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
      .getByRole('option', { name: /Cardavel heart/ })
      .first()
      .waitFor()
  })

  test('keys go where they say, not while somebody types, and can be switched off', async () => {
    const visitor = await stage.enter('ana')
    const { page } = visitor
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
    await sheet.getByRole('heading', { name: 'In the inbox' }).waitFor()
    await sheet.getByText('Single keys').click()
    expect(await sheet.getByRole('switch', { name: 'Single keys' }).isChecked()).toBe(false)
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'hidden' })
    await page.keyboard.press('g')
    await page.keyboard.press('i')
    await page.keyboard.press('Control+k')
    await palette(page).waitFor()
    expect(new URL(page.url()).pathname).toBe('/contacts')

    // The settings have the same switch, and the inbox goes by it too.
    await page.keyboard.press('Escape')
    await visitor.goTo('/inbox')
    await page.getByRole('tab', { name: /^Conflicts/ }).waitFor()
    expect(await page.getByRole('button', { name: /^Keys: J, K/ }).count()).toBe(0)
    await visitor.goTo('/settings')
    await page.getByRole('heading', { name: 'Install the app' }).waitFor()
    const inSettings = page.getByRole('switch', { name: 'Single-key shortcuts' })
    expect(await inSettings.isChecked()).toBe(false)
    await page.getByText('Single-key shortcuts').click()
    expect(await inSettings.isChecked()).toBe(true)
    // Keys are heard once search is there, a moment after the screen.
    await waitUntilSearchable(page)
    await page.keyboard.press('Escape')
    await palette(page).waitFor({ state: 'hidden' })
    await page.getByRole('heading', { level: 1, name: 'Settings' }).click()
    await page.keyboard.press('g')
    await page.keyboard.press('c')
    await page.getByRole('heading', { level: 1, name: 'Contacts' }).waitFor()
  })

  test('Enter takes the best one, also before it was answered; only a moved mouse chooses another', async () => {
    const record = await stage.takeOpportunity()
    const { page } = await stage.enter('ana')
    await page.mouse.move(640, 300)
    await waitUntilSearchable(page)
    const active = () =>
      input(page).evaluate((field) => {
        const id = field.getAttribute('aria-activedescendant')
        return id === null ? undefined : document.getElementById(id)?.textContent
      })
    await input(page).fill('card')
    const options = palette(page).getByRole('option')
    await options.filter({ hasText: /card/i }).first().waitFor()
    await expect.poll(active).toBe(await options.first().textContent())

    const third = await options.nth(2).boundingBox()
    if (third === null) throw new Error('there are fewer than three results')
    await page.mouse.move(third.x + 40, third.y + 10)
    await page.mouse.move(third.x + 44, third.y + 12)
    await expect.poll(active).toBe(await options.nth(2).textContent())
    // The list changes under the mouse, which rests now.
    await input(page).pressSequentially('a')
    await expect.poll(active).toBe(await options.first().textContent())
    await page.keyboard.press('ArrowDown')
    await expect.poll(active).toBe(await options.nth(1).textContent())
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowUp')
    await expect.poll(active).toBe(await options.last().textContent())

    await input(page).evaluate((field: HTMLInputElement, title) => {
      // In one turn: no answer can come between the words and Enter.
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, title)
      field.dispatchEvent(new Event('input', { bubbles: true }))
      field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))
    }, record.title)
    await page.getByRole('heading', { level: 1, name: record.title }).waitFor()
  })

  test('the words of a list are all kept, stand in the address, and Clear takes them away', async () => {
    const { page } = await stage.enter('ana')
    const field = page.getByRole('searchbox', { name: 'Search opportunities' })
    await field.pressSequentially('cardavel at', { delay: 5 })
    expect(await field.inputValue()).toBe('cardavel at')
    await page.waitForURL(/[?&]q=cardavel(%20|\+)at/)
    await page.reload()
    await expect.poll(() => field.inputValue()).toBe('cardavel at')
    await page.getByRole('button', { name: 'Clear', exact: true }).click()
    expect(await field.inputValue()).toBe('')
    await page.waitForURL((url) => !url.searchParams.has('q'))
  })

  test('where there is only a finger nobody speaks of keys', async () => {
    const { page } = await stage.enter('ana', phone)
    await page.getByRole('button', { name: /^Signed in as/ }).click()
    await page.getByRole('menuitem', { name: 'Settings' }).waitFor()
    expect(await page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).count()).toBe(0)
    await page.getByRole('menuitem', { name: 'Settings' }).click()
    await page.getByRole('heading', { name: 'Install the app' }).waitFor()
    expect(await page.getByRole('heading', { name: 'Keyboard' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Search', exact: true }).click()
    await input(page).fill('go to')
    await palette(page).getByRole('option', { name: 'Go to Inbox' }).waitFor()
    expect(await palette(page).getByText('G then I').isVisible()).toBe(false)
  })
})
