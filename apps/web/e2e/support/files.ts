import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'

/** Files on the activities of a record whose tab Activities is open. */

/** Opens the files of the first activity. */
export async function openFiles(page: Page): Promise<void> {
  await page
    .getByRole('button', { name: /^Details of / })
    .first()
    .click()
  await page.getByRole('group', { name: /^Files of / }).waitFor()
}

export async function attachFile(page: Page, name: string, content: Buffer): Promise<void> {
  const chosen = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: /^Attach a file to / }).click()
  await (await chosen).setFiles({ name, mimeType: 'application/pdf', buffer: content })
  await page.getByRole('button', { name: `Open ${name}` }).waitFor()
}

/** What somebody gets who presses Download. */
export async function downloadFile(page: Page, name: string): Promise<Buffer> {
  await page.getByRole('button', { name: `Open ${name}` }).click()
  const started = page.waitForEvent('download')
  await page.getByRole('dialog').getByRole('link', { name: 'Download' }).click()
  const bytes = await readFile(await (await started).path())
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  return bytes
}
