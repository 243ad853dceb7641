import { expect, test } from 'vitest'
import {
  enterPair,
  expectField,
  fillField,
  findInInbox,
  openCard,
  type Pair,
  patience,
  question,
} from './support/apart.ts'
import type { DemoRecord } from './support/demo-record.ts'
import { upToDate, waitForChip, waiting } from './support/screens.ts'
import { journeys, type Stage } from './support/stage.ts'
import type { Visitor } from './support/visitor.ts'

/** A contact of both about which nothing waits. */
function quietContact(stage: Stage): Promise<DemoRecord> {
  return stage.take(
    'contact without a conflict',
    ({ kind, territoryId, summary }) =>
      kind === 'contact' && territoryId === 'meridian-north' && summary['attention'] === undefined,
  )
}

async function clashOfDates(stage: Stage): Promise<Pair & { readonly record: DemoRecord }> {
  const record = await stage.takeOpportunity()
  const pair = await enterPair(stage, record)
  await pair.apart({
    offline: (page) => fillField(page, 'Close date', '2027-03-15'),
    online: (page) => fillField(page, 'Close date', '2027-04-20'),
  })
  await pair.reunite()
  await Promise.all(pair.both.map(({ page }) => question(page, 'Close date').waitFor()))
  return { ...pair, record }
}

/** How often each is asked about the close date. */
function questionsOf(people: readonly Visitor[]): Promise<number[]> {
  return Promise.all(people.map(({ page }) => question(page, 'Close date').count()))
}

const chosen = ({ page }: Visitor) => page.getByRole('region', { name: 'Chosen' })

journeys('one field, two people, one of them without a network', (stage) => {
  test('[RES-2] a phone number: the later edit stands on both, the other is one click away', async () => {
    const contact = await quietContact(stage)
    const pair = await enterPair(stage, contact)
    const { ana, ben, both } = pair
    await pair.apart({
      offline: (page) => fillField(page, 'Phone', '+1 715 555 0111'),
      online: (page) => fillField(page, 'Phone', '+1 715 555 0122'),
    })
    await pair.reunite()
    await expectField(both, 'Phone', '+1 715 555 0122')
    const told = ana.page.getByText("Ben Okafor's later edit stands; yours was +1 715 555 0111")
    await told.first().waitFor()

    const line = await findInInbox(ana.page, {
      tab: 'Replaced or decided',
      label: 'Phone',
      title: contact.title,
    })
    await line.getByRole('link').click()
    await chosen(ana).getByText('the later edit counts, so +1 715 555 0122 stays').waitFor()
    await ana.goTo(contact.address)

    await ana.page.getByRole('button', { name: 'Use mine for Phone' }).click()
    await expectField(both, 'Phone', '+1 715 555 0111')
    await ana.page.getByRole('button', { name: 'Use mine for Phone' }).waitFor({ state: 'detached' })
    await ben.page.getByText('Ana Castillo decided; yours was +1 715 555 0122').first().waitFor()

    // The other way round: what Ana wrote offline is the later edit.
    await pair.apart({
      offline: (page) => fillField(page, 'Mobile', '+1 715 555 0133'),
      online: (page) => fillField(page, 'Mobile', '+1 715 555 0144'),
      onlineFirst: true,
    })
    await pair.reunite()
    await expectField(both, 'Mobile', '+1 715 555 0133')
    await ben.page.getByText("Ana Castillo's later edit stands; yours was +1 715 555 0144").first().waitFor()
    expect(await ana.page.getByRole('button', { name: 'Use mine for Mobile' }).count()).toBe(0)
  })

  test('[RES-3] [CON-3] a close date waits for a choice, which closes it for both and can be taken back', async () => {
    const { ana, ben, both, record } = await clashOfDates(stage)
    await expectField(both, 'Close date', '2027-04-20')
    const about = { tab: 'Conflicts', label: 'Close date', title: record.title }
    for (const { page } of both) await findInInbox(page, about)
    await Promise.all(both.map(({ goTo }) => goTo(record.address)))

    const card = await openCard(ana.page, 'Close date')
    await card.getByText('until somebody chooses, Apr 20, 2027 stays').waitFor()
    await card.getByRole('button', { name: 'Keep mine' }).click()
    await expectField(both, 'Close date', '2027-03-15')
    await expect.poll(() => questionsOf(both), patience).toEqual([0, 0])
    await ben.page.getByText('Ana Castillo decided; yours was Apr 20, 2027').first().waitFor()

    const done = await findInInbox(ana.page, { ...about, tab: 'Done' })
    await done.getByRole('link').click()
    await chosen(ana).getByRole('button', { name: /^Undo/ }).click()
    await question(ben.page, 'Close date').waitFor()
    await expectField([ben], 'Close date', '2027-04-20')
    await findInInbox(ana.page, about)
  })

  test('[CON-4] two people choose at once: the first choice stands, and the other is told', async () => {
    const { ana, ben, both, record } = await clashOfDates(stage)
    await ana.context.setOffline(true)
    const cards = await Promise.all(both.map(({ page }) => openCard(page, 'Close date')))
    for (const card of cards) await card.getByRole('button', { name: 'Keep mine' }).click()
    await ana.page.getByText('Decided, waiting to send').first().waitFor()
    await expect.poll(() => questionsOf([ben]), patience).toEqual([0])
    await waitForChip(ben.page, upToDate)

    await ana.context.setOffline(false)
    await expectField(both, 'Close date', '2027-04-20')
    await ana.page.getByText('Ben Okafor decided; yours was Mar 15, 2027').first().waitFor()
    const told = { tab: 'Replaced or decided', label: 'Close date', title: record.title }
    await (await findInInbox(ana.page, told)).getByRole('link').click()
    await chosen(ana).getByText('Somebody had decided before your choice arrived').waitFor()
  })

  test('what is decided offline waits on the device, also over a reload, and is carried out', async () => {
    const { ana, ben, record } = await clashOfDates(stage)
    const about = { tab: 'Conflicts', label: 'Close date', title: record.title }
    const line = await findInInbox(ana.page, about)
    await ana.context.setOffline(true)
    await line.getByRole('link').click()
    await chosen(ana)
      .getByRole('button', { name: /^Keep mine/ })
      .click()
    await waitForChip(ana.page, waiting)
    await ana.page.reload()
    await waitForChip(ana.page, waiting)
    const done = await findInInbox(ana.page, { ...about, tab: 'Done' })
    await done.getByRole('link').click()
    await chosen(ana).getByText('Decided, waiting to send').waitFor()
    await expectField([ben], 'Close date', '2027-04-20')

    await ana.context.setOffline(false)
    await chosen(ana).getByText('Decided by you').waitFor()
    await expectField([ben], 'Close date', '2027-03-15')
    await expect.poll(() => questionsOf([ben]), patience).toEqual([0])
  })
})
