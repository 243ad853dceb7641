import { expect, test } from 'vitest'
import { openTab, upToDate, waitForChip } from './support/screens.ts'
import { journeys } from './support/stage.ts'

journeys('typing in what a colleague removes', (stage) => {
  test('the record stays open, and what was typed can still be copied', async () => {
    const record = await stage.takeOpportunity()
    const [ana, ben] = await Promise.all([stage.enter('ana'), stage.enter('ben')])
    await Promise.all([ana, ben].map(({ goTo }) => goTo(`${record.address}?tab=activities`)))
    const row = ana.page
      .getByRole('listitem')
      .filter({ has: ana.page.getByRole('button', { name: /^Details of / }) })
    const label = await row
      .getByRole('button', { name: /^Details of / })
      .first()
      .getAttribute('aria-label')
    const words = label?.slice('Details of '.length) ?? ''
    await ben.page.getByRole('button', { name: `Details of ${words}` }).click()
    await row
      .first()
      .getByRole('textbox', { name: 'Subject', exact: true })
      .fill('She wants the study by Friday')
    await ben.page.getByRole('button', { name: `Remove ${words}` }).click()
    await ana.page.getByText('She wants the study by Friday').waitFor()
    await waitForChip(ana.page, upToDate)
    await openTab(ana.page, 'Overview')
    expect(await ana.page.getByRole('button', { name: 'Copy', exact: true }).isVisible()).toBe(true)
  })
})
