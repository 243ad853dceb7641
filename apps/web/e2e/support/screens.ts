import type { Locator, Page } from 'playwright-core'

/** Places on the screens, by the names that people (and screen readers) know them by. */

/** The chip in the header; `words` as it shows them. Waits until it says so. */
export async function waitForChip(page: Page, words: RegExp): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^Sync: ${words.source}`) }).waitFor()
}

/**
 * Waits until every record is on this device. The chip does not tell: it is about what is sent, and says `Up to date`
 * while records are still coming.
 */
export async function readyForOffline(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Sync: / }).click()
  const panel = page.getByRole('dialog', { name: 'Sync' })
  await panel.getByText(/^Ready for offline: /).waitFor()
  await page.keyboard.press('Escape')
  await panel.waitFor({ state: 'hidden' })
}

export const upToDate = /Up to date/
export const waiting = /\d+ changes? waiting$/

export function notes(page: Page): Locator {
  return page.getByRole('textbox', { name: /^Notes on / })
}

/** The text of the notes, a line per block, without the carets of others. */
export async function readNotes(page: Page): Promise<string> {
  return notes(page).evaluate((editor) => {
    const copy = editor.cloneNode(true) as HTMLElement
    for (const caret of copy.querySelectorAll('.notes-caret')) caret.remove()
    return [...copy.children].map((block) => block.textContent).join('\n')
  })
}

/** Puts the caret at the beginning or the end of the notes and types. */
export async function typeNotes(page: Page, place: 'start' | 'end', text: string): Promise<void> {
  await notes(page).focus()
  await page.keyboard.press(place === 'start' ? 'Control+Home' : 'Control+End')
  await page.keyboard.type(text)
}

export function field(page: Page, label: string): Locator {
  return page.getByRole('textbox', { name: label, exact: true })
}

/** The same, once the record is open. */
export async function openField(page: Page, label: string): Promise<Locator> {
  const found = field(page, label)
  await found.waitFor()
  return found
}

/** Edits a field in place and leaves it. */
export async function setField(page: Page, label: string, value: string): Promise<void> {
  await field(page, label).fill(value)
  await field(page, label).press('Tab')
}

export async function openTab(page: Page, name: string): Promise<void> {
  await page.getByRole('tab', { name: new RegExp(`^${name}`) }).click()
}

/** Waits until everything that was loaded is drawn and nothing moves any more. */
export async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready
    const finite = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
    // An animation that is cancelled is over as well.
    await Promise.allSettled(finite.map(({ finished }) => finished))
  })
}
