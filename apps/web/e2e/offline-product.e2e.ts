import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openCard, question } from './support/apart.ts'
import { listRecords, recordOf } from './support/demo-record.ts'
import { outage } from './support/problems.ts'
import {
  field,
  openField,
  openTab,
  readyForOffline,
  setField,
  upToDate,
  waitForChip,
  waiting,
} from './support/screens.ts'
import { placesOf } from './support/screen-list.ts'
import { journeys, type Stage } from './support/stage.ts'
import { phone, type Visitor } from './support/visitor.ts'

/** Signed in, everything here, then no network and the app started anew: a cold start in a basement. */
async function enterBasement(stage: Stage): Promise<Visitor> {
  const visitor = await stage.enter('ana')
  visitor.problems.allow(outage)
  const { page, context } = visitor
  await readyForOffline(page)
  await context.setOffline(true)
  await page.close()
  const cold = await context.newPage()
  await cold.goto(stage.server.url)
  return {
    ...visitor,
    page: cold,
    goTo: (address) => cold.goto(stage.server.url + address).then(() => undefined),
  }
}

const list = (page: Page) => page.getByRole('main')

journeys('offline from a cold start', (stage) => {
  test('lists, filters and search work, and say what they cannot', async () => {
    const { page, goTo } = await enterBasement(stage)
    await page
      .getByText(/^You're offline\. You can keep working/)
      .first()
      .waitFor()
    await list(page)
      .getByRole('link', { name: /Cardavel/ })
      .first()
      .waitFor()
    const all = await page.getByRole('row').count()

    await page.getByRole('button', { name: /^Needs/ }).click()
    await page.getByRole('menuitemradio', { name: 'Your decision' }).click()
    await expect.poll(() => page.getByRole('row').count()).toBeLessThan(all)
    expect(new URL(page.url()).searchParams.get('need')).toBe('decision')
    await page.getByRole('searchbox', { name: 'Search opportunities' }).fill('qqqqq')
    await page.getByText('No opportunities match').waitFor()
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await expect.poll(() => page.getByRole('row').count()).toBe(all)

    await goTo('/contacts')
    await page.getByRole('button', { name: /^May use/ }).click()
    await page.getByRole('menuitemradio', { name: 'Phone' }).click()
    await list(page).getByRole('link').first().waitFor()

    await goTo('/kpis')
    await page.getByRole('article').first().waitFor()
    await page.getByRole('link', { name: 'See what works' }).click()
    await page.getByRole('heading', { level: 1, name: 'What works offline' }).waitFor()
  })

  test('records that were never opened are opened, edited, completed; new ones made; all of it arrives', async () => {
    const record = await stage.takeOpportunity()
    const contact = await stage.take(
      'contact',
      ({ kind, territoryId, summary }) =>
        kind === 'contact' && territoryId === 'meridian-north' && summary['attention'] === undefined,
    )
    const { page, context, goTo } = await enterBasement(stage)
    await goTo(record.address)
    await openField(page, 'Next step')
    await setField(page, 'Next step', 'Written in the basement')
    await openTab(page, 'Activities')
    const box = page.getByRole('checkbox', { name: /^Complete / }).first()
    const subject = ((await box.getAttribute('aria-label')) ?? '').replace('Complete ', '')
    await box.press('Space')
    await page.getByRole('form', { name: 'Next step' }).getByRole('button', { name: 'Not now' }).click()
    await page
      .getByRole('checkbox', { name: `${subject}: done` })
      .first()
      .waitFor()

    await goTo(contact.address)
    await page.getByLabel('Phone', { exact: true }).fill('+1 715 555 0199')
    await page.getByLabel('Phone', { exact: true }).press('Enter')

    await goTo('/pipeline?create=true')
    const dialog = page.getByRole('dialog', { name: 'New opportunity' })
    await dialog.getByLabel('Name').fill('Made in the basement')
    await dialog.getByRole('button', { name: 'Create' }).click()
    await openField(page, 'Next step')
    await waitForChip(page, waiting)
    await page.reload()
    await openField(page, 'Next step')

    await context.setOffline(false)
    await waitForChip(page, upToDate)
    const ben = await stage.enter('ben')
    await ben.goTo(record.address)
    await expect.poll(() => field(ben.page, 'Next step').inputValue()).toBe('Written in the basement')
    const records = await listRecords(await stage.api('ben'))
    const made = records.filter(({ title }) => title === 'Made in the basement')
    expect(made).toHaveLength(1)
    expect(records.find(({ name }) => name === contact.name)?.summary['phone']).toBe('+1 715 555 0199')
  })

  test('a conflict is decided, and the decision takes effect when there is a network', async () => {
    const { disputed } = placesOf(await listRecords(await stage.api('ana')))
    const { page, context, goTo } = await enterBasement(stage)
    await goTo('/inbox?tab=conflicts')
    await list(page).getByRole('listitem').first().waitFor()
    await goTo(disputed)
    const card = await openCard(page, 'Close date')
    await card
      .getByRole('button', { name: /^Keep / })
      .first()
      .click()
    await waitForChip(page, waiting)
    await context.setOffline(false)
    await waitForChip(page, upToDate)
    await expect.poll(() => question(page, 'Close date').count()).toBe(0)
    const after = (await listRecords(await stage.api('ana'))).find(
      (entry) => recordOf(entry).address === disputed,
    )
    const open = (after?.summary['attention'] ?? []) as readonly {
      readonly type: string
      readonly path: string
    }[]
    expect(open.filter(({ type, path }) => type === 'conflict' && path === 'fields.closeDate')).toEqual([])
  })

  test('a phone says on its first screen that it is ready', async () => {
    const { page } = await stage.enter('ana', phone)
    const line = list(page).getByText(/^Ready for offline: \d+ records, .*, \d\d:\d\d$/)
    await line.waitFor()
    expect(await line.isVisible()).toBe(true)
  })
})
