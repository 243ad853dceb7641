import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { outage } from './support/problems.ts'
import { upToDate, waitForChip, waiting } from './support/screens.ts'
import { journeys, type Stage } from './support/stage.ts'
import type { Visitor } from './support/visitor.ts'

/** Where a contact of both is shown that no other test of the file has. */
async function takeContact(stage: Stage): Promise<string> {
  const { address } = await stage.take(
    'contact',
    ({ kind, territoryId }) => kind === 'contact' && territoryId === 'meridian-north',
  )
  return address
}

/** Ana and Ben have the record before them, on their devices. */
async function enterTogether(stage: Stage, address: string): Promise<readonly [Visitor, Visitor]> {
  const together = await Promise.all([stage.meet('ana'), stage.meet('ben')])
  for (const { problems } of together) problems.allow(outage)
  await Promise.all(together.map((person) => person.goTo(address)))
  await Promise.all(together.map(({ page }) => page.getByRole('button', { name: /^Also here: / }).waitFor()))
  return together
}

/** The row of a channel: its standing and the lines below it. */
function channel(page: Page, label: string): Locator {
  return page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: label, exact: true }) })
}

async function choose(dialog: Locator, label: string, option: string): Promise<void> {
  await dialog.getByRole('button', { name: new RegExp(`${label}$`) }).click()
  await dialog.page().getByRole('option', { name: option, exact: true }).click()
}

async function recordOptIn(page: Page, evidence: string): Promise<void> {
  await page.getByRole('button', { name: 'Record consent' }).click()
  const dialog = page.getByRole('dialog', { name: 'Record consent' })
  await choose(dialog, 'Channel', 'Post')
  await choose(dialog, 'What was said', 'Opted in')
  await dialog.getByLabel('Evidence').fill(evidence)
  await dialog.getByRole('button', { name: 'Record', exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
}

journeys('consent and samples', (stage) => {
  test('an opt-out recorded offline is not outvoted by a later opt-in that had not seen it', async () => {
    const address = `${await takeContact(stage)}?tab=consent`
    const [ana, ben] = await enterTogether(stage, address)
    await ana.context.setOffline(true)
    await ana.page.getByRole('button', { name: 'Opt out of post' }).click()
    await channel(ana.page, 'Post').getByText('by Ana Castillo').first().waitFor()
    await waitForChip(ana.page, waiting)
    await recordOptIn(ben.page, 'Signed the card at the desk')
    await channel(ben.page, 'Post').getByText('Evidence: Signed the card at the desk').waitFor()

    await ana.context.setOffline(false)
    await waitForChip(ana.page, upToDate)
    for (const { page } of [ana, ben]) {
      const row = channel(page, 'Post')
      await row.getByText('Evidence: Signed the card at the desk').waitFor()
      await row.getByText(/^Since .*, recorded by Ana Castillo\.$/).waitFor()
      expect(await row.getByRole('button', { name: 'Opt out of post' }).count()).toBe(0)
    }

    // Having seen it, an opt-in ends it, and says so before.
    await ben.page.getByRole('button', { name: 'Record consent' }).click()
    await choose(ben.page.getByRole('dialog'), 'Channel', 'Post')
    await choose(ben.page.getByRole('dialog'), 'What was said', 'Opted in')
    await ben.page.getByText(/^This opt-in ends the opt-out of /).waitFor()
    await ben.page.keyboard.press('Escape')
    await recordOptIn(ben.page, 'Asked for the journal by post')
    await channel(ana.page, 'Post')
      .getByText(/^Since .*, recorded by Ben Okafor\.$/)
      .waitFor()
    await channel(ana.page, 'Post')
      .getByText(/^Ended by the opt-in of /)
      .waitFor()
  })

  test('samples are recorded and signed for without a network, and stand at a colleague as they were', async () => {
    const address = `${await takeContact(stage)}?tab=samples`
    const [ana, ben] = await enterTogether(stage, address)
    await ana.context.setOffline(true)
    await ana.page.getByRole('button', { name: 'Record samples' }).click()
    const dialog = ana.page.getByRole('dialog', { name: 'Record samples' })
    await dialog.getByLabel('Product and strength').fill('Cardavel 50 mg')
    await dialog.getByLabel('Quantity').fill('0')
    await dialog.getByRole('button', { name: 'Record', exact: true }).click()
    await dialog.getByText('At least 1').waitFor()
    await dialog.getByLabel('Quantity').fill('6')
    await dialog.getByRole('button', { name: 'Record', exact: true }).click()
    await dialog.getByText(/^Lot number is needed/).waitFor()
    await dialog.getByLabel('Lot number').fill('CA2601-A')
    await dialog.getByRole('button', { name: 'Record', exact: true }).click()

    await ana.page
      .getByRole('button', { name: /^Sign for Cardavel 50 mg/ })
      .first()
      .click()
    const sign = ana.page.getByRole('dialog', { name: 'Sign for 6 units of Cardavel 50 mg' })
    await sign
      .getByText(/^I received 6 units of Cardavel 50 mg \(lot CA2601-A\) from Ana Castillo on /)
      .waitFor()
    await sign.getByLabel('Printed name').fill('Dr. Conrad Reed')
    await sign.getByRole('button', { name: 'Sign', exact: true }).click()
    await ana.page.getByText('Dr. Conrad Reed').waitFor()
    await waitForChip(ana.page, waiting)

    await ana.context.setOffline(false)
    await waitForChip(ana.page, upToDate)
    const row = ben.page.getByRole('listitem').filter({ hasText: 'CA2601-A' }).first()
    await row.getByText('Receipt signed').waitFor()
    await row.getByText('Dr. Conrad Reed').waitFor()
    expect(await row.getByRole('button', { name: /edit|remove|delete/i }).count()).toBe(0)
  })
})
