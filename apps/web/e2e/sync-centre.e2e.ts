import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { attachFile, openFiles } from './support/files.ts'
import { outage } from './support/problems.ts'
import {
  field,
  openField,
  readyForOffline,
  setField,
  upToDate,
  waitForChip,
  waiting,
} from './support/screens.ts'
import { journeys } from './support/stage.ts'
import { phone } from './support/visitor.ts'

const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

/** As people go there: the device stays as it is. */
async function openSyncCentre(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Sync: / }).click()
  await page.getByRole('link', { name: 'Open sync centre' }).click()
  await page.getByRole('heading', { level: 1, name: 'Sync centre' }).waitFor()
  await page.getByRole('dialog', { name: 'Sync' }).waitFor({ state: 'hidden' })
}

journeys('the sync centre', (stage) => {
  test('says that all is well: ready for offline, areas, connection, nothing waiting', async () => {
    const { page } = await stage.enter('ana')
    await openSyncCentre(page)
    await page
      .getByRole('main')
      .getByText(/^Ready for offline: \d+ records, /)
      .waitFor()
    const areas = section(page, 'On this device')
    const row = areas.getByRole('row').filter({ hasText: 'Opportunities' })
    const cells = await row.getByRole('cell').allTextContents()
    expect(Number(cells[0])).toBeGreaterThan(0)
    expect(cells[2]).toBe('None')
    await section(page, 'Waiting to be sent').getByText('Nothing.', { exact: false }).waitFor()
    await section(page, 'Connection').getByText('Connected', { exact: true }).waitFor()
    expect(await section(page, 'Not accepted').count()).toBe(0)

    await page.getByRole('button', { name: 'Sync now' }).click()
    await page.getByText('Everything exchanged').waitFor()
    await section(page, 'The last hour').getByRole('button', { name: 'View as table' }).click()
    await section(page, 'The last hour').getByRole('table').waitFor()
  })

  test('lists what waits, sends it, and discards only with a file', async () => {
    const [sent, dropped] = [await stage.takeOpportunity(), await stage.takeOpportunity()]
    const { context, page, problems, goTo } = await stage.enter('ana')
    problems.allow(outage)
    await readyForOffline(page)
    await context.setOffline(true)
    await goTo(sent.address)
    await openField(page, 'Next step')
    await setField(page, 'Next step', 'To be sent')
    await goTo(dropped.address)
    const before = await (await openField(page, 'Next step')).inputValue()
    await setField(page, 'Next step', 'Not meant')
    await waitForChip(page, waiting)
    await openSyncCentre(page)
    const list = section(page, 'Waiting to be sent')
    await list.getByText('2 changes', { exact: true }).waitFor()
    const lines = list.getByRole('listitem')
    expect(await lines.count()).toBe(2)
    await lines
      .filter({ hasText: dropped.title })
      .getByText(/^1 change, since .*: Next step$/)
      .waitFor()

    await list.getByRole('button', { name: `Discard what waits of ${dropped.title}` }).click()
    const dialog = page.getByRole('alertdialog', { name: 'Discard 1 change?' })
    await dialog.getByRole('button', { name: 'Keep waiting' }).click()
    expect(await lines.count()).toBe(2)
    await list.getByRole('button', { name: `Discard what waits of ${dropped.title}` }).click()
    const download = page.waitForEvent('download')
    await dialog.getByRole('button', { name: 'Save a file and discard' }).click()
    const file = await readFile(await (await download).path(), 'utf8')
    expect(file).toContain('Not meant')
    expect(file).not.toContain('To be sent')
    await expect.poll(() => lines.count()).toBe(1)

    await context.setOffline(false)
    await list.getByText('Nothing.', { exact: false }).waitFor()
    await waitForChip(page, upToDate)
    await goTo(dropped.address)
    await expect.poll(async () => (await openField(page, 'Next step')).inputValue()).toBe(before)
    const ben = await stage.enter('ben')
    await ben.goTo(sent.address)
    await expect.poll(() => field(ben.page, 'Next step').inputValue()).toBe('To be sent')
  })

  test('a photo or document that waits is listed with its size, and goes when there is a network', async () => {
    const record = await stage.takeOpportunity()
    const { context, page, problems, goTo } = await stage.enter('ana')
    problems.allow(outage)
    await goTo(`${record.address}?tab=activities`)
    await openFiles(page)
    await context.setOffline(true)
    await attachFile(page, 'budget.pdf', Buffer.from(`%PDF-1.4\n${'budget '.repeat(30_000)}\n%%EOF`))
    await openSyncCentre(page)
    const list = section(page, 'Waiting to be sent')
    await list.getByText('1 change, 1 file', { exact: true }).waitFor()
    const line = list.getByRole('listitem').filter({ hasText: 'budget.pdf' })
    await line.getByText(/^205 KB, since .*, a file of/).waitFor()
    await line.getByRole('link', { name: record.title }).waitFor()
    await line.getByRole('button', { name: 'Send budget.pdf now' }).waitFor()
    expect(await list.getByRole('listitem').count()).toBe(2)
    await context.setOffline(false)
    await list.getByText('Nothing.', { exact: false }).waitFor()
    await waitForChip(page, upToDate)
  })

  test('what was not accepted is listed with its reason until somebody dismisses it', async () => {
    const record = await stage.takeOpportunity()
    const ana = await stage.enter('ana')
    ana.problems.allow(/./)
    await ana.goTo(record.address)
    await openField(ana.page, 'Next step')
    await ana.context.setOffline(true)
    await setField(ana.page, 'Next step', 'Written without access')
    await waitForChip(ana.page, waiting)
    const admin = await stage.api('adam')
    const move = (territory: string) =>
      admin.api('PATCH', '/api/admin/people/ana', { body: { territoryIds: [territory] } })
    onTestFinished(async () => {
      await move('meridian-north')
    })
    await move('meridian-south')
    await ana.context.setOffline(false)
    await openSyncCentre(ana.page)
    const refused = section(ana.page, 'Not accepted')
    const line = refused.getByRole('listitem').filter({ hasText: record.title })
    await line.getByText(/^Not accepted\. /).waitFor()
    await line.getByRole('button', { name: /^Dismiss/ }).click()
    await refused.waitFor({ state: 'detached' })
    expect(await ana.page.getByText(/^Not accepted\. /).count()).toBe(0)
  })

  test('a record kept for offline is listed, and let go again', async () => {
    const record = await stage.takeOpportunity()
    const { page } = await stage.enter('ana')
    const row = page.getByRole('row').filter({ hasText: record.title })
    await row.hover()
    await row.getByRole('button', { name: `Keep ${record.title} for offline` }).click()
    await row.getByRole('button', { name: /is kept for offline/ }).waitFor()
    await openSyncCentre(page)
    const pins = section(page, 'Kept for offline')
    await pins.getByRole('link', { name: record.title }).waitFor()
    await pins.getByRole('button', { name: `Do not keep ${record.title}` }).click()
    await pins.getByText(/^No record is kept on purpose/).waitFor()
    expect(await pins.getByRole('listitem').count()).toBe(0)
  })

  test('on a phone a record is kept for offline from its own menu', async () => {
    const record = await stage.takeOpportunity()
    const { page, goTo } = await stage.enter('ana', phone)
    await goTo(record.address)
    await openField(page, 'Next step')
    const more = page.getByRole('main').getByRole('button', { name: 'More', exact: true })
    await more.tap()
    const keep = page.getByRole('menuitem', { name: /^Keep for offline/ })
    expect((await keep.boundingBox())?.height).toBeGreaterThanOrEqual(44)
    await keep.tap()
    await more.tap()
    await page.getByRole('menuitem', { name: /^Do not keep for offline/ }).waitFor()
    await page.keyboard.press('Escape')
    await openSyncCentre(page)
    await section(page, 'Kept for offline').getByRole('link', { name: record.title }).waitFor()
  })

  test('the report for support holds neither names nor contents', async () => {
    const record = await stage.takeOpportunity()
    const { page } = await stage.enter('ana')
    await openSyncCentre(page)
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save report' }).click()
    const report = await readFile(await (await download).path(), 'utf8')
    expect(Object.keys(JSON.parse(report) as object).length).toBeGreaterThan(3)
    for (const secret of [record.title, 'Ana', 'Castillo', 'Ben', '@']) expect(report).not.toContain(secret)
  })
})
